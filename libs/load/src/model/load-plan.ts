// k6 reads this file as it is: it must not import anything.

/** A scenario of `k6/scenarios`. `rate` sends new shoppers at a constant rate, `replay` at a given rate for each second. */
export type Scenario = 'spike' | 'ramp' | 'queue' | 'bots' | 'soak' | 'rate' | 'replay';

/** What `k6/thresholds.js` holds a run to, where the contract leaves it to the installation. */
export interface LoadLimits {
  holdP95Ms: number;
  holdP99Ms: number;
  /** Of a hundred shoppers, so many may be missing because the generator could not send them. */
  droppedPercentMax: number;
  /** How late the generator's own timers may be. A busy machine of two processors stays below 100 ms. */
  lateP99Ms: number;
}

export const LOAD_LIMITS: LoadLimits = {
  holdP95Ms: 1_500,
  holdP99Ms: 3_000,
  droppedPercentMax: 1,
  lateP99Ms: 250,
};

export interface LoadPlan {
  scenario: Scenario;
  /** Origin of the product, without a slash at its end. */
  url: string;
  dropId: string;
  /** Units of the drop, all SKUs together. */
  units: number;
  /** For `rate` and `replay` it follows from the arrivals: see `shoppersOf`. */
  shoppers: number;
  /** Seconds in which shoppers arrive. */
  seconds: number;
  /** Shoppers of `rate`, a second. */
  perSecond?: number;
  /** Shoppers of `replay`, second by second. */
  arrivals?: readonly number[];
  /** Clients that only read the live counts; a part of them reloads the page and opens its stream again and again. */
  watchers: number;
  seed: number;
  /** The operator's pass: no public limits. '' without one. */
  operatorPass: string;
  /** The pass of a rehearsal's ghost: each shopper then has an invented address. '' without one. */
  rehearsalPass: string;
  /** An existing folder; k6's own output goes there. */
  out: string;
  /** Default: `LOAD_LIMITS`. */
  limits?: Partial<LoadLimits>;
}
