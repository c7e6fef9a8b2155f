import { ProblemError } from '../problems/problem';

export interface TurnSettings {
  /** Requests of one merchant's staff and keys that are served at a time. */
  atOnce: number;
  /** After this time the next one is served, although the one before has not ended: it waits for its client. */
  turnMs: number;
  waitMs: number;
  waitingOfMerchant: number;
  waiting: number;
}

/**
 * Inventory has four connections for what merchants ask: with three at a time, one merchant never has all of
 * them. 500 can wait, so a hundred requests at once are all answered; bodies of 2,000 take 128 MB at most.
 */
export const TURN_SETTINGS: TurnSettings = {
  atOnce: 3,
  turnMs: 2_000,
  waitMs: 5_000,
  waitingOfMerchant: 500,
  waiting: 2_000,
};

interface Waiter {
  start: (end: () => void) => void;
  timer: NodeJS.Timeout;
}

interface Line {
  served: number;
  waiting: Set<Waiter>;
}

/**
 * Serves a few requests of each merchant at a time, in order of arrival, so that a merchant who sends hundreds at
 * once makes its own wait, and not those of others. Applies whatever the limits are: usually it refuses nothing.
 */
export class MerchantTurns {
  private readonly lines = new Map<string, Line>();
  private waiting = 0;

  constructor(private readonly settings = TURN_SETTINGS) {}

  /** Resolves with the end of the turn; calling it again changes nothing. Rejects with `ProblemError`: 429 when too many wait, 503 after `waitMs`. */
  take(merchantId: string): (() => void) | Promise<() => void> {
    const line = this.lines.get(merchantId) ?? { served: 0, waiting: new Set() };
    this.lines.set(merchantId, line);
    if (line.served < this.settings.atOnce) return this.serve(merchantId, line);
    const { waitMs, waitingOfMerchant, waiting } = this.settings;
    if (line.waiting.size >= waitingOfMerchant || this.waiting >= waiting)
      return Promise.reject(
        new ProblemError({
          code: 'quota-exceeded',
          detail: 'Too many requests of this merchant are waiting. Send fewer at a time.',
          retryAfterSeconds: 1,
        }),
      );
    return new Promise((start, reject) => {
      const leave = () => {
        this.leave(line, waiter);
        reject(new ProblemError({ code: 'temporary-reduced-capacity', retryAfterSeconds: 1 }));
      };
      const waiter: Waiter = { start, timer: setTimeout(leave, waitMs) };
      line.waiting.add(waiter);
      this.waiting += 1;
    });
  }

  /** Merchants with requests that are served or wait. */
  get size(): number {
    return this.lines.size;
  }

  private serve(merchantId: string, line: Line): () => void {
    line.served += 1;
    let ended = false;
    const end = () => {
      if (ended) return;
      ended = true;
      clearTimeout(timer);
      line.served -= 1;
      const [next] = line.waiting;
      if (next) {
        this.leave(line, next);
        next.start(this.serve(merchantId, line));
      } else if (line.served === 0) this.lines.delete(merchantId);
    };
    const timer = setTimeout(end, this.settings.turnMs).unref();
    return end;
  }

  private leave(line: Line, waiter: Waiter): void {
    clearTimeout(waiter.timer);
    if (line.waiting.delete(waiter)) this.waiting -= 1;
  }
}
