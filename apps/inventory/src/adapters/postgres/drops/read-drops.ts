import type { DropRecord, DropSummary, DropWithStock, StockRow } from '@holdfast/contracts';
import { groupBy } from '@holdfast/kernel';
import type { Pool, PoolClient } from 'pg';
import {
  type DropRow,
  type ItemRow,
  type StockDbRow,
  toDropItem,
  toDropRecord,
  toShownTotals,
  toStockRow,
} from './drop-rows';
import type { ListedItems } from './listed-items';
import { sql } from './sql/sql.generated';

export type Db = Pick<Pool | PoolClient, 'query'>;

/** The records of these drops in the order of the ids, without unknown ones. */
export async function readDrops(db: Db, dropIds: readonly string[]): Promise<DropRecord[]> {
  if (dropIds.length === 0) return [];
  const drops = await db.query<DropRow>({ ...sql.findDrops, values: [dropIds] });
  const items = await db.query<ItemRow>({ ...sql.findDropItems, values: [dropIds] });
  const itemsOf = groupBy(items.rows, (row) => row.drop_id);
  const byId = new Map(
    drops.rows.map((row) => [
      row.drop_id,
      toDropRecord(row, (itemsOf.get(row.drop_id) ?? []).map(toDropItem)),
    ]),
  );
  return dropIds.flatMap((id) => byId.get(id) ?? []);
}

/** The same for a list: with the first items of each, and count and prices of all items. */
export async function readDropSummaries(
  db: Db,
  listedItems: ListedItems,
  dropIds: readonly string[],
): Promise<DropSummary[]> {
  if (dropIds.length === 0) return [];
  const drops = await db.query<DropRow>({ ...sql.findDrops, values: [dropIds] });
  const listedOf = await listedItems.of(db, drops.rows);
  const byId = new Map(
    drops.rows.map((row) => {
      const listed = listedOf.get(row.drop_id)!;
      return [
        row.drop_id,
        { ...toDropRecord(row, listed.items), ...listed, shownTotals: toShownTotals(row) },
      ];
    }),
  );
  return dropIds.flatMap((id) => byId.get(id) ?? []);
}

/** The current counts of these drops in the ledger, by drop and SKU. */
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
