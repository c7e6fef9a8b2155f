/**
 * Predicts how long a new command has to wait, from the duration of batches. Times in milliseconds of the
 * monotonic clock.
 */
export class WaitEstimate {
  private batchMs = FIRST_GUESS_MS;
  private startedAt: number | null = null;
  private failing = false;

  batchStarted(now: number): void {
    this.startedAt = now;
  }

  batchSettled(now: number): void {
    if (this.startedAt === null) return;
    const sample = now - this.startedAt;
    // After an outage the average is obsolete: start again with the last measurement.
    this.batchMs = this.failing ? sample : this.batchMs + WEIGHT * (sample - this.batchMs);
    this.startedAt = null;
    this.failing = false;
  }

  /** The batch was of another kind than those that are predicted. */
  batchIgnored(): void {
    this.startedAt = null;
  }

  /** The batch was abandoned. Until one succeeds, batches are expected to take as long as this one. */
  batchFailed(now: number): void {
    if (this.startedAt !== null) this.batchMs = Math.max(this.batchMs, now - this.startedAt);
    this.startedAt = null;
    this.failing = true;
  }

  /**
   * For a command in the last of `batches` queued batches. An idle lane always accepts a command, to detect
   * that the ledger has recovered.
   */
  predictMs(now: number, batches: number): number {
    if (this.startedAt === null) return 0;
    const elapsed = now - this.startedAt;
    // A batch that takes longer than usual may be stuck: expect it to take as long again.
    const inFlight = elapsed <= this.batchMs ? this.batchMs - elapsed : elapsed;
    return inFlight + batches * this.batchMs;
  }
}

// About the last ten batches: enough to smooth a checkpoint, few enough to follow the load.
const WEIGHT = 0.2;
const FIRST_GUESS_MS = 5;
