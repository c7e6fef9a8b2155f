import { InvalidDrop, type NewDrop, type NewDropItem, type StockDisplay } from '@holdfast/contracts';
import type { PoolClient } from 'pg';
import { parseTimestamp } from '../../../domain/new-drop';
import { sql } from './sql/sql.generated';

// 0.2 s each; all 20,000 at once could reach the statement timeout on a busy machine.
export const ITEMS_A_STATEMENT = 5_000;

/**
 * Inserts a checked drop with its items, stock and first movements. Throws `InvalidDrop` if its closing time
 * has passed by the database's clock.
 */
export async function insertDrop(
  client: PoolClient,
  { dropId, merchantId, actor }: { dropId: string; merchantId: string; actor: string },
  drop: NewDrop,
  { stockDisplay = 'exact', draft = false }: { stockDisplay?: StockDisplay; draft?: boolean } = {},
): Promise<void> {
  const inserted = await client.query({
    ...sql.insertDrop,
    values: [
      dropId,
      merchantId,
      drop.name,
      drop.description,
      drop.imageUrl,
      drop.opensAt === 'now' ? 'now' : asTimestamp(drop.opensAt),
      asTimestamp(drop.closesAt),
      drop.perCustomerLimit,
      drop.holdTtlSeconds,
      stockDisplay,
      draft,
    ],
  });
  if (inserted.rowCount === 0)
    throw new InvalidDrop('the closing time has passed: the drop would never open');
  await client.query({ ...sql.lockDropSkus, values: [merchantId, drop.items.map((item) => item.sku)] });
  const made = { dropId, actor, stockDisplay };
  for (let from = 0; from < drop.items.length; from += ITEMS_A_STATEMENT)
    await insertItems(client, made, from, drop.items.slice(from, from + ITEMS_A_STATEMENT));
}

async function insertItems(
  client: PoolClient,
  { dropId, actor, stockDisplay }: { dropId: string; actor: string; stockDisplay: StockDisplay },
  from: number,
  items: NewDropItem[],
): Promise<void> {
  const skus = items.map((item) => item.sku);
  await client.query({
    ...sql.insertDropItems,
    values: [
      dropId,
      from,
      skus,
      items.map((item) => item.name),
      items.map((item) => item.imageUrl),
      items.map((item) => item.priceMinor),
      items[0]!.currency,
    ],
  });
  await client.query({
    ...sql.insertDropStock,
    values: [dropId, skus, items.map((item) => item.units), actor, stockDisplay],
  });
}

function asTimestamp(text: string | null): string | null {
  return text === null ? null : new Date(parseTimestamp(text)!).toISOString();
}
