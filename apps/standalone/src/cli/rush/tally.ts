/** A hold that the product has acknowledged with a 2xx. */
export interface AcknowledgedHold {
  holdId: string;
  sku: string;
  units: number;
  expiresAtMs: number;
  /** The order that the product said was paid. */
  paidOrderId: string | null;
}

/** What happened to the shoppers so far. */
export class Tally {
  readonly holds: AcknowledgedHold[] = [];
  readonly refused = new Map<string, number>();
  readonly errors = new Map<string, number>();
  /** How long each hold call took until its answer, retries included. */
  readonly holdMs: number[] = [];
  visits = 0;

  refuse(code: string): void {
    this.refused.set(code, (this.refused.get(code) ?? 0) + 1);
  }

  fail(what: string): void {
    this.errors.set(what, (this.errors.get(what) ?? 0) + 1);
  }

  get errorCount(): number {
    return [...this.errors.values()].reduce((sum, times) => sum + times, 0);
  }

  get paid(): number {
    return this.holds.filter(({ paidOrderId }) => paidOrderId !== null).length;
  }
}

/** The value below which `share` of the numbers lie (nearest rank), rounded to a tenth; null of nothing. */
export function percentile(sorted: readonly number[], share: number): number | null {
  if (sorted.length === 0) return null;
  const value = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]!;
  return Math.round(value * 10) / 10;
}
