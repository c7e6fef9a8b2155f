import { randomId } from '@holdfast/kernel';
import { openPool, ROLES } from '@holdfast/postgres';
import type { PoolClient } from 'pg';

/**
 * What one would write first: one durable transaction for each hold, on the same tables, without the limit per customer (which would only
 * slow it down). Two ways are tried and the faster one is compared with.
 */
export interface NaiveVariant {
  name: string;
  place(client: PoolClient, dropId: string, holdId: string, customerId: string): Promise<boolean>;
}

const TAKE = `UPDATE inventory.stock SET available = available - 1, held = held + 1, version = version + 1
  WHERE drop_id = $1 AND sku = 'A' AND available > 0`;
const COLUMNS = `drop_id, hold_id, customer_id, state, fingerprint, skus, quantities, prices_minor, currency, units,
  created_at, first_expires_at, expires_at`;
const ROW = `$1, $2, $3, 'held', 'x', ARRAY['A'], ARRAY[1], ARRAY[12900::bigint], 'EUR', 1,
  now(), now() + interval '5 min', now() + interval '5 min'`;

export const NAIVE_VARIANTS: NaiveVariant[] = [
  {
    name: 'BEGIN; UPDATE; INSERT; COMMIT',
    async place(client, dropId, holdId, customerId) {
      await client.query('BEGIN');
      const taken = await client.query({ name: 'take', text: TAKE, values: [dropId] });
      if (taken.rowCount === 1)
        await client.query({
          name: 'hold',
          text: `INSERT INTO inventory.hold (${COLUMNS}) VALUES (${ROW})`,
          values: [dropId, holdId, customerId],
        });
      await client.query('COMMIT');
      return taken.rowCount === 1;
    },
  },
  {
    name: 'one statement',
    async place(client, dropId, holdId, customerId) {
      const held = await client.query({
        name: 'one',
        text: `WITH taken AS (${TAKE} RETURNING 1) INSERT INTO inventory.hold (${COLUMNS}) SELECT ${ROW} FROM taken`,
        values: [dropId, holdId, customerId],
      });
      return held.rowCount === 1;
    },
  },
];

/** `clients` connections, each placing one hold after the other for `forMs`. Returns how many were held. */
export async function runNaive(
  url: string,
  dropId: string,
  variant: NaiveVariant,
  { clients, forMs }: { clients: number; forMs: number },
): Promise<{ held: number; perSecond: number }> {
  const pool = openPool({
    url,
    role: ROLES.inventory,
    max: clients,
    name: 'naive',
    statementTimeoutMs: 30_000,
  });
  const connections = await Promise.all(Array.from({ length: clients }, () => pool.connect()));
  let held = 0;
  const began = performance.now();
  const end = began + forMs;
  const work = async (client: PoolClient) => {
    while (performance.now() < end)
      if (await variant.place(client, dropId, `${dropId}-h${randomId()}`, `cus_${randomId()}`)) held += 1;
  };
  await Promise.all(connections.map(work));
  const seconds = (performance.now() - began) / 1000;
  for (const client of connections) client.release();
  await pool.end();
  return { held, perSecond: held / seconds };
}
