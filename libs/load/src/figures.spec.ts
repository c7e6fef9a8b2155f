import { Figures, type Note } from './figures';
import type { LoadSecond } from './load-result';
import { bottleneckOf, type GeneratorRun } from './generator';
import { LOAD_LIMITS } from './model/load-plan';

const BEGAN = 1_700_000_000_000;
const LATE_MS_MAX = 250;
type Bare = Note extends infer Each ? (Each extends Note ? Omit<Each, 'at'> : never) : never;

function figuresOf(...notes: [number, Bare][]) {
  const seconds: LoadSecond[] = [];
  const figures = new Figures((second) => seconds.push(second), LATE_MS_MAX);
  figures.add({ did: 'began', dueMs: BEGAN, at: BEGAN - 1_000 });
  for (const [at, note] of notes) figures.add({ ...note, at: BEGAN + at } as Note);
  const live = seconds.length;
  figures.end();
  return { figures, seconds, live };
}
const hold = (ms: number, code?: string): Bare =>
  code === undefined
    ? { did: 'step', step: 'hold', ms, end: 'done' }
    : { did: 'step', step: 'hold', ms, end: 'refused', code };

describe('the figures of a run', () => {
  it('come second by second while it runs, empty ones included', () => {
    const { seconds, live } = figuresOf(
      [100, { did: 'came', lateMs: 0 }],
      [200, hold(20)],
      [300, { did: 'paid', hold: 'h', order: 'o', amountMinor: 1 }],
      [400, { did: 'ages', ms: [10, 30] }],
      [2_500, { did: 'came', lateMs: 0 }],
      [2_600, hold(900, 'sold-out')],
      [2_700, { did: 'fault', what: '500, hold' }],
      [5_000, { did: 'came', lateMs: 0 }],
    );
    // A note may be late by a second, so that the one of 2.5 s was open until 4 s.
    expect(live).toBe(4);
    const empty = { offered: 0, held: 0, paid: 0, refused: 0, errors: 0 };
    const silent = { holdP50Ms: null, holdP99Ms: null, payP99Ms: null, liveAgeMs: null };
    expect(seconds.slice(0, 4)).toEqual([
      expect.objectContaining({ second: 0, offered: 1, held: 1, paid: 1, refused: 0, errors: 0 }),
      { second: 1, ...empty, ...silent },
      expect.objectContaining({ second: 2, offered: 1, held: 0, refused: 1, errors: 1 }),
      { second: 3, ...empty, ...silent },
    ]);
    expect(seconds[0]!.holdP50Ms).toBeCloseTo(20, 0);
    expect(seconds[0]!.liveAgeMs).toBeCloseTo(30, 0);
  });

  it('have percentiles of each step within one per cent, and when it was sold out', () => {
    const { figures } = figuresOf(
      ...Array.from({ length: 1_000 }, (_, i): [number, Bare] => [i, hold(i + 1)]),
      [1_500, hold(3, 'limit-reached')],
      [1_700, hold(3, 'sold-out')],
      [1_900, hold(3, 'sold-out')],
    );
    const { count, p50Ms, p99Ms } = figures.stepLatencies().hold!;
    expect(count).toBe(1_003);
    expect(Math.abs(p50Ms / 500 - 1)).toBeLessThan(0.01);
    expect(Math.abs(p99Ms / 990 - 1)).toBeLessThan(0.01);
    expect(figures.soldOutAfterMs).toBe(1_700);
    expect(figures.refused).toEqual({ 'limit-reached': 1, 'sold-out': 2 });
    expect(figures.stepLatencies().pay).toBeUndefined();
    expect(figures.spans.hold.slice(-2)).toEqual([
      { dueMs: 1_697, ms: 3 },
      { dueMs: 1_897, ms: 3 },
    ]);
  });

  it('take a wait of ten minutes and more for ten minutes', () => {
    const { figures } = figuresOf([0, hold(3_600_000)], [1, hold(0)]);
    expect(Math.abs(figures.stepLatencies().hold!.p99Ms / 600_000 - 1)).toBeLessThan(0.01);
  });
});

describe('the generator as a bottleneck', () => {
  /** Ten shoppers a second for ten seconds; from `lateFrom` on each is `lateMs` late. */
  const run = (change: Partial<GeneratorRun> & { lateMs?: number; sent?: number } = {}) => {
    const { lateMs = 1, sent = 100, ...rest } = change;
    const { figures } = figuresOf(
      ...Array.from({ length: sent }, (_, i): [number, Bare] => [
        i * 100,
        { did: 'came', lateMs: 0, timerMs: i < 50 ? 1 : lateMs },
      ]),
    );
    return bottleneckOf({
      ...{ figures, shoppers: 100, seconds: 10, cpuSeconds: 2, cpus: 2 },
      ...{ limits: LOAD_LIMITS, productInTime: true, ...rest },
    });
  };

  it('is none when it was on time', () => expect(run()).toBeNull());

  it('is a late timer, and says what the machine can test', () => {
    expect(run({ lateMs: 600 })).toMatch(
      /began (59|60)\d ms late \(p99, at most 250 ms\).*about 10 new shoppers a second/,
    );
  });

  it('is a generator that takes the processors of the product', () => {
    expect(run({ cpuSeconds: 18 })).toMatch(
      /used 1\.8 of 2 processors \(at most 1\.7\).*about 5 new shoppers/,
    );
  });

  it('is a shopper who could not be sent, unless the product was slow itself', () => {
    expect(run({ sent: 90 })).toContain('could not send 10 of 100 shoppers (at most 1 %)');
    expect(run({ sent: 90, productInTime: false })).toBeNull();
  });
});
