import { Client, type Pool } from 'pg';
import { openPool, ROLES } from '@holdfast/postgres';
import { testServerUrl } from '@holdfast/testing';
import { type AcknowledgedHold, auditLedger, checkPromises } from '@holdfast/audit';
import { createLedger, type TestLedger } from '../support/database';

/** A drop with one hold of each state, one paid order, one order whose money went back, and one whose money never came. */
const SOUND = `
INSERT INTO inventory.merchant (merchant_id, name, is_first) VALUES ('mer_1', 'M', true);
INSERT INTO inventory.drop (drop_id, merchant_id, name, state, opens_at, per_customer_limit, hold_ttl_seconds)
  VALUES ('dtest', 'mer_1', 'D', 'open', now(), 4, 300);
INSERT INTO inventory.item (drop_id, sku, position, name, price_minor, currency)
  VALUES ('dtest', 'A', 0, 'A', 1000, 'EUR'), ('dtest', 'B', 1, 'B', 500, 'EUR');
INSERT INTO inventory.stock (drop_id, sku, total, available, held, sold) VALUES ('dtest', 'A', 10, 5, 2, 3), ('dtest', 'B', 7, 4, 1, 2);
INSERT INTO inventory.movement (drop_id, movement_id, sku, delta, reason, actor)
  VALUES ('dtest', 'm1', 'A', 8, 'first stock', 'test'), ('dtest', 'm2', 'A', 2, 'more', 'test'), ('dtest', 'm1', 'B', 7, 'first stock', 'test');
INSERT INTO inventory.hold (drop_id, hold_id, customer_id, state, fingerprint, skus, quantities, prices_minor, currency, units,
  created_at, first_expires_at, expires_at, order_id, ended_at) VALUES
  ('dtest', 'h-held', 'c1', 'held', 'f', '{A,B}', '{2,1}', '{1000,500}', 'EUR', 3, now(), now() + interval '5 min', now() + interval '5 min', NULL, NULL),
  ('dtest', 'h-paid', 'c2', 'confirmed', 'f', '{A,B}', '{2,2}', '{1000,500}', 'EUR', 4, now(), now() + interval '5 min', now() + interval '5 min', 'o-paid', now()),
  ('dtest', 'h-again', 'c3', 'confirmed', 'f', '{A}', '{1}', '{1000}', 'EUR', 1, now(), now(), now(), 'o-again', now()),
  ('dtest', 'h-over', 'c3', 'expired', 'f', '{A}', '{1}', '{1000}', 'EUR', 1, now(), now(), now(), 'o-again', now()),
  ('dtest', 'h-gone', 'c4', 'released', 'f', '{A}', '{4}', '{1000}', 'EUR', 4, now(), now(), now(), NULL, now()),
  ('dtest', 'h-void', 'c6', 'confirmed', 'f', '{A}', '{1}', '{1000}', 'EUR', 1, now(), now(), now(), 'o-void', now()),
  ('dtest', 'h-back', 'c5', 'expired', 'f', '{A}', '{1}', '{1000}', 'EUR', 1, now(), now(), now(), 'o-back', now());
INSERT INTO inventory.returned (drop_id, return_id, sku, hold_id, customer_id, units, returned_at) VALUES ('dtest', 'o-void', 'A', 'h-void', 'c6', 1, now());
INSERT INTO inventory.customer_units (drop_id, customer_id, units, unit_limit)
  VALUES ('dtest', 'c1', 3, 4), ('dtest', 'c2', 4, 4), ('dtest', 'c3', 1, 4), ('dtest', 'c4', 0, 4);
UPDATE inventory.hold SET network = 7, network_block = 8 WHERE hold_id IN ('h-held', 'h-gone');
INSERT INTO inventory.network_units (drop_id, network, unpaid, unit_limit) VALUES ('dtest', 7, 3, 50), ('dtest', 8, 3, 400);
INSERT INTO inventory.outbox (drop_id, aggregatetype, aggregateid, type, payload) VALUES
  ('dtest', 'hold', 'h-paid', 'hold.confirmed.v1', '{}'), ('dtest', 'hold', 'h-gone', 'hold.released.v1', '{}');
INSERT INTO checkout.orders (drop_id, order_id, customer_id, hold_id, fingerprint, step, provider, token, email, lines, total_minor, currency, payment_state, next_check_at) VALUES
  ('dtest', 'o-paid', 'c2', 'h-paid', 'f', 'paid', 'sandbox', 'tok_ok', 'e', '[]', 3000, 'EUR', 'captured', NULL),
  ('dtest', 'o-again', 'c3', 'h-over', 'f', 'paid', 'sandbox', 'tok_late', 'e', '[]', 1000, 'EUR', 'captured', NULL),
  ('dtest', 'o-back', 'c5', 'h-back', 'f', 'refunded', 'sandbox', 'tok_late', 'e', '[]', 1000, 'EUR', 'refunded', NULL),
  ('dtest', 'o-wait', 'c1', 'h-held', 'f', 'capturing', 'sandbox', 'tok_ok', 'e', '[]', 2500, 'EUR', 'authorized', now()),
  ('dtest', 'o-void', 'c6', 'h-void', 'f', 'failed', 'sandbox', 'tok_ok', 'e', '[]', 1000, 'EUR', 'voided', NULL),
  ('dtest', 'o-none', 'c4', 'h-gone', 'f', 'failed', 'sandbox', 'tok_declined', 'e', '[]', 4000, 'EUR', 'declined', NULL);
INSERT INTO checkout.refund (drop_id, order_id, amount_minor, currency, reason, state, done_at) VALUES ('dtest', 'o-back', 1000, 'EUR', 'units-gone', 'done', now());
INSERT INTO sandbox.charge (reference, provider_key, order_id, hold_id, drop_id, token, state, amount_minor, currency, captured_minor, refunded_minor, refunds) VALUES
  ('ch-1', 'o-paid.1', 'o-paid', 'h-paid', 'dtest', 'tok_ok', 'captured', 3000, 'EUR', 3000, 0, 0),
  ('ch-2', 'o-again.1', 'o-again', 'h-over', 'dtest', 'tok_late', 'captured', 1000, 'EUR', 1000, 0, 0),
  ('ch-3', 'o-back.1', 'o-back', 'h-back', 'dtest', 'tok_late', 'captured', 1000, 'EUR', 1000, 1000, 1),
  ('ch-4', 'o-wait.1', 'o-wait', 'h-held', 'dtest', 'tok_ok', 'captured', 2500, 'EUR', 2500, 0, 0),
  ('ch-5', 'o-none.1', 'o-none', 'h-gone', 'dtest', 'tok_declined', 'declined', 4000, 'EUR', 0, 0, 0);`;

/** What guards the tables from such rows; a breach is planted behind its back, as a bad restore or somebody's hand would. */
const DROP_GUARDS = `
DO $$ DECLARE c record; BEGIN
  FOR c IN SELECT conrelid::regclass AS tab, conname FROM pg_constraint
    WHERE contype IN ('c', 'f') AND connamespace IN ('inventory'::regnamespace, 'checkout'::regnamespace, 'sandbox'::regnamespace)
  LOOP EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', c.tab, c.conname); END LOOP;
END $$;
DROP INDEX checkout.order_active_of_hold;`;

const BREACHES: [invariant: string, what: string, sql: string, also?: string[]][] = [
  [
    'stock-conservation',
    'a unit that is nowhere',
    `UPDATE inventory.stock SET available = available - 1 WHERE sku = 'A'`,
  ],
  // No unit can be given twice without a count going wrong too.
  [
    'stock-conservation',
    'a count below zero',
    `UPDATE inventory.stock SET available = -1, total = 2 WHERE sku = 'B'`,
    ['no-oversell', 'total-equals-movements'],
  ],
  [
    'no-oversell',
    'more units in holds than there are',
    `UPDATE inventory.stock SET total = 4, available = 0 WHERE sku = 'A'; UPDATE inventory.movement SET delta = 4 WHERE movement_id = 'm1' AND sku = 'A'; DELETE FROM inventory.movement WHERE movement_id = 'm2'`,
    ['stock-conservation'],
  ],
  [
    'held-equals-live-holds',
    'a held unit without a hold',
    `UPDATE inventory.stock SET held = held + 1, available = available - 1 WHERE sku = 'B'`,
  ],
  [
    'held-equals-live-holds',
    'a hold of a SKU that is not in the drop',
    `UPDATE inventory.hold SET skus = '{A,Z}' WHERE hold_id = 'h-held'`,
    ['no-oversell'],
  ],
  [
    'sold-equals-confirmed',
    'a sold unit that nobody bought',
    `UPDATE inventory.stock SET sold = sold + 1, available = available - 1 WHERE sku = 'A'`,
  ],
  [
    'total-equals-movements',
    'units without a movement',
    `UPDATE inventory.stock SET total = total + 5, available = available + 5 WHERE sku = 'A'`,
  ],
  [
    'one-end-per-hold',
    'a live hold with an end',
    `UPDATE inventory.hold SET ended_at = now() WHERE hold_id = 'h-held'`,
  ],
  [
    'one-end-per-hold',
    'two ends told to others',
    `INSERT INTO inventory.outbox (drop_id, aggregatetype, aggregateid, type, payload) VALUES ('dtest', 'hold', 'h-gone', 'hold.expired.v1', '{}')`,
  ],
  [
    'one-end-per-hold',
    'another end told than the one it has',
    `UPDATE inventory.outbox SET type = 'hold.expired.v1' WHERE aggregateid = 'h-gone'`,
  ],
  ['customer-limit', 'a customer beyond the limit', `UPDATE inventory.drop SET per_customer_limit = 3`],
  [
    'customer-units-equal-holds',
    'a counter that forgot a unit',
    `UPDATE inventory.customer_units SET units = 2 WHERE customer_id = 'c1'`,
  ],
  [
    'customer-units-equal-holds',
    'a customer without a counter',
    `DELETE FROM inventory.customer_units WHERE customer_id = 'c3'`,
  ],
  [
    'network-units-equal-holds',
    'a counter that kept what was given back',
    `UPDATE inventory.network_units SET unpaid = 7 WHERE network = 8`,
  ],
  [
    'network-units-equal-holds',
    'a network without a counter',
    `DELETE FROM inventory.network_units WHERE network = 7`,
  ],
  [
    'money-equals-orders',
    'a charge without an order',
    `INSERT INTO sandbox.charge (reference, provider_key, order_id, drop_id, token, state, amount_minor, currency, captured_minor) VALUES ('ch-x', 'x.1', 'o-x', 'dtest', 'tok_ok', 'captured', 1, 'EUR', 1)`,
  ],
  [
    'money-equals-orders',
    'a charge for an order that failed',
    `UPDATE sandbox.charge SET state = 'captured', captured_minor = 4000 WHERE reference = 'ch-5'`,
  ],
  [
    'money-equals-orders',
    'two charges for one order',
    `INSERT INTO sandbox.charge (reference, provider_key, order_id, drop_id, token, state, amount_minor, currency, captured_minor) VALUES ('ch-x', 'o-paid.2', 'o-paid', 'dtest', 'tok_ok', 'captured', 3000, 'EUR', 3000)`,
  ],
  [
    'money-equals-orders',
    'a charge of another amount',
    `UPDATE sandbox.charge SET amount_minor = 2999, captured_minor = 2999 WHERE reference = 'ch-1'`,
  ],
  [
    'money-equals-orders',
    'a paid order without a charge',
    `UPDATE sandbox.charge SET state = 'voided', captured_minor = 0 WHERE reference = 'ch-1'`,
  ],
  [
    'money-equals-orders',
    'half a refund',
    `UPDATE sandbox.charge SET refunded_minor = 500 WHERE reference = 'ch-3'`,
  ],
  [
    'money-equals-orders',
    'a refund of a paid order',
    `UPDATE sandbox.charge SET refunded_minor = 3000 WHERE reference = 'ch-1'`,
  ],
  [
    'money-equals-orders',
    'an order with a charge that says it needs no provider',
    `UPDATE checkout.orders SET provider = 'none' WHERE order_id = 'o-again'`,
  ],
  [
    'paid-equals-confirmed',
    'sold units of a failed order that nobody returned',
    `DELETE FROM inventory.returned`,
    ['sold-equals-confirmed', 'customer-units-equal-holds'],
  ],
  [
    'paid-equals-confirmed',
    'a return of units that are paid',
    `INSERT INTO inventory.returned (drop_id, return_id, sku, hold_id, customer_id, units, returned_at) VALUES ('dtest', 'o-paid', 'A', 'h-paid', 'c2', 1, now()); UPDATE inventory.stock SET sold = sold - 1, available = available + 1 WHERE sku = 'A'; UPDATE inventory.customer_units SET units = 3 WHERE customer_id = 'c2'`,
  ],
  [
    'paid-equals-confirmed',
    'an order paid with an ended hold',
    `INSERT INTO checkout.orders (drop_id, order_id, customer_id, hold_id, fingerprint, step, provider, token, email, lines, total_minor, currency, payment_state) VALUES ('dtest', 'o-x', 'c4', 'h-gone', 'f', 'paid', 'other', 't', 'e', '[]', 4000, 'EUR', 'captured')`,
  ],
  [
    'paid-equals-confirmed',
    'units given away without an order',
    `UPDATE inventory.hold SET order_id = 'o-x' WHERE hold_id = 'h-held'; UPDATE inventory.hold SET state = 'confirmed', ended_at = now() WHERE hold_id = 'h-held'; UPDATE inventory.stock SET sold = sold + held, held = 0`,
    ['network-units-equal-holds'],
  ],
  [
    'paid-equals-confirmed',
    'an order paid for other units',
    `UPDATE inventory.hold SET prices_minor = '{1,1}' WHERE hold_id = 'h-paid'`,
  ],
  [
    'no-stranded-hold',
    'a hold left over past its time',
    `UPDATE inventory.hold SET expires_at = now() - interval '31 s' WHERE hold_id = 'h-held'`,
  ],
];

describe('verify, on the ledger', () => {
  let sound: TestLedger;

  beforeAll(async () => {
    sound = await createLedger('verify');
    await onDatabase(sound.url, SOUND);
  });
  afterAll(() => sound.drop());

  it('finds nothing broken in a sound ledger, and has looked at rows of each kind', async () => {
    const found = await audit(sound.url);
    expect(found.filter(({ broken }) => broken > 0)).toEqual([]);
    expect(found.filter(({ checked }) => checked === 0)).toEqual([]);
    expect(Object.fromEntries(found.map(({ name, checked }) => [name, checked]))).toMatchObject({
      'stock-conservation': 2,
      'one-end-per-hold': 7,
      'customer-limit': 4,
      'money-equals-orders': 7,
      'no-stranded-hold': 1,
    });
  });

  it.each(BREACHES)('%s is broken by %s, and nothing else is', async (invariant, _what, plant, also = []) => {
    await onCopy(sound.url, async (url) => {
      await onDatabase(url, `${DROP_GUARDS}; ${plant}`);
      const broken = (await audit(url)).filter((found) => found.broken > 0);
      expect(broken.map(({ name }) => name).sort()).toEqual([invariant, ...also].sort());
      expect(broken.find(({ name }) => name === invariant)!.examples.length).toBeGreaterThan(0);
      // A rehearsal looks at its ghost alone: it finds the same there, and nothing of other drops.
      const ofDrop = (await audit(url, 'dtest')).filter((found) => found.broken > 0);
      expect(ofDrop.map(({ name }) => name)).toEqual(broken.map(({ name }) => name));
      expect((await audit(url, 'dother')).filter(({ checked }) => checked > 0)).toEqual([]);
    });
  });

  it('a rush compares what clients were told with what the ledger has', async () => {
    const nowMs = Date.now();
    const told = (holdId: string, units: number, more: Partial<AcknowledgedHold> = {}): AcknowledgedHold => ({
      holdId,
      sku: 'B',
      units,
      expiresAtMs: nowMs + 60_000,
      paidOrderId: null,
      ...more,
    });
    const check = (holds: AcknowledgedHold[]) =>
      asAuditor(sound.url, (pool) => checkPromises(pool, 'dtest', holds, nowMs));
    expect(await check([told('h-held', 1), told('h-paid', 2, { paidOrderId: 'o-paid' })])).toEqual({
      oversold: 0,
      lost: 0,
    });
    expect(await check([told('h-nowhere', 1)])).toEqual({ oversold: 0, lost: 1 });
    expect(await check([told('h-gone', 1, { paidOrderId: 'o-none' })])).toEqual({ oversold: 0, lost: 1 });
    expect(await check([told('h-held', 5), told('h-paid', 4)])).toEqual({ oversold: 2, lost: 0 });
    // The first five had run out before the next four were given.
    expect(await check([told('h-held', 5, { expiresAtMs: nowMs - 1 }), told('h-paid', 4)])).toEqual({
      oversold: 0,
      lost: 0,
    });
    await onCopy(sound.url, async (url) => {
      await onDatabase(
        url,
        `${DROP_GUARDS}; UPDATE inventory.hold SET quantities = '{2,9}' WHERE hold_id = 'h-held'`,
      );
      expect(await asAuditor(url, (pool) => checkPromises(pool, 'dtest', [], nowMs))).toEqual({
        oversold: 4,
        lost: 0,
      });
    });
  });

  it('cannot change anything: its role may only read', async () => {
    const write = asAuditor(sound.url, (pool) => pool.query(`UPDATE inventory.stock SET held = 0`));
    await expect(write).rejects.toMatchObject({ code: '42501' });
  });
});

async function asAuditor<T>(url: string, work: (pool: Pool) => Promise<T>): Promise<T> {
  const pool = openPool({ url, role: ROLES.auditor, max: 1, name: 'test-verify' });
  try {
    return await work(pool);
  } finally {
    await pool.end();
  }
}

function audit(url: string, dropId?: string) {
  return asAuditor(url, (pool) => auditLedger(pool, dropId));
}

async function onDatabase(url: string, statements: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statements);
  } finally {
    await client.end();
  }
}

async function onCopy(url: string, work: (copyUrl: string) => Promise<void>): Promise<void> {
  const name = new URL(url).pathname.slice(1);
  const copy = `${name}_copy`;
  await onDatabase(testServerUrl(), `CREATE DATABASE ${copy} TEMPLATE ${name}`);
  try {
    const copyUrl = new URL(url);
    copyUrl.pathname = `/${copy}`;
    await work(copyUrl.toString());
  } finally {
    await onDatabase(testServerUrl(), `DROP DATABASE ${copy} WITH (FORCE)`);
  }
}
