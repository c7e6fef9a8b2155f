import type { Answer } from '../../shared/answer';
import { LaunchSeries } from './launch-series';
import type { LaunchTick } from './launch-stream';

jest.mock('@preact/signals', () => jest.requireActual<object>('@preact/signals-core'));

const NOW = Date.parse('2027-01-01T10:00:00.400Z');
const at = (seconds: number) => new Date(NOW + seconds * 1_000).toISOString();
const none = { refusals: {}, released: 0, expired: 0 };
const POINT = { ...none, t: at(-3.4), arrivals: 30, holds: 10, paid: 0, failed: 0, readers: 4, p99Ms: 12 };

function tickAt(seconds: number, changes: Partial<LaunchTick> = {}): LaunchTick {
  const rates = {
    arrivals: 7,
    holds: 3,
    refusals: { 'sold-out': 3, 'limit-reached': 1 },
    paid: 1,
    failed: 0,
  };
  return {
    asOf: at(seconds),
    items: [],
    rates,
    readers: 5,
    p99Ms: 9,
    sourceLagMs: 0,
    stale: false,
    ...changes,
  };
}

function seriesWith(answer: object, asked: unknown[] = []) {
  const GET = (_: string, { params }: { params: { query: unknown } }) => {
    asked.push(params.query);
    return Promise.resolve({});
  };
  const call = async (request: (api: never) => Promise<unknown>) => {
    await request({ GET } as never);
    return { kind: 'ok', status: 200, replayed: false, body: answer } as Answer<never>;
  };
  return new LaunchSeries('d1', { call }, () => NOW);
}

describe('the figures of a launch over time', () => {
  it('are those that were kept, then those of the stream, and no moment twice', async () => {
    const asked: unknown[] = [];
    const series = seriesWith({ step: '1s', points: [POINT] }, asked);
    await series.load('recent');
    for (const seconds of [-3.4, 0, 0.5, 1]) series.add(tickAt(seconds));
    expect(asked).toEqual([{ from: '2027-01-01T09:49:58.000Z', to: '2027-01-01T09:59:58.000Z', step: '1s' }]);
    expect(series.points.value).toMatchObject([
      { t: Date.parse(POINT.t) / 1_000, arrivals: 30, readers: 4 },
      { t: 1_798_797_600, arrivals: 7, refusals: 4, paid: 1 },
      { t: 1_798_797_601 },
    ]);
  });

  it('keep ten minutes', async () => {
    const series = seriesWith({ step: '1s', points: [POINT] });
    await series.load('recent');
    series.add(tickAt(597));
    series.add(tickAt(599));
    expect(series.points.value!.map(({ t }) => t)).toEqual([1_798_798_197, 1_798_798_199]);
  });

  it('of a whole drop are a second each, whatever the step', async () => {
    const series = seriesWith({ step: '10s', points: [{ ...POINT, refusals: { 'sold-out': 20 } }] });
    await series.load('whole');
    series.add(tickAt(5));
    expect(series.points.value).toMatchObject([
      { arrivals: 3, holds: 1, refusals: 2, readers: 4, p99Ms: 12 },
    ]);
  });

  it('take nothing of a tick that is stale', async () => {
    const series = seriesWith({ step: '1s', points: [] });
    await series.load('recent');
    series.add(tickAt(1, { stale: true }));
    expect(series.points.value).toEqual([]);
  });
});
