/** Does a piece of work again and again, one after the other, until it is stopped. Trouble is reported and the next turn tries again. */
export class SteadyWorker {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | null = null;
  private stopped = false;

  constructor(
    private readonly everyMs: number,
    private readonly work: () => Promise<void>,
    private readonly onTrouble: (error: unknown) => void,
  ) {}

  /** The first turn begins at once. */
  start(): void {
    this.running = this.work()
      .catch(this.onTrouble)
      .finally(() => {
        if (!this.stopped) this.timer = setTimeout(() => this.start(), this.everyMs);
      });
  }

  /** Ends after the turn that is under way. */
  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.running;
  }
}
