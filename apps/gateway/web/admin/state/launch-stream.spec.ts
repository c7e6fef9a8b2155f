import type { Answer } from '../../shared/answer';
import { type LaunchListener, LaunchStream } from './launch-stream';

jest.useFakeTimers();

type Opened = Answer<ReadableStream<Uint8Array> | null>;

let opened: { signal: AbortSignal; send: (text: string) => void; end: () => void }[];
let answer: (() => Opened) | undefined;
let told: unknown[];
let stream: LaunchStream;

const settle = () => jest.advanceTimersByTimeAsync(0);
const event = (name: string, data: object) => `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
const TICK = event('tick', { readers: 3 });

beforeEach(() => {
  opened = [];
  told = [];
  answer = undefined;
  const listener: LaunchListener = {
    snapshot: (drop, stats) => told.push(['snapshot', drop, stats]),
    tick: (tick) => told.push(['tick', tick]),
    changed: (drop) => told.push(['drop', drop]),
    gone: () => told.push('gone'),
    line: (state) => told.push(state),
  };
  const open = (signal: AbortSignal): Promise<Opened> => {
    let control!: ReadableStreamDefaultController<Uint8Array>;
    const body = new ReadableStream<Uint8Array>({ start: (it) => void (control = it) });
    const send = (text: string) => control.enqueue(new TextEncoder().encode(text));
    opened.push({ signal, send, end: () => control.close() });
    return Promise.resolve(answer?.() ?? { kind: 'ok', status: 200, body, replayed: false });
  };
  stream = new LaunchStream(open, listener, () => 0.5);
  stream.open();
});
afterEach(() => stream.close());

describe('the stream of a launch', () => {
  it('tells what it says, also in pieces', async () => {
    const text =
      event('snapshot', { drop: { id: 'd1' }, stats: { readers: 1 } }) + TICK + event('drop', { id: 'd1' });
    await settle();
    for (const piece of [text.slice(0, 40), text.slice(40, 41), text.slice(41)]) opened[0]!.send(piece);
    await settle();
    expect(told).toEqual([
      'live',
      ['snapshot', { id: 'd1' }, { readers: 1 }],
      ['tick', { readers: 3 }],
      ['drop', { id: 'd1' }],
    ]);
  });

  it('reconnects with growing pauses, and says that it is lost only after a while', async () => {
    answer = () => ({ kind: 'unreachable' });
    opened[0]!.send(TICK);
    await settle();
    opened[0]!.end();
    await settle();
    expect(told).toEqual(['live', ['tick', { readers: 3 }]]);
    const times: number[] = [];
    for (let ms = 0; ms < 60_000; ms += 250) {
      const before = opened.length;
      await jest.advanceTimersByTimeAsync(250);
      if (opened.length > before) times.push(ms + 250);
    }
    expect(told.at(-1)).toBe('lost');
    const pauses = times.map((time, i) => time - (times[i - 1] ?? 0));
    expect(pauses).toEqual([500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000]);
  });

  it('is live again with the first word, and short interruptions are not told', async () => {
    await settle();
    opened[0]!.send(TICK);
    await settle();
    opened[0]!.end();
    await jest.advanceTimersByTimeAsync(500);
    opened[1]!.send(TICK);
    await jest.advanceTimersByTimeAsync(5_000);
    expect(told).toEqual(['live', ['tick', { readers: 3 }], ['tick', { readers: 3 }]]);
  });

  it.each([
    ['says nothing at first', '', 8_000],
    ['falls silent', TICK, 15_000],
  ])('gives up a connection that %s', async (_, text, ms) => {
    await settle();
    if (text) opened[0]!.send(text);
    await jest.advanceTimersByTimeAsync(ms - 1);
    expect(opened).toHaveLength(1);
    await jest.advanceTimersByTimeAsync(1 + 500);
    expect([opened.length, opened[0]!.signal.aborted]).toEqual([2, true]);
  });

  it('ends with the drop, and asks no more', async () => {
    await settle();
    opened[0]!.send(event('end', { reason: 'deleted' }));
    await jest.advanceTimersByTimeAsync(60_000);
    expect([told.at(-1), opened.length]).toEqual(['gone', 1]);
  });

  it('comes back with a new token after the old one has ended', async () => {
    await settle();
    opened[0]!.send(event('end', { reason: 'expired' }));
    opened[0]!.end();
    await jest.advanceTimersByTimeAsync(500);
    expect(opened).toHaveLength(2);
  });

  it('reads nothing after it was closed', async () => {
    await settle();
    stream.close();
    opened[0]!.send(TICK);
    await jest.advanceTimersByTimeAsync(60_000);
    expect([told, opened.length, opened[0]!.signal.aborted]).toEqual([[], 1, true]);
  });
});
