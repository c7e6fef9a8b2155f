import type { ClientLog } from '@holdfast/audit';

/** A scenario of `k6/scenarios`. `rate` sends new shoppers at a constant rate, `replay` at a given rate for each second. */
export type Scenario = 'spike' | 'ramp' | 'queue' | 'bots' | 'soak' | 'rate' | 'replay';

export interface LoadPlan {
  scenario: Scenario;
  /** Origin of the product. */
  url: string;
  dropId: string;
  /** Units of the drop, all SKUs together. */
  units: number;
  shoppers: number;
  /** Seconds in which shoppers arrive. */
  seconds: number;
  /** Shoppers of `rate`, a second. */
  perSecond?: number;
  /** Shoppers of `replay`, second by second. */
  arrivals?: readonly number[];
  watchers: number;
  seed: number;
  /** The operator's pass: no public limits. '' without one. */
  operatorPass: string;
  /** The pass of a rehearsal's ghost: each shopper then has an invented address. '' without one. */
  rehearsalPass: string;
  /** A folder that exists; k6's own output goes there. */
  out: string;
}

export interface StepLatency {
  count: number;
  p50Ms: number;
  p95Ms: number;
  p99Ms: number;
}

export interface LoadSecond {
  second: number;
  offered: number;
  held: number;
  paid: number;
  refused: number;
  errors: number;
  holdP50Ms: number | null;
  holdP99Ms: number | null;
  payP99Ms: number | null;
  liveAgeMs: number | null;
}

/** What k6 reports, latencies from the intended start of a request (no coordinated omission). */
export interface LoadResult {
  /** When the first shopper was due, in ms since 1970. */
  beganAtMs: number;
  counts: Record<string, number>;
  refused: Record<string, number>;
  /** 5xx without `Retry-After`, no answer after all tries, answers that the contract does not know. */
  errors: number;
  steps: Partial<Record<'session' | 'drop' | 'hold' | 'pay' | 'live', StepLatency>>;
  seconds: LoadSecond[];
  /** Since the first arrival: the first refusal `sold-out`, or null. */
  soldOutAfterMs: number | null;
  liveAgeP99Ms: number | null;
  /** The thresholds of `k6/thresholds.js`. */
  promises: { metric: string; must: string; says: string; kept: boolean; value: number }[];
  log: ClientLog;
  generator: {
    /** Shoppers that k6 could not send in time. */
    dropped: number;
    /** Of one processor; above 1 it used more than one. */
    cpu: number;
    /** Why this run says nothing about the product; null: it does. */
    bottleneck: string | null;
  };
}
