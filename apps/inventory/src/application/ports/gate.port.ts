import type { Network, Shortage, StockRow } from '@holdfast/contracts';
import type { DropSale, LaneNews } from './ledger.port';

export interface GateQuery {
  dropId: string;
  customerId: string;
  lines: readonly { sku: string; quantity: number }[];
  /** Absent or null: no budget of a network counts. */
  network?: Network | null;
  /** Computed only where it is needed: it costs a hash, and most shoppers of a sold-out drop need none. */
  holdId(): string;
}

export type GateVerdict =
  /** The ledger decides. */
  | { kind: 'ask' }
  /** The ledger decides, although the gate could not look: let few of these through at a time. */
  | { kind: 'unseen' }
  /** What the ledger has would not suffice for this one beside those who were let through and have no answer yet: check again. */
  | { kind: 'wait' }
  /** Surely sold out: the indexes of all lines that do not fit. */
  | { kind: 'short'; shortLines: number[] };

/** What a gate begins with when it knows nothing of a drop. */
export interface GateSale extends DropSale {
  /** Milliseconds until the drop opens by time alone (0 or less: it has); null when it does not wait for a time. */
  opensInMs: number | null;
}

/**
 * Early refusal: spares the ledger the losers of a sold-out drop. It never grants. It refuses only what the ledger would surely refuse as
 * sold out, so whoever could get another answer (a replay, a limit, a drop that is not open, an unknown SKU) is sent on to the ledger.
 * A gate that is absent, wiped, stale or lying costs speed and no unit: all it hears comes from the ledger and is heard again.
 */
export abstract class Gate {
  /** Never rejects. A gate that has the answer at hand gives it without a promise. */
  abstract check(query: GateQuery): GateVerdict | Promise<GateVerdict>;
  /** Somebody whose verdict was `unseen` goes to the ledger now: until it has decided they may have units. */
  abstract goesUnseen(query: GateQuery): void;
  /** Somebody who was let through does not go to the ledger after all, so the units are free for others. */
  abstract withdraw(query: GateQuery): void;
  /** What a batch has told. To be called before its answers go out; they do not wait for it. */
  abstract learn(news: LaneNews): void;
  /** The outcome of a batch is unknown. */
  abstract doubt(dropId: string): void;
  /**
   * Rows that the ledger has, whatever the gate believes: `stream` rows may be old, `ledger` rows were read just now. Never rejects.
   * After it a unit that the gate had lost is on offer again.
   */
  abstract heal(rows: readonly StockRow[], source: 'stream' | 'ledger'): Promise<void>;
  /** What is surely gone, for those who refuse in front of us; null when nothing is sure. Never rejects. */
  abstract shortageOf(dropId: string): Promise<Shortage | null>;
  /** Calls back when somebody who was told to wait should check again. */
  abstract onChange(listener: (dropId: string) => void): void;
}
