import { publicVersion } from '@holdfast/kernel';
import type { DropItem, DropRecord, DropSummary } from './drop';
import { type DropView, type StockCounts, type StockTotals, sumStock, toDropFields } from './drop-view';
import {
  type Band,
  bandOf,
  isSoldOut,
  isUnmarked,
  lessOf,
  type ShownStock,
  shownStock,
  type ShownTotals,
  type StockDisplay,
} from './shown-stock';
import type { StockRow } from './stock-view.port';

interface Since {
  version: number;
  asOf: string;
  stale: boolean;
}

/** `stock` of the public contract: the counts, a word for them, or only since when it is so. */
export type ShopperStock = StockCounts | ({ band: Band } & Since) | Since;

/** Where nothing is shown of the counts, an item still says whether it is sold out: `soldOut` is missing elsewhere. */
export type ShopperItem = DropItem & { stock: ShopperStock; soldOut?: boolean };

/** `Drop` of the public contract, as shoppers see it. */
export interface ShopperDrop extends Omit<DropView, 'items'> {
  stockDisplay: StockDisplay;
  items: ShopperItem[];
}

/** `Drop` in a list, as shoppers see it: its first items, and totals over all items. */
export interface ShopperDropSummary extends ShopperDrop {
  itemCount: number;
  priceRange: DropSummary['priceRange'];
  totals: StockTotals | Exclude<ShopperStock, StockCounts>;
  /** As in an item. */
  soldOut?: boolean;
}

/** Combines a drop's record with what shoppers may see of its counts. An item without counts yet shows zeros and is marked stale. */
export function toShopperDrop(
  drop: DropRecord,
  stock: readonly StockRow[],
  nowMs: number,
  stale: boolean,
): ShopperDrop {
  const bySku = new Map(stock.map((row) => [row.sku, row]));
  const { stockDisplay } = drop;
  return {
    ...toDropFields(drop, nowMs),
    stockDisplay,
    items: drop.items.map((item) => {
      const row = bySku.get(item.sku);
      return toShopperItem(
        item,
        shownStock(row ?? NOTHING_YET, stockDisplay),
        stale || !row || isUnmarked(row, stockDisplay),
      );
    }),
  };
}

/** The same for a list. `stock` has the counts of all items, including those that the summary omits. */
export function toShopperDropSummary(
  drop: DropSummary,
  stock: readonly StockRow[],
  nowMs: number,
  stale: boolean,
): ShopperDropSummary {
  const { itemCount, priceRange } = drop;
  const listed = new Set(drop.items.map(({ sku }) => sku));
  const shown = stock.filter(({ sku }) => listed.has(sku));
  return {
    ...toShopperDrop(drop, shown, nowMs, stale),
    itemCount,
    priceRange,
    ...totalsOf(drop, stock, stale),
  };
}

export function toShopperItem(item: DropItem, shown: ShownStock, stale: boolean): ShopperItem {
  return shown.display === 'hidden'
    ? { ...item, stock: stockOf(shown, stale), soldOut: shown.soldOut }
    : { ...item, stock: stockOf(shown, stale) };
}

/** What an item shows, the other way around. */
export function shownInItem({ stock, soldOut = false }: ShopperItem): ShownStock {
  const { version, asOf } = stock;
  if ('available' in stock) {
    const { available, held, sold, total } = stock;
    return { display: 'exact', available, held, sold, total, version, asOf };
  }
  return 'band' in stock
    ? { display: 'bands', band: stock.band, version, asOf }
    : { display: 'hidden', soldOut, version, asOf };
}

function stockOf(shown: ShownStock, stale: boolean): ShopperStock {
  const { version, asOf } = shown;
  switch (shown.display) {
    case 'exact': {
      const { available, held, sold, total } = shown;
      return { available, held, sold, total, version, asOf, stale };
    }
    case 'bands':
      return { band: shown.band, version, asOf, stale };
    case 'hidden':
      return { version, asOf, stale };
  }
}

const NOTHING_YET = {
  available: 0,
  held: 0,
  sold: 0,
  total: 0,
  epoch: 0,
  version: 0,
  asOf: new Date(0).toISOString(),
};

/**
 * The numbers are summed here. What is shown instead of them comes from the ledger with its version: a sum can pass a band while each item stays
 * in its own, and then the version has to grow.
 */
function totalsOf(
  drop: DropSummary,
  stock: readonly StockRow[],
  stale: boolean,
): Pick<ShopperDropSummary, 'totals' | 'soldOut'> {
  let display: StockDisplay = drop.stockDisplay;
  for (const { shown } of stock) if (shown) display = lessOf(display, shown.display);
  const sums = sumStock(stock);
  if (display === 'exact') return { totals: sums };
  const known = drop.shownTotals ?? NO_TOTALS;
  const asOf = known.at ?? drop.createdAt;
  const epoch = stock.reduce((greatest, row) => Math.max(greatest, row.epoch), 0);
  const since = { version: publicVersion({ epoch, version: known.version }), asOf, stale };
  if (display === 'bands')
    return { totals: { band: bandIn(known) ?? bandOf(sums.available, sums.total), ...since } };
  return {
    totals: since,
    soldOut: known.band ? known.band === 'none' : isSoldOut({ display: 'exact', ...sums }),
  };
}

const NO_TOTALS: ShownTotals = { band: null, version: 0, at: null };

/** Null while the record is from before a change of the display. */
function bandIn({ band }: ShownTotals): Band | null {
  return band === 'some' ? null : band;
}
