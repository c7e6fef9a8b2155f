/** So many at a time, the others in the order in which they came. */
export class Turns {
  private readonly waiting: (() => void)[] = [];
  private taken = 0;

  constructor(
    private readonly atOnce: number,
    private readonly waitingMax: number,
  ) {}

  /** Resolves when it is one's turn, which is then to be given back. Null: too many wait already. */
  take(): Promise<void> | null {
    if (this.taken < this.atOnce) {
      this.taken += 1;
      return Promise.resolve();
    }
    if (this.waiting.length >= this.waitingMax) return null;
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  giveBack(): void {
    const next = this.waiting.shift();
    if (next) next();
    else this.taken -= 1;
  }

  get isIdle(): boolean {
    return this.taken === 0;
  }
}
