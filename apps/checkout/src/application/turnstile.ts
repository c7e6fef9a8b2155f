import { FairQueue, type Share } from './fair-queue';

export interface TurnstileLimits {
  /** Passed at a time. */
  places: number;
  /** A place is given on after that time, although its holder is not done: it waits for somebody else and uses nothing of ours. */
  placeMs: number;
  /** Who waits longer is turned away. */
  waitMs: number;
  /** Waiting at most. One more displaces somebody of the address with the most, or is turned away. */
  waiting: number;
  /** Waiting at most of one customer; more are turned away at once. */
  waitingOfCustomer: number;
}

interface Waiter {
  share: Share;
  resolve: (leave: (() => void) | null) => void;
  timer: NodeJS.Timeout;
}

/**
 * Lets a few payments begin at a time. Of a thousand that begin at once each gets a thousandth of the database and all are late; one after
 * the other the first are done when the last begin, and the work is the same. Who waits is served in turns, see `FairQueue`.
 */
export class Turnstile {
  private free: number;
  private readonly queue = new FairQueue<Waiter>();

  constructor(private readonly limits: TurnstileLimits) {
    this.free = limits.places;
  }

  /** Resolves with the way out, to be called when done; with null when turned away. */
  enter(share: Share): Promise<(() => void) | null> {
    if (this.free > 0) {
      this.free -= 1;
      return Promise.resolve(this.place());
    }
    if (!this.hasRoom(share)) return Promise.resolve(null);
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.queue.remove(share, waiter);
        resolve(null);
      }, this.limits.waitMs);
      const waiter: Waiter = { share, resolve, timer };
      this.queue.push(share, waiter);
    });
  }

  private hasRoom(share: Share): boolean {
    if (this.queue.waitingOf(share) >= this.limits.waitingOfCustomer) return false;
    if (this.queue.size < this.limits.waiting) return true;
    const displaced = this.queue.displaceFor(share);
    if (!displaced) return false;
    clearTimeout(displaced.timer);
    displaced.resolve(null);
    return true;
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
