import { Client } from 'pg';

const TABLES = `
CREATE TABLE stock (drop_id text, sku text, total bigint NOT NULL, available bigint NOT NULL CHECK (available >= 0), held bigint NOT NULL CHECK (held >= 0),
  PRIMARY KEY (drop_id, sku));
CREATE TABLE hold (hold_id uuid PRIMARY KEY DEFAULT gen_random_uuid(), drop_id text NOT NULL, customer_id text NOT NULL, sku text NOT NULL,
  quantity integer NOT NULL, expires_at timestamptz NOT NULL, created_at timestamptz NOT NULL DEFAULT now());`;

/** Makes the naive server's own database on the product's PostgreSQL: same settings, same disk, same durability. */
export async function makeNaiveDatabase(productUrl: string): Promise<string> {
  await query(productUrl, 'CREATE DATABASE naive');
  const url = new URL(productUrl);
  url.pathname = '/naive';
  await query(url.toString(), TABLES);
  return url.toString();
}

export async function addNaiveDrop(url: string, dropId: string, units: number): Promise<void> {
  await query(
    url,
    `INSERT INTO stock (drop_id, sku, total, available, held) VALUES ('${dropId}', 'A', ${units}, ${units}, 0)`,
  );
}

export interface Counts {
  /** Units in holds. */
  inHolds: number;
  held: number;
  available: number;
  total: number;
}

export async function naiveCounts(url: string, dropId: string): Promise<Counts> {
  return await counts(
    url,
    `SELECT (SELECT coalesce(sum(quantity), 0) FROM hold WHERE drop_id = $1) AS "inHolds", held, available, total FROM stock WHERE drop_id = $1`,
    dropId,
  );
}

export async function productCounts(url: string, dropId: string): Promise<Counts> {
  return await counts(
    url,
    `SELECT (SELECT coalesce(sum(units), 0) FROM inventory.hold WHERE drop_id = $1 AND state = 'held') AS "inHolds", held, available, total
     FROM inventory.stock WHERE drop_id = $1`,
    dropId,
  );
}

async function counts(url: string, text: string, dropId: string): Promise<Counts> {
  const [row] = await query(url, text, [dropId]);
  const number = (name: string) => Number(row?.[name]);
  return {
    inHolds: number('inHolds'),
    held: number('held'),
    available: number('available'),
    total: number('total'),
  };
}

async function query(url: string, text: string, values?: unknown[]): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const result = await client.query<Record<string, unknown>>(text, values);
    return result.rows;
  } finally {
    await client.end();
  }
}
