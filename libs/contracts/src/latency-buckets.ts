/** Upper bounds of the buckets in which gateways count how long answers took, in ms: each a quarter above the one before, from 0.5 ms to 28 s. */
export const LATENCY_BOUNDS_MS: readonly number[] = Array.from({ length: 50 }, (_, i) => 0.5 * 1.25 ** i);

/** Counts by the index of the bucket; what took longer than the last bound is in the last bucket. */
export type LatencyCounts = Record<string, number>;

export function bucketOf(ms: number): number {
  if (ms <= LATENCY_BOUNDS_MS[0]!) return 0;
  return Math.min(Math.ceil(Math.log(ms / 0.5) / Math.log(1.25)), LATENCY_BOUNDS_MS.length - 1);
}

/** The upper bound of the bucket below which 99 % of the answers are, in ms; null without answers. */
export function p99Of(counts: LatencyCounts): number | null {
  const total = Object.values(counts).reduce((sum, n) => sum + n, 0);
  if (total === 0) return null;
  let seen = 0;
  for (const [at, bound] of LATENCY_BOUNDS_MS.entries()) {
    seen += counts[at] ?? 0;
    if (seen >= total * 0.99) return Math.round(bound * 10) / 10;
  }
  return LATENCY_BOUNDS_MS.at(-1)!;
}
