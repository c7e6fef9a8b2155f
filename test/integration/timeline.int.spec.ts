import { InvalidCursor, joinTimeline, type TimelineEntry, type TimelineQuery } from '@holdfast/contracts';
import { Horizons, migrate, openPool, type Role, ROLES } from '@holdfast/postgres';
import { createDatabase, dropDatabase } from '@holdfast/testing';
import fc from 'fast-check';
import { Client, type Pool } from 'pg';
import { PgOrderTimeline } from '../../apps/checkout/src/adapters/postgres/pg-order-timeline';
import { checkoutMigrations } from '../../apps/checkout/src/adapters/postgres/migrations';
import { sql as orderSql } from '../../apps/checkout/src/adapters/postgres/sql/sql.generated';
import { decodeKey, encodeKey, Timeline } from '../../apps/gateway/src/application/timeline';
import { inventoryMigrations } from '../../apps/inventory/src/adapters/postgres/migrations';
import { LedgerTimeline } from '../../apps/inventory/src/adapters/postgres/timeline/ledger-timeline';
import { sql } from '../../apps/inventory/src/adapters/postgres/timeline/sql/sql.generated';
import { createLedger, type TestLedger } from '../support/database';
import { insertDrop, onDatabase } from '../support/drops';
import { type Inventory, newCustomerId, openInventory, placeHold } from '../support/inventory';

const MERCHANT = 'mer_test';
const HOLDS = 200_000;
let ledger: TestLedger;
let inventory: Inventory;
let pools: Record<'inventoryMerchants' | 'checkout' | 'checkoutMerchants', Pool>;
let drops: LedgerTimeline;
let orders: PgOrderTimeline;
let timeline: Timeline;

beforeAll(async () => {
  ledger = await createLedger('timeline');
  inventory = openInventory(ledger.url);
  const open = (role: Role) => openPool({ url: ledger.url, role, max: 8, name: 'test' });
  pools = {
    inventoryMerchants: open(ROLES.inventoryMerchant),
    checkout: open(ROLES.checkout),
    checkoutMerchants: open(ROLES.checkoutMerchant),
  };
  // Without a pause: these tests read at once what they wrote.
  drops = new LedgerTimeline(pools.inventoryMerchants, new Horizons(0));
  orders = new PgOrderTimeline(pools.checkoutMerchants, new Horizons(0));
  timeline = new Timeline(drops, orders);
});
afterAll(async () => {
  await inventory.close();
  await Promise.all(Object.values(pools).map((pool) => pool.end()));
  await ledger.drop();
});

const query = (dropId: string, more: Partial<TimelineQuery> = {}): TimelineQuery => ({
  merchantId: MERCHANT,
  dropId,
  after: null,
  limit: 200,
  ...more,
});

/** Page by page to the end, as a client reads it. */
async function walk(dropId: string, more: Partial<TimelineQuery> = {}): Promise<TimelineEntry[]> {
  const all: TimelineEntry[] = [];
  for (let after = more.after ?? null; ;) {
    const page = (await timeline.page(query(dropId, { ...more, after })))!;
    expect(page.entries.length).toBeLessThanOrEqual(more.limit ?? 200);
    all.push(...page.entries);
    if (!page.next) return all;
    after = decodeKey(encodeKey(page.next));
  }
}

const idsOf = (entries: readonly TimelineEntry[]) => entries.map(({ key }) => encodeKey(key));
const INSERT_ORDER = `
INSERT INTO checkout.orders (merchant_id, drop_id, order_id, customer_id, hold_id, fingerprint, provider, token, email, lines, total_minor,
  currency, step, next_check_at)
VALUES ('${MERCHANT}', $1, $2, $3, $4, 'f', 'sandbox', 'tok_ok', 'a@example.com', '[{"sku":"A","quantity":1}]', 100, 'EUR', 'extending', now())`;
const PAY = `UPDATE checkout.orders SET step = 'paid', payment_state = 'captured', next_check_at = NULL WHERE drop_id = $1 AND order_id = $2`;

async function buy(dropId: string, n: number, lines = [{ sku: 'A', quantity: 1 }]) {
  const customerId = newCustomerId();
  const outcome = await placeHold(inventory, dropId, { customerId, lines });
  if (outcome.kind !== 'held') throw new Error(outcome.kind);
  const hold = { holdId: outcome.hold.id, customerId };
  const orderId = `${dropId}-o${n}`;
  await pools.checkout.query(INSERT_ORDER, [dropId, orderId, customerId, hold.holdId]);
  if (n % 2 === 0) {
    await inventory.client.confirmHold({ ...hold, orderId });
    await pools.checkout.query(PAY, [dropId, orderId]);
  } else await inventory.client.releaseHold(hold);
  return { ...hold, orderId };
}

it('tells of every hold, order and adjustment in the order of time, with an entry for each SKU of a hold', async () => {
  const dropId = await insertDrop(ledger.url, { skus: { A: 10, B: 10 } });
  const both = [
    { sku: 'A', quantity: 1 },
    { sku: 'B', quantity: 2 },
  ];
  const { holdId, orderId, customerId } = await buy(dropId, 2, both);
  await buy(dropId, 3);
  const shown = (await walk(dropId)).map(({ kind, sku, quantity, outcome }) => [
    kind,
    sku,
    quantity,
    outcome,
  ]);
  expect(shown).toEqual([
    ['hold.placed', 'A', 1, 'held'],
    ['hold.placed', 'B', 2, 'held'],
    ['order.created', 'A', 1, 'pending'],
    ['hold.confirmed', 'A', 1, 'confirmed'],
    ['hold.confirmed', 'B', 2, 'confirmed'],
    ['order.paid', 'A', 1, 'paid'],
    ['hold.placed', 'A', 1, 'held'],
    ['order.created', 'A', 1, 'pending'],
    ['hold.released', 'A', 1, 'released'],
  ]);
  const own = await walk(dropId, { customerId });
  expect(own).toHaveLength(6);
  expect(own[2]).toMatchObject({ holdId, orderId, customerId, actor: { kind: 'shopper', id: customerId } });
  for (const kind of ['hold.placed', 'hold.released', 'order.paid'] as const) {
    const only = await walk(dropId, { kind, limit: 1 });
    expect(new Set(only.map((entry) => entry.kind))).toEqual(new Set([kind]));
    expect(only).toHaveLength(shown.filter(([of]) => of === kind).length);
  }
  // Cut inside a hold.
  expect(idsOf(await walk(dropId, { limit: 1 }))).toEqual(idsOf(await walk(dropId)));
});

it('is of its merchant alone', async () => {
  const dropId = await insertDrop(ledger.url, { skus: { A: 10 } });
  await buy(dropId, 2);
  expect(await timeline.page(query(dropId, { merchantId: 'mer_other' }))).toBeNull();
  const part = await orders.orderTimeline(query(dropId, { merchantId: 'mer_other' }));
  expect(part.entries).toEqual([]);
  // By its predicates alone: to the role of the service the policies behind them show every row.
  const unguarded = new PgOrderTimeline(pools.checkout, new Horizons(0));
  expect((await unguarded.orderTimeline(query(dropId))).entries).not.toEqual([]);
  const theirs = await unguarded.orderTimeline(query(dropId, { merchantId: 'mer_other' }));
  expect(theirs.entries).toEqual([]);
});

it('leaves nothing out and shows nothing twice to who reads on while it grows', async () => {
  const dropId = await insertDrop(ledger.url, { skus: { A: 1_000 } });
  let done = false;
  let n = 0;
  const shopper = async () => {
    while (n < 300) await buy(dropId, (n += 1));
  };
  const selling = Promise.all(Array.from({ length: 12 }, shopper)).finally(() => (done = true));
  const seen: TimelineEntry[] = [];
  const readOn = async () => {
    const after = seen.at(-1)?.key ?? null;
    seen.push(...(await walk(dropId, { after, limit: 7 })));
  };
  while (!done) await readOn();
  await selling;
  await readOn();
  const all = await walk(dropId);
  // Placed, created and ended, and for every second one paid. One shopper may have begun another purchase.
  expect(all.length).toBeGreaterThanOrEqual(300 * 3.5);
  expect(idsOf(seen)).toEqual(idsOf(all));
  expect(new Set(idsOf(seen)).size).toBe(seen.length);
});

async function during<T>(statements: [string, unknown[]][], work: () => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: ledger.url });
  await client.connect();
  try {
    await client.query('BEGIN');
    for (const [text, values] of statements) await client.query(text, values);
    const result = await work();
    await client.query('COMMIT');
    return result;
  } finally {
    await client.end();
  }
}

it('waits with what is newer than an open transaction: of orders', async () => {
  const dropId = await insertDrop(ledger.url, { skus: { A: 10 } });
  const order = (n: number): [string, unknown[]] => [
    INSERT_ORDER,
    [dropId, `${dropId}-o${n}`, `cus_${n}`, `h${n}`],
  ];
  const early = await during([order(1)], async () => {
    await pools.checkout.query(...order(2)); // later, and committed earlier
    return walk(dropId);
  });
  expect(early).toEqual([]);
  expect((await walk(dropId)).map(({ orderId }) => orderId)).toEqual([`${dropId}-o1`, `${dropId}-o2`]);
});

it('waits with what is newer than an open transaction: of the drop', async () => {
  const dropId = await insertDrop(ledger.url, { skus: { A: 10 } });
  const begun = Date.now();
  const part = await during(
    [['SELECT FROM inventory.drop WHERE drop_id = $1 FOR NO KEY UPDATE', [dropId]]],
    () => drops.dropTimeline(query(dropId)),
  );
  expect(Date.parse(part!.upTo.at)).toBeLessThan(begun);
});

it('takes every cursor that can be decoded', async () => {
  const dropId = await insertDrop(ledger.url, { skus: { A: 10 } });
  await buy(dropId, 2);
  const key = fc.record({
    at: fc
      .integer({ min: 0, max: Date.parse('9999-12-31T23:59:59Z') / 1_000 })
      .map((second) => `${new Date(second * 1_000).toISOString().slice(0, 19)}.000000Z`),
    rank: fc.integer({ min: 0, max: 9 }),
    id: fc.stringMatching(/^[0-9a-zA-Z_.-]{0,200}$/),
    n: fc.oneof(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 0, max: 999_999_999 })),
  });
  const property = fc.asyncProperty(key, async (forged) => {
    let after;
    try {
      after = decodeKey(encodeKey(forged));
    } catch (error) {
      expect(error).toBeInstanceOf(InvalidCursor);
      return;
    }
    expect(await timeline.page(query(dropId, { after }))).not.toBeNull();
  });
  await fc.assert(property, {
    numRuns: 100,
    examples: [[{ at: '2026-01-01T00:00:00.000000Z', rank: 3, id: '', n: 999_999_999 }]],
  });
});

it('has each change once, also where the database has another order of letters than bytes', async () => {
  const template = await createDatabase('timeline_icu');
  await dropDatabase(template);
  const name = new URL(template).pathname.slice(1);
  await onDatabase(ledger.url, (client) =>
    client.query(
      `CREATE DATABASE ${name} TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'en-US' ENCODING 'UTF8' LOCALE 'C'`,
    ),
  );
  await migrate(template, [inventoryMigrations, checkoutMigrations]);
  const dropId = await insertDrop(template, { skus: { A: 10 } });
  const at = '2026-01-01T00:00:00.000000Z';
  await onDatabase(template, async (client) => {
    const { rows } = await client.query(`SELECT '~' < '0' AS first`);
    expect(rows).toEqual([{ first: true }]); // the order that is tested
    await client.query(
      `INSERT INTO inventory.audit_outbox (merchant_id, actor, action, target, change, at)
       VALUES ($1, '{"kind":"operator","id":"cli","label":"cli"}', 'drop.opened', jsonb_build_object('id', $2::text), '{}', $3)`,
      [MERCHANT, dropId, at],
    );
  });
  const pool = openPool({ url: template, role: ROLES.inventoryMerchant, max: 1, name: 'test' });
  const there = new LedgerTimeline(pool, new Horizons(0));
  const found = async (after: TimelineQuery['after']) =>
    (await there.dropTimeline(query(dropId, { after })))!.entries.map(({ kind }) => kind);
  expect(await found({ at, rank: 0, id: '', n: 0 })).toEqual(['drop.opened']);
  expect(await found({ at, rank: 1, id: 'm', n: 0 })).toEqual([]);
  await pool.end();
  await dropDatabase(template);
});

it('joins parts only as far as all of them are complete', () => {
  const at = (ms: number) => `2026-01-01T00:00:00.00${ms}000Z`;
  const entry = (ms: number) => ({ key: { at: at(ms), rank: 2, id: 'h', n: 1 } }) as TimelineEntry;
  const end = (ms: number) => ({ at: at(ms), rank: 0, id: '', n: 0 });
  const late = { entries: [entry(1), entry(5)], upTo: end(9), isLast: true };
  const joined = joinTimeline([late, { entries: [entry(2)], upTo: entry(2).key, isLast: false }], 10);
  expect(joined).toEqual({ entries: [entry(1), entry(2)], upTo: entry(2).key, isLast: false });
  expect(joinTimeline([late, { entries: [], upTo: end(3), isLast: true }], 10)).toMatchObject({
    isLast: true,
  });
});

describe(`with ${HOLDS} holds`, () => {
  let dropId: string;
  const customer = `cus_${'0'.repeat(20)}199999`;

  beforeAll(async () => {
    dropId = await insertDrop(ledger.url, { skus: { A: 1 } });
    await onDatabase(ledger.url, async (client) => {
      await client.query(
        `INSERT INTO inventory.hold (drop_id, hold_id, customer_id, state, fingerprint, skus, quantities, prices_minor, currency, units,
           created_at, first_expires_at, expires_at, order_id, ended_at)
         SELECT $1, $1 || '-h' || lpad((n * 7919 % ${HOLDS})::text, 26, '0'), 'cus_' || lpad(n::text, 26, '0'), CASE WHEN n % 3 = 0 THEN 'expired' ELSE 'confirmed' END,
           'f', '{A}', '{1}', '{100}', 'EUR', 1, t, t, t, 'o', t + interval '1 s'
         FROM generate_series(0, ${HOLDS - 1}) n, LATERAL (SELECT timestamptz '2026-01-01' + n / 50 * interval '1 ms' AS t) x`,
        [dropId],
      );
      await client.query('ANALYZE inventory.hold');
    });
  }, 120_000);

  it.each([
    ['timelinePlaced', 'hold_placed'],
    ['timelineEnded', 'hold_ended'],
  ] as const)('%s reads a page by its index', async (statement, index) => {
    const at = '2026-01-01T00:00:02.000000Z';
    const values = [dropId, MERCHANT, at, '', 0, '2027-01-01T00:00:00Z', 201, 201, null, null];
    const plan = await onDatabase(ledger.url, async (client) => {
      const { rows } = await client.query<{ 'QUERY PLAN': string }>(
        `EXPLAIN (ANALYZE, BUFFERS) ${sql[statement].text}`.replace(/\$(\d+)/g, (_, n: string) => {
          const value = values[Number(n) - 1];
          return value === null ? 'NULL' : typeof value === 'number' ? String(value) : `'${String(value)}'`;
        }),
      );
      return rows.map((row) => row['QUERY PLAN']).join('\n');
    });
    expect(plan).toMatch(new RegExp(`Index (Only )?Scan using ${index} `));
    expect(plan).not.toMatch(/Seq Scan on hold|Sort Method: external/);
    const [, shared] = /Buffers: shared (?:hit=(\d+))?/.exec(plan)!;
    expect(Number(shared ?? 0)).toBeLessThan(2_000);
  });

  it('finds one customer among them, in bounded parts', async () => {
    const found = await walk(dropId, { customerId: customer });
    expect(found.map(({ kind }) => kind)).toEqual(['hold.placed', 'hold.confirmed']);
    expect(orderSql.orderTimeline.text).toContain('LIMIT $7');
  });

  it('is whole over many pages of a filter', async () => {
    const seen = new Set<string>();
    let last = '';
    const from = { at: `2026-01-01T00:00:04.${'0'.repeat(6)}Z`, rank: 0, id: '', n: 0 }; // the last 50,000 ends
    for (const { key } of await walk(dropId, { kind: 'hold.expired', after: from })) {
      seen.add(encodeKey(key));
      expect(`${key.at} ${key.id}` > last).toBe(true);
      last = `${key.at} ${key.id}`;
    }
    expect(seen.size).toBe(Math.ceil(50_000 / 3));
  });
});
