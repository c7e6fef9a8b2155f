/** The percentile (nearest rank) of `share`, from 0 to 1; null for an empty list. */
export function percentile(values: readonly number[], share: number): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? null;
}

/** NaN for an empty list. */
export function median(values: readonly number[]): number {
  return percentile(values, 0.5) ?? Number.NaN;
}
