import type { Network, PlaceOutcome, Shortage, StockRow } from '@holdfast/contracts';
import type { LaneNews } from './ledger.port';

export interface GateQuery {
  dropId: string;
  customerId: string;
  lines: readonly { sku: string; quantity: number }[];
  /** Missing or null: no network budget applies. */
  network?: Network | null;
  /** Computed lazily: it costs a hash, which most refused places do not need. */
  holdId(): string;
}

/** Sends the place to the ledger. `waitedMs`: how long it was pending, which counts towards its deadline. */
export type ToLedger = (waitedMs: number) => Promise<PlaceOutcome>;

/**
 * Early refusal: keeps requests for a sold-out drop away from the ledger. It never grants. It refuses only
 * what the ledger would certainly refuse as sold out; a place that could get another answer (a replay, a
 * limit, a drop that is not open, an unknown SKU) goes to the ledger. A gate that is unreachable, empty,
 * stale or wrong costs speed but no unit: all its data come from the ledger and are sent again.
 */
export abstract class Gate {
  /**
   * Refuses a place as sold out, or sends it to the ledger, once, and returns the answer. `busy` if it could
   * not be sent in time. Rejects only if `toLedger` does.
   */
  abstract place(query: GateQuery, toLedger: ToLedger): Promise<PlaceOutcome>;
  /**
   * Receives the changes of a batch. Call it before the batch's answers are sent; they do not wait for it.
   */
  abstract learn(news: LaneNews): void;
  /** The outcome of a batch is unknown: it may still commit. */
  abstract doubt(dropId: string): void;
  /**
   * Repairs the gate with rows of the ledger: `stream` rows may be old, `ledger` rows were read just now.
   * Never rejects. Makes available units that the gate had missed visible again.
   */
  abstract heal(rows: readonly StockRow[], source: 'stream' | 'ledger'): Promise<void>;
  /**
   * What is certainly sold out, with which gateways may refuse; null if nothing is certain. Never rejects.
   */
  abstract shortageOf(dropId: string): Promise<Shortage | null>;
}
