import type { DropRecord, DropState } from './drop';
import type { StockRow } from './stock-view.port';

export interface NewDrop {
  name: string;
  description: string;
  imageUrl: string | null;
  /** RFC 3339, `'now'` to open at once, null for a draft. */
  opensAt: string | 'now' | null;
  closesAt: string | null;
  perCustomerLimit: number;
  holdTtlSeconds: number;
  items: NewDropItem[];
}

export interface NewDropItem {
  sku: string;
  name: string;
  imageUrl: string | null;
  priceMinor: number;
  currency: string;
  units: number;
}

/** A product of the merchant's catalogue with the SKUs it is sold as. */
export interface NewProduct {
  handle: string;
  name: string;
  description: string;
  imageUrls: string[];
  skus: { sku: string; name: string; priceMinor: number; currency: string }[];
}

export interface DropWithStock {
  drop: DropRecord;
  stock: StockRow[];
}

export type DropAction = 'open' | 'pause' | 'resume' | 'close';

export type DropActionOutcome =
  | { kind: 'done'; result: DropWithStock }
  | { kind: 'not-found' }
  /** The action does not go with the state that the drop is in. */
  | { kind: 'illegal'; state: DropState };

/** What operators (command line; later the admin API) do with drops, read straight from the ledger, drafts included. */
export abstract class DropCatalogue {
  /** One transaction: the drop, its items, their stock, the first stock movements, and products if given. Throws `InvalidDrop`. */
  abstract create(drop: NewDrop, products?: readonly NewProduct[]): Promise<DropWithStock>;
  abstract list(): Promise<DropWithStock[]>;
  abstract get(dropId: string): Promise<DropWithStock | null>;
  abstract act(dropId: string, action: DropAction): Promise<DropActionOutcome>;
  /** Makes the first merchant when there is none; with `demo` also the demo drop when there is no drop. Says what was made. */
  abstract seed(options: {
    demo: boolean;
  }): Promise<{ merchantId: string; merchantMade: boolean; demoDropId: string | null }>;
}

/** The drop cannot be made as asked; the message says what to change. */
export class InvalidDrop extends Error {}
