import type { RehearsalPromiseName } from '@holdfast/contracts';

export type PromiseLimits = Readonly<Record<RehearsalPromiseName, number>>;

/**
 * The limits that a rehearsal is judged by, unless others are given. The times are generous: the generator and
 * the product share two cores, where a p99 of some hundred milliseconds is usual.
 */
export const DEFAULT_PROMISE_LIMITS: PromiseLimits = {
  'no-oversell': 0,
  'money-equals-orders': 0,
  invariants: 0,
  'no-server-errors': 0,
  'hold-p99': 2_000,
  'pay-p99': 5_000,
  'live-age-p99': 3_000,
  'sold-out-or-demand-met': 100,
  // A killed service is restarted within seconds; PostgreSQL replays its WAL first.
  'recovers-after-fault': 15_000,
};

export const PROMISE_UNITS: Readonly<Record<RehearsalPromiseName, string>> = {
  'no-oversell': 'units',
  'money-equals-orders': 'orders',
  invariants: 'violations',
  'no-server-errors': 'answers',
  'hold-p99': 'ms',
  'pay-p99': 'ms',
  'live-age-p99': 'ms',
  'sold-out-or-demand-met': '%',
  'recovers-after-fault': 'ms',
};
