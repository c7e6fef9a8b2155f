import { InvalidDrop, type NewDrop, type NewDropItem } from '@holdfast/contracts';
import type { PoolClient } from 'pg';
import { parseTimestamp } from '../../../domain/new-drop';
import { sql } from './sql/sql.generated';

const ITEMS_A_STATEMENT = 5_000; // a fifth of a second each; all 20,000 at once would come near the statement timeout on a busy machine

/** Who is written beside the movements that the command line makes. */
const ACTOR = 'operator';

/** Inserts a checked drop with its items, stock and first movements. Throws `InvalidDrop` when its time is over by the database's clock. */
export async function insertDrop(
  client: PoolClient,
  dropId: string,
  merchantId: string,
  drop: NewDrop,
): Promise<void> {
  const made = await client.query({
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
    ],
  });
  if (made.rowCount === 0)
    throw new InvalidDrop('the closing time is over: the drop would never sell anything');
  for (let from = 0; from < drop.items.length; from += ITEMS_A_STATEMENT)
    await insertItems(client, dropId, from, drop.items.slice(from, from + ITEMS_A_STATEMENT));
}

async function insertItems(
  client: PoolClient,
  dropId: string,
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
    values: [dropId, skus, items.map((item) => item.units), ACTOR],
  });
}

function asTimestamp(text: string | null): string | null {
  return text === null ? null : new Date(parseTimestamp(text)!).toISOString();
}
