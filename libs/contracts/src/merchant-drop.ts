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

/** A product of the merchant's catalogue with its SKUs. */
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
  /** The action is not allowed in the drop's state. */
  | { kind: 'illegal'; state: DropState };

/** The drop cannot be created as requested; the message says what to change. */
export class InvalidDrop extends Error {}
