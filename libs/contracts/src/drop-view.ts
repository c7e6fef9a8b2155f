import { publicVersion } from '@holdfast/kernel';
import { dropStateAt, type DropItem, type DropRecord, type DropSummary } from './drop';
import type { StockRow } from './stock-view.port';

export interface StockCounts {
  available: number;
  held: number;
  sold: number;
  total: number;
  version: number;
  asOf: string;
  stale: boolean;
}

/** `Drop` of the public contract: the record without internal fields, with counts. */
export interface DropView extends Omit<DropRecord, 'revision' | 'createdAt' | 'items'> {
  /** The server's clock, for countdowns. */
  serverTime: string;
  items: (DropItem & { stock: StockCounts })[];
}

/** `Drop` in a list of the public contract: its first items, and totals over all items. */
export interface DropSummaryView extends DropView {
  itemCount: number;
  priceRange: DropSummary['priceRange'];
  totals: StockTotals;
}

export type StockTotals = Pick<StockCounts, 'available' | 'held' | 'sold' | 'total'>;

export function toStockCounts(row: StockRow, stale: boolean): StockCounts {
  const { available, held, sold, total, asOf } = row;
  return { available, held, sold, total, version: publicVersion(row), asOf, stale };
}

/** Combines a drop's record with its counts. An item without counts yet shows zeros and is marked stale. */
export function toDropView(
  drop: DropRecord,
  stock: readonly StockRow[],
  nowMs: number,
  stale: boolean,
): DropView {
  const bySku = new Map(stock.map((row) => [row.sku, row]));
  return {
    id: drop.id,
    merchantId: drop.merchantId,
    name: drop.name,
    description: drop.description,
    imageUrl: drop.imageUrl,
    state: dropStateAt(drop, nowMs),
    mode: drop.mode,
    opensAt: drop.opensAt,
    closesAt: drop.closesAt,
    perCustomerLimit: drop.perCustomerLimit,
    holdTtlSeconds: drop.holdTtlSeconds,
    serverTime: new Date(nowMs).toISOString(),
    items: drop.items.map((item) => ({ ...item, stock: countsOf(bySku.get(item.sku), stale) })),
  };
}

/** The same for a list. `stock` has the counts of all items, including those that the summary omits. */
export function toDropSummaryView(
  drop: DropSummary,
  stock: readonly StockRow[],
  nowMs: number,
  stale: boolean,
): DropSummaryView {
  const { itemCount, priceRange } = drop;
  const listed = new Set(drop.items.map(({ sku }) => sku));
  const shown = stock.filter(({ sku }) => listed.has(sku));
  return { ...toDropView(drop, shown, nowMs, stale), itemCount, priceRange, totals: totalsOf(stock) };
}

function totalsOf(stock: readonly StockRow[]): StockTotals {
  const totals = { available: 0, held: 0, sold: 0, total: 0 };
  for (const { available, held, sold, total } of stock) {
    totals.available += available;
    totals.held += held;
    totals.sold += sold;
    totals.total += total;
  }
  return totals;
}

const NOTHING_YET: StockCounts = {
  available: 0,
  held: 0,
  sold: 0,
  total: 0,
  version: 0,
  asOf: new Date(0).toISOString(),
  stale: true,
};

function countsOf(row: StockRow | undefined, stale: boolean): StockCounts {
  return row ? toStockCounts(row, stale) : NOTHING_YET;
}
