import type { SentTick } from '@holdfast/contracts';
import { RateMeter } from './rate-meter';

const OPENED = 1_000; // seconds
const at = (second: number) => second * 1_000 + 400;

const tick = (second: number, more: Partial<SentTick> = {}): SentTick => ({
  source: 'gw_1',
  second,
  arrivals: 10,
  refusals: { 'sold-out': 4 },
  latencies: { 5: 10 },
  readers: 7,
  ...more,
});
const settled = (second: number, paid: number, failed = 0) => ({
  t: new Date(second * 1_000).toISOString(),
  paid,
  failed,
});

describe('the rates of a launch', () => {
  it('are the sum of all gateways, per second', () => {
    const meter = new RateMeter(at(OPENED));
    const measured = meter.measure(
      [tick(OPENED - 1), tick(OPENED - 1, { source: 'gw_2', arrivals: 5, refusals: {} })],
      [settled(OPENED - 1, 3, 1)],
      at(OPENED + 2),
    );
    expect(measured).toEqual({
      rates: { arrivals: 7.5, holds: 5.5, refusals: { 'sold-out': 2 }, paid: 1.5, failed: 0.5 },
      readers: 14,
      p99Ms: expect.any(Number),
    });
    expect(measured.p99Ms).toBeGreaterThan(0);
  });

  it('count each tick and order once, also those that come late, and nothing from before the stream', () => {
    const meter = new RateMeter(at(OPENED));
    const ticks: SentTick[] = [tick(OPENED - 3), tick(OPENED - 2)];
    const orders = [settled(OPENED - 3, 100)];
    let arrivals = 0;
    let paid = 0;
    for (let second = OPENED + 1; second < OPENED + 20; second += 1) {
      ticks.push(tick(second - 2));
      // The other gateway is four seconds behind.
      if (second >= OPENED + 4) ticks.push(tick(second - 5, { source: 'gw_2' }));
      orders.push(settled(second - 2, 1));
      if (second > OPENED + 3) orders[orders.length - 2] = settled(second - 3, 2);
      const since = meter.since(at(second));
      const { rates } = meter.measure(
        ticks.filter((it) => it.second >= since),
        orders.filter(({ t }) => Date.parse(t) >= since * 1_000),
        at(second),
      );
      arrivals += rates.arrivals;
      paid += rates.paid;
    }
    // gw_1 answered in 19 complete seconds, gw_2 in 16.
    expect(arrivals).toBe(10 * (19 + 16));
    expect(paid).toBeGreaterThanOrEqual(18 + 14);
    expect(paid).toBeLessThan(18 * 2);
  });

  it('are spread over the seconds of a pause, and zero without news', () => {
    const meter = new RateMeter(at(OPENED));
    const after = meter.measure([tick(OPENED - 2), tick(OPENED + 5)], [], at(OPENED + 10));
    expect(after.rates.arrivals).toBe(1);
    expect(meter.measure([tick(OPENED + 5)], [], at(OPENED + 11))).toMatchObject({
      rates: { arrivals: 0, holds: 0, refusals: {} },
      readers: 7,
      p99Ms: 0,
    });
  });

  it('have readers as long as their gateway may have the same, and its older ticks in no rate', () => {
    const meter = new RateMeter(at(OPENED));
    const quiet = tick(OPENED - 20, { source: 'gw_2', readers: 4 });
    const later = at(OPENED + 12);
    expect(meter.measure([quiet, tick(OPENED + 9)], [], later)).toMatchObject({ readers: 11 });
    expect(meter.measure([tick(OPENED - 3), quiet, tick(OPENED + 9)], [], at(OPENED + 13))).toMatchObject({
      rates: { arrivals: 0 },
      readers: 11,
    });
    expect(meter.measure([quiet], [], at(OPENED + 15))).toMatchObject({ readers: 0 });
  });

  it('ask for a bounded time, and remember no more', () => {
    const meter = new RateMeter(at(OPENED));
    const later = at(OPENED + 10_000);
    expect(later / 1_000 - meter.since(later)).toBeLessThan(64);
  });
});
