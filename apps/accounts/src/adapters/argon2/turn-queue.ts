import { ServiceUnavailable } from '@holdfast/contracts';

/** Runs a few pieces of work at once; the others wait in order. Throws `ServiceUnavailable` when too many wait. */
export class TurnQueue {
  private running = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(
    private readonly atOnce: number,
    private readonly waitingMax: number,
  ) {}

  async run<T>(work: () => Promise<T>): Promise<T> {
    await this.turn();
    try {
      return await work();
    } finally {
      const next = this.waiting.shift();
      if (next)
        next(); // takes over the place
      else this.running -= 1;
    }
  }

  private turn(): Promise<void> {
    if (this.running < this.atOnce) {
      this.running += 1;
      return Promise.resolve();
    }
    if (this.waiting.length >= this.waitingMax)
      return Promise.reject(new ServiceUnavailable('passwords: too many sign-ins at once', 2));
    return new Promise((resolve) => this.waiting.push(resolve));
  }
}
