import type { Shortage } from '@holdfast/contracts';
import type { LaneNews } from './ledger.port';

export interface GateQuery {
  dropId: string;
  customerId: string;
  lines: readonly { sku: string; quantity: number }[];
}

/**
 * Early refusal: spares the ledger the losers of a sold-out drop. It never grants. It refuses only what the ledger would surely refuse as
 * sold out, so whoever could get another answer (a replay, a limit, a drop that is not open, an unknown SKU) is sent on to the ledger.
 * A gate that knows nothing, or is wrong about nothing being known, costs speed and no unit.
 */
export abstract class Gate {
  /** The indexes of all lines that do not fit, when that is sure; null means: ask the ledger. */
  abstract surelyShort(query: GateQuery): number[] | null | Promise<number[] | null>;
  /** What a batch has told. To be called before its answers go out. */
  abstract learn(news: LaneNews): void;
  /** The outcome of a batch is unknown: trust nothing about the drop for a while. */
  abstract doubt(dropId: string): void;
  /** What is surely gone, for those who refuse in front of us; null when nothing is sure. */
  abstract shortageOf(dropId: string): Shortage | null | Promise<Shortage | null>;
}
