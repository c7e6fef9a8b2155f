import type { RampingArrivalRateScenario } from 'k6/options';

/** A quiet beginning, the opening, the crowd, and its tail: how long each lasts (of the whole) and how busy it is at its end (of the peak). */
const SHAPE = [
  { lasts: 0.2, busy: 0.1 },
  { lasts: 0.1, busy: 1 },
  { lasts: 0.25, busy: 1 },
  { lasts: 0.15, busy: 0.2 },
  { lasts: 0.3, busy: 0 },
];
const BUSY_AT_FIRST = 0.1;

/** Seconds that a shopper stays, the few with slow cards aside, and where the product is slow: so many of them k6 has to keep at once. */
const STAY_S = 3;
const STAY_S_MAX = 12;
const SPARE = 20;
const VUS_MAX = 2_000; // about 1 MB each

/**
 * Shoppers come when they come, not when the product has time for them (an open model). `shoppers` of them in `seconds`, about 2.2 times as
 * many a second at the peak as on average.
 */
export function spikeOf(shoppers: number, seconds: number): RampingArrivalRateScenario {
  const area = SHAPE.reduce((sum, { lasts, busy }, at) => {
    const before = at === 0 ? BUSY_AT_FIRST : SHAPE[at - 1]!.busy;
    return sum + (lasts * (before + busy)) / 2;
  }, 0);
  const peak = shoppers / (area * seconds);
  const perMinute = (busy: number) => Math.round(peak * 60 * busy); // whole numbers only: a minute is fine enough
  const together = (staying: number) => Math.min(VUS_MAX, Math.ceil(peak * staying) + SPARE);
  return {
    executor: 'ramping-arrival-rate',
    timeUnit: '1m',
    startRate: perMinute(BUSY_AT_FIRST),
    stages: SHAPE.map(({ lasts, busy }) => ({
      target: perMinute(busy),
      duration: `${Math.round(lasts * seconds * 1000)}ms`,
    })),
    preAllocatedVUs: together(STAY_S),
    maxVUs: together(STAY_S_MAX),
    gracefulStop: '30s',
  };
}
