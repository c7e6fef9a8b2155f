import type { DropSale } from './ledger.port';

/** The state of a sale from which a gate is seeded. */
export interface GateSale extends DropSale {
  /** Milliseconds until the drop opens by time (0 or less: it has); null if it does not open by time. */
  opensInMs: number | null;
}

/** The gate's access to the ledger. Both methods throw `LedgerUnreachable`. */
export abstract class GateSource {
  /**
   * The current state of a drop with all SKUs (null) or the given ones; null for an unknown drop or a draft.
   */
  abstract saleOf(dropId: string, skus: readonly string[] | null): Promise<GateSale | null>;
  /**
   * Customers who have or had units in the drop, and networks near their limit as in `LaneNews`; null if
   * there are more than `max`.
   */
  abstract customersOf(dropId: string, max: number): Promise<string[] | null>;
}
