export interface TurnstileLimits {
  /** Passed at a time. */
  places: number;
  /** A place is given on after that time, although its holder is not done: it waits for somebody else and uses nothing of ours. */
  placeMs: number;
  /** Who waits longer is turned away. */
  waitMs: number;
  /** Waiting at most; more are turned away at once. */
  waiting: number;
}

interface Waiter {
  resolve: (leave: (() => void) | null) => void;
  timer: NodeJS.Timeout;
}

/**
 * Lets a few payments begin at a time, in the order in which they came. Of a thousand that begin at once each gets a thousandth of the
 * database and all are late; one after the other the first are done when the last begin, and the work is the same.
 */
export class Turnstile {
  private free: number;
  private readonly queue: Waiter[] = [];

  constructor(private readonly limits: TurnstileLimits) {
    this.free = limits.places;
  }

  /** Resolves with the way out, to be called when done; with null when turned away. */
  enter(): Promise<(() => void) | null> {
    if (this.free > 0) {
      this.free -= 1;
      return Promise.resolve(this.place());
    }
    if (this.queue.length >= this.limits.waiting) return Promise.resolve(null);
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.queue.splice(this.queue.indexOf(waiter), 1);
        resolve(null);
      }, this.limits.waitMs);
      const waiter: Waiter = { resolve, timer };
      this.queue.push(waiter);
    });
  }

  private place(): () => void {
    let given = false;
    const leave = () => {
      if (given) return;
      given = true;
      clearTimeout(timer);
      this.giveOn();
    };
    const timer = setTimeout(leave, this.limits.placeMs);
    return leave;
  }

  private giveOn(): void {
    const next = this.queue.shift();
    if (!next) {
      this.free += 1;
      return;
    }
    clearTimeout(next.timer);
    next.resolve(this.place());
  }
}
