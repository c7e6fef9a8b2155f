export interface BackoffRange {
  /** Maximum delay before the first retry. */
  firstMs: number;
  /** Upper bound of all delays. */
  maxMs: number;
}

/**
 * Delay before a retry, in whole milliseconds: exponential, with "equal jitter". `failures` counts from 0,
 * the first retry.
 *
 * Half of it is fixed, so that a server that refuses at once is not retried in a busy loop; half is random,
 * so that callers that failed together do not retry together. Source: M. Brooker, "Exponential Backoff and
 * Jitter", AWS Architecture Blog, 2015.
 */
export function backoffMs(failures: number, { firstMs, maxMs }: BackoffRange, random = Math.random): number {
  const ceiling = Math.min(maxMs, firstMs * 2 ** failures);
  return Math.round(ceiling * (0.5 + random() / 2));
}
