import {
  dropStateAt,
  type DropItem,
  type DropMode,
  type DropRecord,
  type DropState,
  type DropSummary,
  type Shown,
  type ShownTotals,
  type StockDisplay,
  type StockRow,
} from '@holdfast/contracts';

/** Rows as the driver returns them: 64-bit integers as text, times as dates truncated to milliseconds. */
export interface DropRow {
  drop_id: string;
  merchant_id: string;
  name: string;
  description: string;
  image_url: string | null;
  state: DropState;
  mode: DropMode;
  opens_at: Date | null;
  closes_at: Date | null;
  per_customer_limit: number;
  hold_ttl_seconds: number;
  stock_display: StockDisplay;
  admission_per_minute: number | null;
  admission_from: string | null;
  shown_band: ShownTotals['band'];
  shown_version: string;
  shown_at: Date | null;
  revision: string;
  created_at: Date;
  now: Date;
}

export interface ItemRow {
  drop_id: string;
  sku: string;
  name: string;
  image_url: string | null;
  price_minor: string;
  currency: string;
}

export interface ItemFiguresRow {
  drop_id: string;
  item_count: number;
  lowest_minor: string;
  highest_minor: string;
  currency: string;
}

export interface StockDbRow {
  drop_id: string;
  sku: string;
  total: string;
  available: string;
  held: string;
  sold: string;
  epoch: string;
  version: string;
  stock_display: StockDisplay;
  shown_version: string;
  shown_at: Date | null;
  as_of: Date;
}

export function toDropRecord(row: DropRow, items: DropItem[]): DropRecord {
  const opensAt = row.opens_at?.toISOString() ?? null;
  const closesAt = row.closes_at?.toISOString() ?? null;
  return {
    id: row.drop_id,
    merchantId: row.merchant_id,
    name: row.name,
    description: row.description,
    imageUrl: row.image_url,
    state: dropStateAt({ state: row.state, opensAt, closesAt }, row.now.getTime()),
    mode: row.mode,
    opensAt,
    closesAt,
    perCustomerLimit: row.per_customer_limit,
    holdTtlSeconds: row.hold_ttl_seconds,
    stockDisplay: row.stock_display,
    admission: { perMinute: row.admission_per_minute, from: row.admission_from },
    revision: Number(row.revision),
    createdAt: row.created_at.toISOString(),
    items,
  };
}

export function toShownTotals(row: DropRow): ShownTotals {
  return {
    band: row.shown_band,
    version: Number(row.shown_version),
    at: row.shown_at?.toISOString() ?? null,
  };
}

export function toDropItem(row: ItemRow): DropItem {
  return {
    sku: row.sku,
    name: row.name,
    price: { amountMinor: Number(row.price_minor), currency: row.currency },
    imageUrl: row.image_url,
  };
}

/** Undefined: a drop without items. */
export function toItemFigures(
  row: ItemFiguresRow | undefined,
): Pick<DropSummary, 'itemCount' | 'priceRange'> {
  if (!row) return { itemCount: 0, priceRange: null };
  const price = (minor: string) => ({ amountMinor: Number(minor), currency: row.currency });
  return {
    itemCount: row.item_count,
    priceRange: { lowest: price(row.lowest_minor), highest: price(row.highest_minor) },
  };
}

export function toStockRow(row: StockDbRow): StockRow {
  const shown = toShown(row);
  return {
    dropId: row.drop_id,
    sku: row.sku,
    total: Number(row.total),
    available: Number(row.available),
    held: Number(row.held),
    sold: Number(row.sold),
    epoch: Number(row.epoch),
    version: Number(row.version),
    asOf: row.as_of.toISOString(),
    ...(shown ? { shown } : {}),
  };
}

function toShown({ stock_display: display, shown_version: version, shown_at: at }: StockDbRow): Shown | null {
  if (display === 'exact' || at === null) return null;
  return { display, version: Number(version), at: at.toISOString() };
}
