import { InvalidCursor, type OrderState } from '@holdfast/contracts';
import { asMerchant, openPool, ROLES } from '@holdfast/postgres';
import type { Pool } from 'pg';
import { PgMerchantOrders } from '../../apps/checkout/src/adapters/postgres/pg-merchant-orders';
import { PgOrdersWithoutMerchant } from '../../apps/checkout/src/adapters/postgres/pg-orders-without-merchant';
import { sql } from '../../apps/checkout/src/adapters/postgres/sql/sql.generated';
import { MerchantsOfDrops } from '../../apps/checkout/src/application/merchants-of-drops';
import { createLedger, type TestLedger } from '../support/database';
import { onDatabase } from '../support/drops';

const ORDERS = 200_000;

let ledger: TestLedger;
let pool: Pool;
let service: Pool;
let records: PgMerchantOrders;

/** Orders of ten merchants with ten drops each, two of them at each moment; every hundredth is not paid yet. */
const FILL = `
INSERT INTO checkout.orders (merchant_id, drop_id, order_id, customer_id, hold_id, fingerprint, provider, token, email, lines, total_minor, currency,
  step, payment_state, created_at, next_check_at)
SELECT 'mer_' || n % 10, 'd' || lpad((n % 100)::text, 7, '0'), 'd' || lpad((n % 100)::text, 7, '0') || '-o' || lpad(n::text, 26, '0'),
  'cus_' || lpad((n / 3)::text, 26, '0'), 'h' || n, 'f', 'sandbox', 'tok_ok', 'Shopper' || n || '@Example.com', '[]', 100, 'EUR',
  CASE WHEN n % 100 = 7 THEN 'awaiting' ELSE 'paid' END, CASE WHEN n % 100 = 7 THEN 'pending' ELSE 'captured' END,
  timestamptz '2026-01-01' + n / 200 * interval '1 s', CASE WHEN n % 100 = 7 THEN timestamptz '2099-01-01' END
FROM generate_series(0, ${ORDERS - 1}) n`;

beforeAll(async () => {
  ledger = await createLedger('merchant_orders');
  pool = openPool({ url: ledger.url, role: ROLES.checkoutMerchant, max: 4, name: 'test-merchants' });
  service = openPool({ url: ledger.url, role: ROLES.checkout, max: 2, name: 'test-checkout' });
  records = new PgMerchantOrders(pool);
  await onDatabase(ledger.url, async (client) => {
    await client.query(FILL);
    await client.query('ANALYZE checkout.orders, checkout.order_event');
  });
});

afterAll(async () => {
  await pool.end();
  await service.end();
  await ledger.drop();
});

interface Asked {
  merchantId?: string;
  dropId?: string;
  state?: OrderState;
  startsWith?: string;
  cursor?: string;
  limit?: number;
}

const page = ({ merchantId = 'mer_3', dropId, state, startsWith, cursor, limit = 50 }: Asked = {}) =>
  records.page({
    merchantId,
    dropId: dropId ?? null,
    state: state ?? null,
    startsWith: startsWith ?? null,
    cursor,
    limit,
  });
const idsOf = async (asked: Asked) => (await page(asked)).items.map(({ orderId }) => orderId);
const orderId = (n: number) => `d${String(n % 100).padStart(7, '0')}-o${String(n).padStart(26, '0')}`;

describe("a merchant's orders", () => {
  it('are listed newest first, each once, of all drops or of one', async () => {
    const newest = await idsOf({ limit: 200 });
    expect(newest[0]).toBe(orderId(199_993));
    expect(new Set(newest).size).toBe(200);
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const part: Awaited<ReturnType<typeof page>> = await page({
        dropId: 'd0000013',
        limit: 999,
        ...(cursor ? { cursor } : {}),
      });
      seen.push(...part.items.map((order) => order.orderId));
      cursor = part.nextCursor ?? undefined;
    } while (cursor);
    const expected = Array.from({ length: 2_000 }, (_, k) => orderId(k * 100 + 13)).sort();
    expect(seen.length).toBe(2_000);
    expect([...seen].sort()).toEqual(expected);
    expect(await idsOf({ dropId: 'd0000014' })).toEqual([]);
    await expect(page({ cursor: 'bm8' })).rejects.toThrow(InvalidCursor);
  });

  it('are found by the beginning of order id, address and customer, in any case, and never by a pattern', async () => {
    expect(await idsOf({ startsWith: orderId(53) })).toEqual([orderId(53)]);
    expect(await idsOf({ startsWith: orderId(53).toUpperCase() })).toEqual([orderId(53)]);
    expect(await idsOf({ startsWith: 'd0000013-o000', limit: 200 })).toHaveLength(200);
    expect(await idsOf({ startsWith: 'd000001', limit: 200 })).toHaveLength(200);
    expect(await idsOf({ startsWith: 'shopper199993@example.com' })).toEqual([orderId(199_993)]);
    expect((await idsOf({ startsWith: 'SHOPPER19999' })).sort()).toEqual([orderId(199_993)]);
    const customer = `cus_${'17'.padStart(26, '0')}`;
    expect(await idsOf({ startsWith: customer })).toEqual([orderId(53)]);
    for (const startsWith of ['%', '_', 'shopper_', 's%', '.*', '\\', "'", 'd0000013-', 'x'.repeat(300)])
      expect([startsWith, (await idsOf({ startsWith })).length]).toEqual([
        startsWith,
        startsWith === 'd0000013-' ? 50 : 0,
      ]);
    expect(await idsOf({ startsWith: orderId(54) })).toEqual([]);
    expect(await idsOf({ startsWith: orderId(53), dropId: 'd0000013' })).toEqual([]);
    expect(await idsOf({ startsWith: orderId(53), state: 'failed' })).toEqual([]);
  });

  it('are the same by state, and one by one', async () => {
    const pending = await idsOf({ merchantId: 'mer_7', state: 'pending', limit: 200 });
    expect(pending[0]).toBe(orderId(199_907));
    expect(pending).toHaveLength(200);
    expect(await idsOf({ state: 'cancelled' })).toEqual([]);
    const get = (merchantId: string) => records.get(merchantId, 'd0000053', orderId(53));
    expect(await get('mer_3')).toMatchObject({ orderId: orderId(53) });
    expect(await get('mer_4')).toBeNull();
  });

  it.each([
    ['listMerchantOrders', 'all', [null, null]],
    ['listMerchantOrders', 'of a drop', ['d0000013', null]],
    ['listMerchantOrders', 'in a state', [null, 'paid']],
  ] as const)('%s (%s) looks into indexes only, of 200,000 orders', async (statement, _what, values) => {
    const all = ['mer_3', ...values, 'infinity', '', 51];
    const { rows } = await pool.query<{ 'QUERY PLAN': string }>(
      `EXPLAIN ${sql[statement].text.replace(/\$(\d+)/g, (_, n: string) => literal(all[Number(n) - 1]))}`,
    );
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
    expect(plan).not.toContain('Seq Scan');
  });

  it.each([201, 5_000])(
    'have events, %i of which are read by key in the role of the merchant',
    async (events) => {
      const values = [
        'd0000013',
        'mer_3',
        '2020-01-01T00:00:00Z',
        '',
        0,
        'infinity',
        events,
        events,
        null,
        null,
      ];
      const explain = `EXPLAIN (ANALYZE, BUFFERS) ${sql.orderTimeline.text.replace(/\$(\d+)/g, (_, n: string) => literal(values[Number(n) - 1]))}`;
      const plan = await asMerchant(pool, { schema: 'checkout', merchantId: 'mer_3' }, async (client) =>
        (await client.query<{ 'QUERY PLAN': string }>(explain)).rows
          .map((row) => row['QUERY PLAN'])
          .join('\n'),
      );
      expect(plan).toMatch(/Scan (using|on) order_event_pkey/);
      // The policy: the order of each event, if it is the merchant's.
      expect(plan).toMatch(/Index (Only )?Scan using orders_pkey on orders own/);
      expect(plan).not.toMatch(/hashed SubPlan|Seq Scan/);
    },
  );

  it.each([
    ['an address', 'shopper199993@example.com', 1],
    ['some addresses', 'shopper1999', 11],
    ['almost all addresses', 'shopper', 200],
    ['all customers', 'cus_', 200],
    ['all orders', 'd', 200],
    ['the orders of a drop', 'd0000013', 200],
  ])('are found by %s with a few reads of 200,000 orders', async (_what, startsWith, found) => {
    const counting = openPool({ url: ledger.url, role: ROLES.checkoutMerchant, max: 1, name: 'test' });
    const reads = async () => {
      await counting.query(`SELECT pg_stat_force_next_flush()`);
      const { rows } = await counting.query<{ reads: number }>(
        `SELECT (seq_tup_read + idx_tup_fetch)::int AS reads FROM pg_stat_user_tables WHERE relid = 'checkout.orders'::regclass`,
      );
      return rows[0]!.reads;
    };
    const before = await reads();
    const items = await new PgMerchantOrders(counting).page({
      merchantId: 'mer_3',
      dropId: null,
      state: null,
      startsWith,
      cursor: undefined,
      limit: 200,
    });
    expect(items.items.length).toBeGreaterThanOrEqual(found);
    // The merchant has 20,000. The page itself is read a second time, for what it shows.
    expect((await reads()) - before).toBeLessThan(5_000);
    await counting.end();
  });
});

const literal = (value: string | number | null | undefined) =>
  value === null || value === undefined ? 'NULL' : typeof value === 'number' ? `${value}` : `'${value}'`;

describe('the merchant of orders from before', () => {
  const without = (dropId: string) =>
    onDatabase(ledger.url, (client) =>
      client.query('UPDATE checkout.orders SET merchant_id = NULL WHERE drop_id = $1', [dropId]),
    );

  it('is asked of inventory, once for a drop, and written into all of them; unknown drops stop nobody', async () => {
    await without('d0000002');
    await without('d0000003');
    const asked: string[] = [];
    const inventory = {
      merchantOfDrop: (dropId: string) => {
        asked.push(dropId);
        return Promise.resolve(dropId === 'd0000003' ? 'mer_9' : null);
      },
    };
    const merchants = new MerchantsOfDrops(inventory, new PgOrdersWithoutMerchant(service));
    expect(await idsOf({ merchantId: 'mer_9', dropId: 'd0000003' })).toEqual([]);
    let filled = 0;
    for (let some = await merchants.fill(); some > 0; some = await merchants.fill()) filled += some;
    expect(filled).toBe(2_000);
    expect(asked.filter((dropId) => dropId === 'd0000003')).toEqual(['d0000003']);
    expect(await idsOf({ merchantId: 'mer_9', dropId: 'd0000003' })).toHaveLength(50);
    expect(await merchants.of('d0000003')).toBe('mer_9');
  });

  it('is left open by an order while inventory cannot tell it', async () => {
    const inventory = { merchantOfDrop: () => Promise.reject(new Error('no such method')) };
    expect(
      await new MerchantsOfDrops(inventory, new PgOrdersWithoutMerchant(service)).of('d0000004'),
    ).toBeNull();
  });
});
