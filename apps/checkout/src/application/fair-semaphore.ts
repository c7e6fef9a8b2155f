import { FairQueue, type Share } from './fair-queue';

export interface FairSemaphoreLimits {
  /** Held at a time. */
  permits: number;
  /** A permit is passed on after that time, although its holder is not done: it waits for another service and uses no resource of this one. */
  permitMs: number;
  /** A request that waits longer is refused. */
  waitMs: number;
  /** Waiting at most. One more displaces a request of the address with the most, or is refused. */
  waiting: number;
  /** Waiting at most of one customer; more are refused at once. */
  waitingOfCustomer: number;
}

/** Gives the permit back; calling it again changes nothing. */
type Release = () => void;

interface Waiter {
  share: Share;
  resolve: (release: Release | null) => void;
  timer: NodeJS.Timeout;
}

/**
 * Limits concurrent payments: with a limit the first finish before the last start, for the same total work. Waiting payments are served fairly, see
 * `FairQueue`.
 */
export class FairSemaphore {
  private free: number;
  private readonly queue = new FairQueue<Waiter>();

  constructor(private readonly limits: FairSemaphoreLimits) {
    this.free = limits.permits;
  }

  /** Resolves with the release of the permit; with null when refused. */
  acquire(share: Share): Promise<Release | null> {
    if (this.free > 0) {
      this.free -= 1;
      return Promise.resolve(this.permit());
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

  private permit(): Release {
    let released = false;
    const release = () => {
      if (released) return;
      released = true;
      clearTimeout(timer);
      this.passOn();
    };
    const timer = setTimeout(release, this.limits.permitMs);
    return release;
  }

  private passOn(): void {
    const next = this.queue.shift();
    if (!next) {
      this.free += 1;
      return;
    }
    clearTimeout(next.timer);
    next.resolve(this.permit());
  }
}
