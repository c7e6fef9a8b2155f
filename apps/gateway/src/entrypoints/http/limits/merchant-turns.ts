import type { ServerResponse } from 'node:http';
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
  /** It is served, or waits no longer. */
  settled: () => void;
}

/** Who waits for the answer: the response of Node's server. */
export type Client = Pick<ServerResponse, 'destroyed' | 'once' | 'off'>;

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

  /**
   * Resolves with the end of the turn; calling it again changes nothing. Rejects with `ProblemError`, a 503: when too many wait, after `waitMs`,
   * and when the client hangs up.
   */
  take(merchantId: string, client?: Client): (() => void) | Promise<() => void> {
    const line = this.lines.get(merchantId) ?? { served: 0, waiting: new Set() };
    this.lines.set(merchantId, line);
    if (line.served < this.settings.atOnce) return this.serve(merchantId, line);
    const { waitMs, waitingOfMerchant, waiting } = this.settings;
    if (client?.destroyed || line.waiting.size >= waitingOfMerchant || this.waiting >= waiting)
      return Promise.reject(noTurn());
    return new Promise((start, reject) => {
      const leave = () => {
        this.leave(line, waiter);
        reject(noTurn());
      };
      const timer = setTimeout(leave, waitMs);
      client?.once('close', leave);
      const settled = () => {
        clearTimeout(timer);
        client?.off('close', leave);
      };
      const waiter: Waiter = { start, settled };
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
    waiter.settled();
    if (line.waiting.delete(waiter)) this.waiting -= 1;
  }
}

/** No 429: that is for limits, which are told in headers and can be lifted. */
function noTurn(): ProblemError {
  return new ProblemError({
    code: 'temporary-reduced-capacity',
    detail:
      'Too many requests of this merchant are waiting. Send fewer at a time, and retry after the number of seconds in Retry-After.',
    retryAfterSeconds: 1,
  });
}
