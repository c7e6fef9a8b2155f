import {
  type DropRecord,
  type DropSummary,
  type DropWithStock,
  LISTED_ITEMS_MAX,
  type StockRow,
} from '@holdfast/contracts';
import { groupBy } from '@holdfast/kernel';
import type { Pool, PoolClient } from 'pg';
import {
  type DropRow,
  type ItemFiguresRow,
  type ItemRow,
  type StockDbRow,
  toDropItem,
  toDropRecord,
  toItemFigures,
  toStockRow,
} from './drop-rows';
import { sql } from './sql/sql.generated';

export type Db = Pick<Pool | PoolClient, 'query'>;

/** The records of these drops in the order of the ids; unknown ones are left out. */
export async function readDrops(db: Db, dropIds: readonly string[]): Promise<DropRecord[]> {
  if (dropIds.length === 0) return [];
  const items = await db.query<ItemRow>({ ...sql.findDropItems, values: [dropIds] });
  return recordsOf(db, dropIds, items.rows);
}

/** The same for a list: with the first items of each, and what all of them come to. */
export async function readDropSummaries(db: Db, dropIds: readonly string[]): Promise<DropSummary[]> {
  if (dropIds.length === 0) return [];
  const items = await db.query<ItemRow>({ ...sql.findListedItems, values: [dropIds, LISTED_ITEMS_MAX] });
  const figures = await db.query<ItemFiguresRow>({ ...sql.findItemFigures, values: [dropIds] });
  const figuresOf = new Map(figures.rows.map((row) => [row.drop_id, row]));
  const drops = await recordsOf(db, dropIds, items.rows);
  return drops.map((drop) => ({ ...drop, ...toItemFigures(figuresOf.get(drop.id)) }));
}

async function recordsOf(db: Db, dropIds: readonly string[], items: ItemRow[]): Promise<DropRecord[]> {
  const drops = await db.query<DropRow>({ ...sql.findDrops, values: [dropIds] });
  const itemsOf = groupBy(items, (row) => row.drop_id);
  const byId = new Map(
    drops.rows.map((row) => [
      row.drop_id,
      toDropRecord(row, (itemsOf.get(row.drop_id) ?? []).map(toDropItem)),
    ]),
  );
  return dropIds.flatMap((id) => byId.get(id) ?? []);
}

/** The counts of these drops as the ledger has them now, by drop and SKU. */
export async function readStock(db: Db, dropIds: readonly string[]): Promise<StockRow[]> {
  if (dropIds.length === 0) return [];
  const stock = await db.query<StockDbRow>({ ...sql.findDropStock, values: [dropIds] });
  return stock.rows.map(toStockRow);
}

export async function readDropsWithStock(db: Db, dropIds: readonly string[]): Promise<DropWithStock[]> {
  const drops = await readDrops(db, dropIds);
  const stockOf = groupBy(await readStock(db, dropIds), (row) => row.dropId);
  return drops.map((drop) => ({ drop, stock: stockOf.get(drop.id) ?? [] }));
}
