import type {
  ChangeOrigin,
  DropAction,
  DropState,
  DropWithStock,
  NewDrop,
  NewProduct,
} from '@holdfast/contracts';

/** The merchant whose drops are meant; for the operator's command line only, all merchants. */
export type DropScope = { merchantId: string } | 'all-merchants';

/** A validated drop with its id. */
export interface DropToInsert {
  dropId: string;
  /** Null: the first merchant, created in the same transaction if there is none. */
  merchantId: string | null;
  by: ChangeOrigin;
  drop: NewDrop;
  products: readonly NewProduct[];
}

export interface SkuOnSale {
  sku: string;
  /** One of the drops that sell it, and their number. */
  dropId: string;
  drops: number;
}

/** Drops and products for merchants and operators, including drafts. Read directly from the ledger. */
export abstract class DropStore {
  /**
   * In one transaction: the drop, its items, their stock, the first stock movements, the products, and the
   * fact of it.
   * `id-taken`: another drop has the id.
   * Throws `InvalidDrop` if the closing time has passed by the database's clock.
   */
  abstract insert(drop: DropToInsert): Promise<DropWithStock | 'id-taken'>;

  /** The same if there is no drop yet, else null. Of concurrent calls only one inserts. */
  abstract insertFirst(drop: DropToInsert): Promise<DropWithStock | 'id-taken' | null>;

  /** Newest first. */
  abstract list(scope: DropScope): Promise<DropWithStock[]>;

  abstract find(scope: DropScope, dropId: string): Promise<DropWithStock | null>;

  /** Moves a drop to the state `to` if it is in one of the states `from` by the database's clock. */
  abstract step(
    scope: DropScope,
    dropId: string,
    step: { action: DropAction; from: readonly DropState[]; to: DropState },
    by: ChangeOrigin,
  ): Promise<boolean>;

  /** Which of these SKUs the merchant sells in a drop that is scheduled, open or paused. */
  abstract skusOnSale(merchantId: string, skus: readonly string[]): Promise<SkuOnSale[]>;

  /** The merchant who owns what the command line creates; null if nobody has created them yet. */
  abstract firstMerchant(): Promise<string | null>;

  /** Creates the first merchant if there is none. */
  abstract ensureFirstMerchant(): Promise<{ merchantId: string; merchantMade: boolean }>;
}
