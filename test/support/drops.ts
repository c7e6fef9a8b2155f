import { newDropId } from '@holdfast/kernel';
import { Client } from 'pg';

export interface TestDrop {
  skus: Record<string, number>;
  perCustomerLimit?: number;
  holdTtlSeconds?: number;
  state?: 'draft' | 'scheduled' | 'open' | 'paused' | 'closed';
  /** Price of each SKU in minor units. */
  priceMinor?: number;
}

/** Puts a drop into the ledger by SQL, so that tests of the lanes need nothing of the catalogue. Returns its id. */
export async function insertDrop(url: string, drop: TestDrop): Promise<string> {
  const dropId = newDropId();
  const { skus, perCustomerLimit = 4, holdTtlSeconds = 300, state = 'open', priceMinor = 12_900 } = drop;
  await onDatabase(url, async (client) => {
    await client.query('BEGIN');
    await client.query(
      `INSERT INTO inventory.merchant (merchant_id, name) VALUES ('mer_test', 'Test') ON CONFLICT DO NOTHING`,
    );
    await client.query(
      `INSERT INTO inventory.drop (drop_id, merchant_id, name, state, per_customer_limit, hold_ttl_seconds, opens_at)
       VALUES ($1, 'mer_test', 'Test drop', $2, $3, $4, now())`,
      [dropId, state, perCustomerLimit, holdTtlSeconds],
    );
    const names = Object.keys(skus);
    await client.query(
      `INSERT INTO inventory.item (drop_id, sku, position, name, price_minor, currency)
       SELECT $1, sku, n, sku, $3, 'EUR' FROM unnest($2::text[]) WITH ORDINALITY AS s(sku, n)`,
      [dropId, names, priceMinor],
    );
    const units = names.map((name) => skus[name]);
    await client.query(
      `INSERT INTO inventory.stock (drop_id, sku, total, available, held, sold)
       SELECT $1, sku, units, units, 0, 0 FROM unnest($2::text[], $3::bigint[]) AS s(sku, units)`,
      [dropId, names, units],
    );
    await client.query(
      `INSERT INTO inventory.movement (drop_id, movement_id, sku, delta, reason, actor)
       SELECT $1, 'initial', sku, units, 'initial stock', 'test' FROM unnest($2::text[], $3::bigint[]) AS s(sku, units)`,
      [dropId, names, units],
    );
    await client.query('COMMIT');
  });
  return dropId;
}

/** Runs something on a connection of its own, with all rights. */
export async function onDatabase<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
