import { publicVersion } from '@holdfast/kernel';
import { dropStateAt, type DropItem, type DropRecord } from './drop';
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

/** `Drop` of the public contract with exact counts: the record without internal fields. */
export interface DropView extends Omit<
  DropRecord,
  'revision' | 'createdAt' | 'stockDisplay' | 'admission' | 'items'
> {
  /** The server's clock, for countdowns. */
  serverTime: string;
  items: (DropItem & { stock: StockCounts })[];
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
    ...toDropFields(drop, nowMs),
    items: drop.items.map((item) => ({ ...item, stock: countsOf(bySku.get(item.sku), stale) })),
  };
}

/** The fields of a drop that have nothing to do with its counts. */
export function toDropFields(drop: DropRecord, nowMs: number): Omit<DropView, 'items'> {
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
  };
}

export function sumStock(stock: readonly StockRow[]): StockTotals {
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
