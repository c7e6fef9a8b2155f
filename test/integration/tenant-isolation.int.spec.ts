import { asMerchant, openPool, ROLES } from '@holdfast/postgres';
import type { Pool, PoolClient } from 'pg';
import { createLedger, type TestLedger } from '../support/database';
import { onDatabase } from '../support/drops';

const MERCHANTS = ['mer_a', 'mer_b'] as const;
const [MINE, THEIRS] = MERCHANTS;
const dropOf = (merchantId: string) => `d${merchantId.slice(-1)}000000`;

/** A row of this merchant for each table, by name; `$drop` and `$merchant` stand for their ids. */
const ROWS: Record<'inventory' | 'checkout', Record<string, string>> = {
  inventory: {
    merchant: `(merchant_id, name) VALUES ($merchant, 'Shop')`,
    product: `(merchant_id, product_id, handle, name) VALUES ($merchant, 'prd_1', 'p', 'P')`,
    product_sku: `(merchant_id, sku, product_id, name, price_minor, currency) VALUES ($merchant, 'A', 'prd_1', 'A', 1, 'EUR')`,
    product_import: `(merchant_id, import_id, part, products, skus) VALUES ($merchant, 'i', 0, '[]', '[]')`,
    drop: `(drop_id, merchant_id, name, state, per_customer_limit, hold_ttl_seconds, opens_at) VALUES ($drop, $merchant, 'D', 'open', 4, 300, now())`,
    item: `(drop_id, sku, position, name, price_minor, currency) VALUES ($drop, 'A', 0, 'A', 1, 'EUR')`,
    stock: `(drop_id, sku, total, available, held, sold) VALUES ($drop, 'A', 3, 1, 1, 1)`,
    shown_units: `(drop_id, available, total) VALUES ($drop, 1, 1)`,
    movement: `(drop_id, movement_id, sku, delta, reason, actor) VALUES ($drop, 'initial', 'A', 3, 'r', 'a')`,
    customer_units: `(drop_id, customer_id, units, unit_limit) VALUES ($drop, 'cus_1', 1, 4)`,
    hold: `(drop_id, hold_id, customer_id, state, fingerprint, skus, quantities, prices_minor, currency, units, created_at, first_expires_at, expires_at)
           VALUES ($drop, $drop || '-h1', 'cus_1', 'held', 'f', '{A}', '{1}', '{1}', 'EUR', 1, now(), now(), now())`,
    network_units: `(network, unpaid, unit_limit, drop_id) VALUES (1, 1, 50, $drop)`,
    returned: `(drop_id, return_id, sku, hold_id, customer_id, units, returned_at) VALUES ($drop, 'r', 'A', $drop || '-h1', 'cus_1', 1, now())`,
    outbox: `(drop_id, aggregatetype, aggregateid, type, payload) VALUES ($drop, 'hold', 'h', 't', '{}')`,
    fact_inbox: `(drop_id, fact_id) VALUES ($drop, gen_random_uuid())`,
    fact_count: `(drop_id, type, facts) VALUES ($drop, 't', 1)`,
    merchant_request: `(merchant_id, request_key, fingerprint) VALUES ($merchant, sha256('k'), 'f')`,
    audit_outbox: `(merchant_id, actor, action, target, change) VALUES ($merchant, '{}', 'drop.opened', '{}', '{}')`,
    tick: `(drop_id, second, source, arrivals, refusals, latencies, readers) VALUES ($drop, now(), 'g', 1, '{}', '{}', 1)`,
    tick_minute: `(drop_id, minute, arrivals, refusals, latencies, readers) VALUES ($drop, date_trunc('minute', now()), 1, '{}', '{}', 1)`,
    refusal_count: `(drop_id, code, refusals) VALUES ($drop, 'sold-out', 1)`,
    purged_hold_count: `(drop_id, minute) VALUES ($drop, now())`,
    sold_out: `(drop_id) VALUES ($drop)`,
    rehearsal: `(merchant_id, rehearsal_id, drop_id, settings, state, ends_by, ended_at)
                VALUES ($merchant, 'reh_' || $drop, $drop, '{}', 'done', now(), now())`,
  },
  checkout: {
    orders: `(drop_id, order_id, customer_id, hold_id, fingerprint, step, provider, token, email, lines, total_minor, currency, next_check_at, merchant_id)
             VALUES ($drop, $drop || '-o1', 'cus_1', 'h', 'f', 'refunding', 'none', 't', 'a@b.example', '[]', 0, 'EUR', now(), $merchant)`,
    refund: `(drop_id, order_id, amount_minor, currency, reason) VALUES ($drop, $drop || '-o1', 0, 'EUR', 'r')`,
    order_event: `(drop_id, at, order_id, what) VALUES ($drop, '2026-01-01', $drop || '-o1', 1)`,
    webhook_inbox: `(drop_id, provider, event_id, order_id, type) VALUES ($drop, 'p', 'e', $drop || '-o1', 't')`,
  },
};
const SCHEMAS = Object.keys(ROWS) as (keyof typeof ROWS)[];
/** Of no merchant: only the service has a right on them. */
const OF_NOBODY = { inventory: [], checkout: ['order_key', 'outbox'] };
const SERVICE = { inventory: ROLES.inventory, checkout: ROLES.checkout };
const MERCHANT_ROLE = { inventory: ROLES.inventoryMerchant, checkout: ROLES.checkoutMerchant };
const tables = SCHEMAS.flatMap((schema) =>
  Object.keys(ROWS[schema]).map((table) => [schema, table] as const),
);

let ledger: TestLedger;
const pools = {} as Record<'inventory' | 'checkout', { merchants: Pool; service: Pool }>;

beforeAll(async () => {
  ledger = await createLedger('tenant_isolation');
  for (const schema of SCHEMAS)
    pools[schema] = {
      merchants: openPool({ url: ledger.url, role: MERCHANT_ROLE[schema], max: 2, name: 'test' }),
      service: openPool({ url: ledger.url, role: SERVICE[schema], max: 2, name: 'test' }),
    };
  await onDatabase(ledger.url, async (client) => {
    await client.query(`ALTER TABLE checkout.orders DROP CONSTRAINT refund_follows_capture`);
    for (const merchant of MERCHANTS)
      for (const [schema, table] of tables)
        await client.query(
          `INSERT INTO ${schema}.${table} ` +
            ROWS[schema][table]!.replaceAll('$merchant', `'${merchant}'`).replaceAll(
              '$drop',
              `'${dropOf(merchant)}'`,
            ),
        );
  });
});
afterAll(async () => {
  for (const { merchants, service } of Object.values(pools))
    await Promise.all([merchants.end(), service.end()]);
  await ledger.drop();
});

/** Whose the rows are that a statement of this role sees, in the order of their merchants. */
const OWNER = (schema: string, table: string) =>
  `SELECT DISTINCT right(coalesce(to_jsonb(t) ->> 'merchant_id', left(to_jsonb(t) ->> 'drop_id', 2)), 1) AS whose FROM ${schema}.${table} t ORDER BY 1`;
const whose = (rows: unknown[]) => (rows as { whose: string }[]).map((row) => row.whose).join('');
const rollback = new Error('nothing of it stays');

function inMerchant<T>(
  schema: 'inventory' | 'checkout',
  merchantId: string,
  work: (client: PoolClient) => Promise<T>,
): Promise<T | undefined> {
  let result: T | undefined;
  return asMerchant(pools[schema].merchants, { schema, merchantId }, async (client) => {
    result = await work(client);
    throw rollback;
  }).catch((error: unknown) => {
    if (error !== rollback) throw error;
    return result;
  });
}

describe('row-level security, with no predicate of the application', () => {
  it.each(SCHEMAS)(
    'is on for every table of a merchant or a drop in %s, with a row of each here',
    async (schema) => {
      const found = await onDatabase(ledger.url, (client) =>
        client.query<{ name: string; secured: boolean }>(
          `SELECT c.relname AS name, bool_and(c.relrowsecurity) AS secured FROM pg_class c
         JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname IN ('merchant_id', 'drop_id')
         WHERE c.relnamespace = $1::regnamespace AND c.relkind IN ('r', 'p') GROUP BY c.relname`,
          [schema],
        ),
      );
      expect(found.rows.map(({ name }) => name).sort()).toEqual(
        [...Object.keys(ROWS[schema]), ...OF_NOBODY[schema]].sort(),
      );
      expect(found.rows.filter(({ secured }) => !secured)).toEqual([]);
      for (const table of OF_NOBODY[schema])
        await expect(pools[schema].merchants.query(`SELECT 1 FROM ${schema}.${table}`)).rejects.toThrow(
          'permission denied',
        );
    },
  );

  it.each(tables)('shows the rows of the merchant, and none without one: %s.%s', async (schema, table) => {
    const { merchants, service } = pools[schema];
    const statement = OWNER(schema, table);
    expect(whose((await service.query(statement)).rows)).toBe('ab');
    for (const [merchantId, expected] of [
      [MINE, 'a'],
      [THEIRS, 'b'],
      ['', ''],
      ['mer_none', ''],
    ] as const)
      expect(whose((await inMerchant(schema, merchantId, (client) => client.query(statement)))!.rows)).toBe(
        expected,
      );
    expect((await merchants.query(statement)).rows).toEqual([]);
  });

  it.each(tables)('locks, changes and deletes nothing of others: %s.%s', async (schema, table) => {
    const column =
      table === 'merchant'
        ? 'merchant_id'
        : 'merchant_id' in columns(schema, table)
          ? 'merchant_id'
          : 'drop_id';
    const theirs = column === 'merchant_id' ? THEIRS : dropOf(THEIRS);
    const rights = await pools[schema].merchants.query<{ right: string; has: boolean }>(
      `SELECT r AS right, has_table_privilege($1::regclass, r) AS has FROM unnest('{UPDATE,DELETE}'::text[]) r`,
      [`${schema}.${table}`],
    );
    for (const { right, has } of rights.rows) {
      if (!has) continue;
      const statement =
        right === 'DELETE'
          ? `DELETE FROM ${schema}.${table} WHERE ${column} = $1`
          : `UPDATE ${schema}.${table} SET ${column} = ${column} WHERE ${column} = $1`;
      const done = await inMerchant(schema, MINE, (client) => client.query(statement, [theirs]));
      expect([right, done!.rowCount]).toEqual([right, 0]);
      if (right !== 'UPDATE') continue;
      const locked = await inMerchant(schema, MINE, (client) =>
        client.query(`SELECT 1 FROM ${schema}.${table} WHERE ${column} = $1 FOR UPDATE`, [theirs]),
      );
      expect(locked!.rowCount).toBe(0);
    }
  });

  it.each(tables)('inserts nothing for others: %s.%s', async (schema, table) => {
    const { rows } = await pools[schema].merchants.query<{ has: boolean }>(
      `SELECT has_table_privilege($1::regclass, 'INSERT') AS has`,
      [`${schema}.${table}`],
    );
    const text = ROWS[schema][table]!.replaceAll('$merchant', `'${THEIRS}'`).replaceAll(
      '$drop',
      `'${dropOf(THEIRS)}'`,
    );
    const inserted = inMerchant(schema, MINE, (client) =>
      client.query(`INSERT INTO ${schema}.${table} ${text}`),
    );
    await expect(inserted).rejects.toThrow(rows[0]!.has ? 'row-level security' : 'permission denied');
  });

  it('moves nothing to another merchant', async () => {
    for (const [schema, table] of [
      ['inventory', 'drop'],
      ['inventory', 'product'],
      ['checkout', 'orders'],
    ] as const) {
      const move = inMerchant(schema, MINE, (client) =>
        client.query(`UPDATE ${schema}.${table} SET merchant_id = $1`, [THEIRS]),
      );
      await expect(move).rejects.toThrow('row-level security');
    }
  });

  it('cannot be left or switched off by who has only the merchants’ connection', async () => {
    for (const schema of SCHEMAS) {
      const table = schema === 'inventory' ? 'drop' : 'orders';
      const off = inMerchant(schema, MINE, async (client) => {
        await client.query('SET LOCAL row_security = off');
        return client.query(`SELECT 1 FROM ${schema}.${table}`);
      });
      await expect(off).rejects.toThrow('row-level security');
      const disable = pools[schema].merchants.query(
        `ALTER TABLE ${schema}.${table} DISABLE ROW LEVEL SECURITY`,
      );
      await expect(disable).rejects.toThrow('must be owner');
    }
  });

  it('ends with the transaction, so a connection of the pool has no merchant afterwards', async () => {
    for (const [schema, table] of [
      ['inventory', 'drop'],
      ['checkout', 'orders'],
    ] as const) {
      const pool = openPool({ url: ledger.url, role: MERCHANT_ROLE[schema], max: 1, name: 'test' });
      const seen = await asMerchant(pool, { schema, merchantId: MINE }, (client) =>
        client.query(`SELECT 1 FROM ${schema}.${table}`),
      );
      expect(seen.rowCount).toBe(1);
      expect((await pool.query(`SELECT 1 FROM ${schema}.${table}`)).rowCount).toBe(0);
      await pool.end();
    }
  });

  it('hides ghosts also from the merchant whose drop they are a copy of, with all that belongs to them', async () => {
    const ghost = 'g00000000000';
    const hold = ROWS.inventory['hold']!.replaceAll('$drop', `'${ghost}'`);
    await onDatabase(ledger.url, async (client) => {
      await client.query(
        `INSERT INTO inventory.drop (drop_id, ghost_of, merchant_id, name, state, per_customer_limit, hold_ttl_seconds)
         SELECT $1, drop_id, merchant_id, name, 'open', 4, 300 FROM inventory.drop WHERE drop_id = $2`,
        [ghost, dropOf(MINE)],
      );
      await client.query(`INSERT INTO inventory.hold ${hold}`);
    });
    for (const table of ['drop', 'hold']) {
      const find = `SELECT FROM inventory.${table} WHERE drop_id = '${ghost}'`;
      const change = `UPDATE inventory.${table} SET drop_id = drop_id WHERE drop_id = '${ghost}'`;
      expect((await pools.inventory.service.query(find)).rowCount).toBe(1);
      for (const statement of [find, change])
        expect((await inMerchant('inventory', MINE, (client) => client.query(statement)))!.rowCount).toBe(0);
    }
  });

  it('has two functions of the owner’s rights beside it: one finds the ids of the merchant alone, one says yes or no', async () => {
    const { rows } = await onDatabase(ledger.url, (client) =>
      client.query(
        `SELECT p.oid::regprocedure::text AS name FROM pg_proc p
         WHERE p.pronamespace IN ('inventory'::regnamespace, 'checkout'::regnamespace) AND p.prosecdef
           AND (has_function_privilege('holdfast_inventory_merchant', p.oid, 'EXECUTE')
             OR has_function_privilege('holdfast_checkout_merchant', p.oid, 'EXECUTE')) ORDER BY 1`,
      ),
    );
    expect(rows).toMatchObject([
      { name: expect.stringContaining('checkout.find_orders(') as string },
      { name: 'inventory.real_drop_open()' },
    ]);
    const find = `SELECT order_id FROM checkout.find_orders(NULL, NULL, 'infinity', '', 9, 'a', 'b', 'd', 'e')`;
    for (const [merchantId, found] of [
      [MINE, [{ order_id: `${dropOf(MINE)}-o1` }]],
      ['', []],
      ['mer_none', []],
    ] as const)
      expect((await inMerchant('checkout', merchantId, (client) => client.query(find)))!.rows).toEqual(found);
    expect((await pools.checkout.merchants.query(find)).rows).toEqual([]);
  });

  it.each(SCHEMAS)('costs the service nothing in %s: its plans have no trace of it', async (schema) => {
    const statement =
      schema === 'inventory'
        ? `SELECT * FROM inventory.hold WHERE drop_id = 'd' AND hold_id = 'h' FOR UPDATE`
        : `SELECT * FROM checkout.refund WHERE drop_id = 'd' AND order_id = 'o' FOR UPDATE`;
    const plan = async (pool: Pool) =>
      (await pool.query<{ 'QUERY PLAN': string }>(`EXPLAIN (COSTS off) ${statement}`)).rows
        .map((row) => row['QUERY PLAN'])
        .join('\n');
    expect(await plan(pools[schema].service)).not.toMatch(/SubPlan|Filter|One-Time/);
    expect(await plan(pools[schema].merchants)).toMatch(/SubPlan|Filter|One-Time/);
  });
});

/** The columns of a row in `ROWS`, as keys. */
function columns(schema: 'inventory' | 'checkout', table: string): Record<string, true> {
  const list = /^\(([^)]*)\)/.exec(ROWS[schema][table]!)![1]!;
  return Object.fromEntries(list.split(',').map((name) => [name.trim(), true as const]));
}
