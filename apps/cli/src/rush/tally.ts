import type { AcknowledgedHold } from '@holdfast/audit';
import { Latencies } from '@holdfast/load';

/** What happened to the shoppers so far. */
export class Tally {
  readonly holds: AcknowledgedHold[] = [];
  readonly refused = new Map<string, number>();
  readonly errors = new Map<string, number>();
  /** How long each hold call took until its answer, retries included. */
  readonly holdMs = new Latencies();
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
