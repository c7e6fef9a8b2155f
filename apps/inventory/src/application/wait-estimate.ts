/** How long a new command would wait, learnt from how long batches take. All times in milliseconds of the monotonic clock. */
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
    // After an outage the average is of another time: begin again with what was just seen.
    this.batchMs = this.failing ? sample : this.batchMs + WEIGHT * (sample - this.batchMs);
    this.startedAt = null;
    this.failing = false;
  }

  /** The batch was given up. Until one succeeds, a batch is expected to take as long as this one did. */
  batchFailed(now: number): void {
    if (this.startedAt !== null) this.batchMs = Math.max(this.batchMs, now - this.startedAt);
    this.startedAt = null;
    this.failing = true;
  }

  /** For a command in the last of `batches` that wait. An idle lane is always tried: somebody has to find out that the ledger is back. */
  predictMs(now: number, batches: number): number {
    if (this.startedAt === null) return 0;
    const elapsed = now - this.startedAt;
    // A batch that takes longer than usual may be stuck: expect it to take as long again.
    const inFlight = elapsed <= this.batchMs ? this.batchMs - elapsed : elapsed;
    return inFlight + batches * this.batchMs;
  }
}

const WEIGHT = 0.2; // the last ten batches or so count: long enough to ride out a checkpoint, short enough to follow a load
const FIRST_GUESS_MS = 5;
