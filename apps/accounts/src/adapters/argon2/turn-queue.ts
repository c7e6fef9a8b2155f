import { ServiceUnavailable } from '@holdfast/contracts';

/** Runs a few pieces of work at once; the others wait in order. Throws `ServiceUnavailable` when too many wait, or for too long. */
export class TurnQueue {
  private running = 0;
  private readonly waiting: { takeTurn: () => void; giveUp: (error: Error) => void; sinceMs: number }[] = [];

  constructor(
    private readonly atOnce: number,
    private readonly waitingMax: number,
    private readonly waitMsMax: number,
    private readonly nowMs: () => number = () => performance.now(),
  ) {}

  async run<T>(work: () => Promise<T>): Promise<T> {
    await this.turn();
    try {
      return await work();
    } finally {
      this.passOn();
    }
  }

  /** Gives the place to the next one who still has somebody to answer to. */
  private passOn(): void {
    for (let next = this.waiting.shift(); next; next = this.waiting.shift()) {
      if (this.nowMs() - next.sinceMs <= this.waitMsMax) return next.takeTurn();
      next.giveUp(tooMany());
    }
    this.running -= 1;
  }

  private turn(): Promise<void> {
    if (this.running < this.atOnce) {
      this.running += 1;
      return Promise.resolve();
    }
    if (this.waiting.length >= this.waitingMax) return Promise.reject(tooMany());
    return new Promise((takeTurn, giveUp) => this.waiting.push({ takeTurn, giveUp, sinceMs: this.nowMs() }));
  }
}

const tooMany = () => new ServiceUnavailable('passwords: too many sign-ins at once', 2);
