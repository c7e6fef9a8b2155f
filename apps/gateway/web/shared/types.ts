import type { Band, ShopperDrop, StockCounts } from '@holdfast/contracts';

// Types alone: nothing of the server's code reaches the browser.
export type {
  Band,
  DropState,
  ShopperDrop as Drop,
  ShopperDropSummary as ListedDrop,
  Hold,
  HoldLine as Line,
  Order,
} from '@holdfast/contracts';
export type { Money } from '@holdfast/kernel';

export type Item = ShopperDrop['items'][number];
export type Counts = Pick<StockCounts, 'available' | 'held' | 'sold' | 'version'>;
/** What the shop tells of an item's units. */
export type Shown = Counts | { band: Band; version: number } | { soldOut: boolean; version: number };

export interface Problem {
  code: string;
  title: string;
  detail: string;
  /** Finds the request in the logs of the product. */
  traceId?: string;
  /** Of `limit-reached`: not this customer's own limit. */
  limitOf?: 'network';
  /** What is wrong with the request, each with a JSON pointer into it. */
  errors?: { pointer: string; message: string }[];
}
