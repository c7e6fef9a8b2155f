import type { MerchantDropRead, StockDisplay } from '@holdfast/contracts';
import { type DropRow, toDropRecord } from '../drops/drop-rows';
import { type Db, readDropsWithStock } from '../drops/read-drops';
import { sql } from '../drops/sql/sql.generated';

export interface OwnDrop {
  merchantId: string;
  dropId: string;
}

export interface StockDisplayRow {
  drop_id: string;
  stock_display: StockDisplay;
  now: Date;
}

type MerchantDrop = MerchantDropRead['drop'];

/** Ghosts are made by rehearsals alone. */
export const NO_GHOST = { ghostOf: null } as const;

/** A drop without its items, and the database's clock. Null: unknown, deleted or another merchant's. */
export async function readHead(
  db: Db,
  { merchantId, dropId }: OwnDrop,
): Promise<{ drop: MerchantDrop; nowMs: number } | null> {
  const found = await db.query<StockDisplayRow>({ ...sql.findStockDisplay, values: [[dropId], merchantId] });
  const drops = await db.query<DropRow>({ ...sql.findDrops, values: [[dropId]] });
  const [own] = found.rows;
  const [row] = drops.rows;
  if (!own || !row) return null;
  const drop = { ...toDropRecord(row, []), stockDisplay: own.stock_display, ...NO_GHOST };
  return { drop, nowMs: row.now.getTime() };
}

/** The whole drop with its counts. */
export async function readMerchantDrop(db: Db, own: OwnDrop): Promise<MerchantDropRead | null> {
  const values = [[own.dropId], own.merchantId];
  const found = await db.query<StockDisplayRow>({ ...sql.findStockDisplay, values });
  const [row] = found.rows;
  if (!row) return null;
  const [read] = await readDropsWithStock(db, [own.dropId]);
  if (!read) return null;
  const items = new Set(read.drop.items.map(({ sku }) => sku));
  return {
    drop: { ...read.drop, ...NO_GHOST },
    stock: read.stock.filter(({ sku }) => items.has(sku)),
    readAt: row.now.toISOString(),
  };
}
