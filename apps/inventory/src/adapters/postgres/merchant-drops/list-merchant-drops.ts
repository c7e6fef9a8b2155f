import {
  decodeCursor,
  encodeCursor,
  type ListMerchantDrops,
  type MerchantDropSummary,
  type Page,
} from '@holdfast/contracts';
import { groupBy, LIMITS } from '@holdfast/kernel';
import { type StockDbRow, toStockRow } from '../drops/drop-rows';
import type { ListedItems } from '../drops/listed-items';
import { type Db, readDropSummaries } from '../drops/read-drops';
import { sql } from '../drops/sql/sql.generated';
import { NO_GHOST, type StockDisplayRow } from './read-merchant-drop';

type Totals = MerchantDropSummary['totals'];
type TotalsRow = { drop_id: string } & Record<keyof Totals, string>;

/** One page of a merchant's drops, newest first. Throws `InvalidCursor`. */
export async function listMerchantDrops(
  db: Db,
  listedItems: ListedItems,
  { merchantId, state, q, cursor, limit }: ListMerchantDrops,
): Promise<Page<MerchantDropSummary>> {
  const after = cursor === undefined ? null : decodeCursor(cursor);
  const max = Math.min(limit, LIMITS.pageSizeMax);
  // One more than requested, to know whether there is a next page.
  const values = [merchantId, state ?? null, q ?? null, after?.createdAt ?? null, after?.id ?? null, max + 1];
  const found = await db.query<{ drop_id: string; created_at: string }>({
    ...sql.listMerchantDrops,
    values,
  });
  const rows = found.rows.slice(0, max);
  const last = found.rows.length > max ? rows.at(-1) : undefined;
  const dropIds = rows.map((row) => row.drop_id);
  return {
    items: await summariesOf(db, listedItems, merchantId, dropIds),
    nextCursor: last ? encodeCursor({ createdAt: last.created_at, id: last.drop_id }) : null,
  };
}

async function summariesOf(
  db: Db,
  listedItems: ListedItems,
  merchantId: string,
  dropIds: readonly string[],
): Promise<MerchantDropSummary[]> {
  if (dropIds.length === 0) return [];
  const own = await db.query<StockDisplayRow>({ ...sql.findStockDisplay, values: [dropIds, merchantId] });
  const ownOf = new Map(own.rows.map((row) => [row.drop_id, row]));
  const drops = await readDropSummaries(db, listedItems, dropIds);
  const listed = drops.flatMap(({ id, items }) => items.map(({ sku }) => ({ id, sku })));
  const stock = await db.query<StockDbRow>({
    ...sql.findStockOfSkus,
    values: [listed.map(({ id }) => id), listed.map(({ sku }) => sku)],
  });
  const stockOf = groupBy(stock.rows.map(toStockRow), (row) => row.dropId);
  const sums = await db.query<TotalsRow>({ ...sql.sumStock, values: [dropIds] });
  const totalsOf = new Map(sums.rows.map((row) => [row.drop_id, toTotals(row)]));
  return drops.flatMap((drop) => {
    const row = ownOf.get(drop.id);
    if (!row) return []; // deleted in between
    return {
      drop: { ...drop, stockDisplay: row.stock_display, ...NO_GHOST },
      stock: stockOf.get(drop.id) ?? [],
      totals: totalsOf.get(drop.id) ?? { available: 0, held: 0, sold: 0, total: 0 },
      readAt: row.now.toISOString(),
    };
  });
}

function toTotals({ available, held, sold, total }: TotalsRow): Totals {
  return { available: Number(available), held: Number(held), sold: Number(sold), total: Number(total) };
}
