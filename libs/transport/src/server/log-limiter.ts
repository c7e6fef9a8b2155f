const EVERY_MS = 1_000;

/** Logs a repeated event at most once a second, with its count: clients that fail must not fill the log. */
export class LogLimiter {
  private count = 0;
  private lastReason = '';
  private timer: NodeJS.Timeout | null = null;

  constructor(private readonly write: (count: number, reason: string) => void) {}

  log(reason: string): void {
    if (this.timer !== null) {
      this.count += 1;
      this.lastReason = reason;
      return;
    }
    this.write(1, reason);
    this.timer = setTimeout(() => {
      this.timer = null;
      if (this.count > 0) this.write(this.count, this.lastReason);
      this.count = 0;
    }, EVERY_MS).unref();
  }
}
