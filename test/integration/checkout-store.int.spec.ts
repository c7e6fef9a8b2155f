import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { InvalidCursor } from '@holdfast/contracts';
import { newDropId } from '@holdfast/kernel';
import { openPool, ROLES } from '@holdfast/postgres';
import type { Pool } from 'pg';
import { PgOrderStore } from '../../apps/checkout/src/adapters/postgres/pg-order-store';
import type { Move, OrderIntent, OrderRecord } from '../../apps/checkout/src/domain/order';
import { factOf } from '../../apps/checkout/src/domain/order-fact';
import { FOUND_CURSORS, oddCursors } from '../support/odd-cursors';
import { createLedger, type TestLedger } from '../support/database';

const LEASE_MS = 60_000;

let ledger: TestLedger;
let pool: Pool;
let admin: Pool;
let store: PgOrderStore;

beforeAll(async () => {
  ledger = await createLedger('checkout_store');
  pool = openPool({ url: ledger.url, role: ROLES.checkout, max: 10, name: 'test-checkout' });
  admin = openPool({ url: ledger.url, role: ROLES.migrator, max: 1, name: 'test-admin' });
  store = new PgOrderStore(pool);
});

afterAll(async () => {
  await Promise.all([pool.end(), admin.end()]);
  await ledger.drop();
});

function intent(some: Partial<OrderIntent> = {}): OrderIntent {
  const dropId = some.dropId ?? newDropId();
  const mark = randomBytes(8).toString('hex');
  return {
    merchantId: 'mer_test',
    dropId,
    orderId: `${dropId}-o${mark}`,
    customerId: `cus_${mark}`,
    holdId: `${dropId}-h${mark}`,
    fingerprint: 'f',
    provider: 'sandbox',
    token: 'tok_ok',
    email: 'a@example.com',
    lines: [{ sku: 'A', quantity: 2, price: { amountMinor: 500, currency: 'EUR' } }],
    totalMinor: 1000,
    currency: 'EUR',
    ...some,
  };
}

async function begun(some: Partial<OrderIntent> = {}): Promise<OrderRecord> {
  const result = await store.begin(intent(some), LEASE_MS);
  if (result.kind !== 'begun') throw new Error('taken');
  return result.order;
}

const advance = (from: OrderRecord, move: Move) =>
  store.advance(from, move, { fact: factOf(from, move.step, move.reason ?? null), answer: null }, LEASE_MS);

async function walk(from: OrderRecord, moves: Move[]): Promise<OrderRecord> {
  let order = from;
  for (const move of moves) {
    const moved = await advance(order, move);
    if (!moved) throw new Error(`not moved to ${move.step}`);
    order = moved;
  }
  return order;
}

const inOneMinute = () => new Date(Date.now() + 60_000).toISOString();
const TO_CAPTURE: Move[] = [
  { step: 'authorising', payableUntil: inOneMinute() },
  { step: 'confirming', paymentState: 'authorized', reference: 'ch_1' },
  { step: 'capturing' },
];
const count = async (sql: string, values: unknown[]) =>
  Number((await admin.query<{ n: string }>(`SELECT count(*) AS n FROM ${sql}`, values)).rows[0]?.n);

describe('an order moves only from where it was seen', () => {
  it('one of ten drivers moves it, with one fact', async () => {
    const order = await walk(await begun(), TO_CAPTURE);
    const paid: Move = { step: 'paid', paymentState: 'captured' };
    const moved = await Promise.all(Array.from({ length: 10 }, () => advance(order, paid)));
    expect(moved.filter(Boolean)).toHaveLength(1);
    expect(await count('checkout.outbox WHERE drop_id = $1', [order.dropId])).toBe(1);
  });

  it('a driver that slept through everything takes nothing back', async () => {
    const stale = await begun();
    await walk(stale, [...TO_CAPTURE, { step: 'paid', paymentState: 'captured' }]);
    expect(await advance(stale, { step: 'failed', reason: 'hold-expired' })).toBeNull();
    await store.postpone(stale, 1_000);
    expect(await store.get(stale.dropId, stale.orderId)).toMatchObject({ step: 'paid', reason: null });
  });

  it('a driver of an earlier attempt has no say in the next one', async () => {
    const first = await begun();
    const failed = await walk(first, [{ step: 'failed', reason: 'hold-expired' }]);
    const again = await store.beginAgain(failed, { ...intent(), ...failed, token: 'tok_3ds' }, LEASE_MS);
    expect(again).toMatchObject({
      kind: 'begun',
      order: { attempt: 2, step: 'extending', token: 'tok_3ds', reason: null },
    });
    expect(await advance(first, { step: 'failed', reason: 'hold-expired' })).toBeNull();
    expect(await store.beginAgain(failed, { ...intent(), ...failed }, LEASE_MS)).toEqual({ kind: 'taken' });
  });

  it('owes one refund, and is done with it when it is done', async () => {
    const order = await walk(await begun(), [
      TO_CAPTURE[0]!,
      { step: 'confirming', paymentState: 'captured', reference: 'ch_2' },
      { step: 'retaking' },
    ]);
    const refunding: Move = { step: 'refunding', reason: 'units-gone' };
    const moved = (await Promise.all([advance(order, refunding), advance(order, refunding)])).find(Boolean);
    expect(await count(`checkout.refund WHERE order_id = $1 AND state = 'pending'`, [order.orderId])).toBe(1);
    await walk(moved!, [{ step: 'refunded', paymentState: 'refunded' }]);
    expect(await count(`checkout.refund WHERE order_id = $1 AND state = 'done'`, [order.orderId])).toBe(1);
  });
});

describe('a hold has one active order', () => {
  it('of ten that begin at once one does', async () => {
    const { dropId, holdId } = intent();
    const all = await Promise.all(
      Array.from({ length: 10 }, () => store.begin(intent({ dropId, holdId }), LEASE_MS)),
    );
    expect(all.filter(({ kind }) => kind === 'begun')).toHaveLength(1);
    expect(await store.activeOfHold(dropId, holdId)).toMatchObject({ step: 'extending' });
  });

  it('a failed one makes room, and cannot begin again while another pays', async () => {
    const failed = await walk(await begun(), [{ step: 'failed', reason: 'hold-expired' }]);
    const { dropId, holdId } = failed;
    expect(await store.activeOfHold(dropId, holdId)).toBeNull();
    await begun({ dropId, holdId });
    expect(await store.beginAgain(failed, { ...intent(), ...failed }, LEASE_MS)).toEqual({ kind: 'taken' });
  });
});

describe('due orders', () => {
  const makeDue = (dropId: string) =>
    admin.query(`UPDATE checkout.orders SET next_check_at = clock_timestamp() WHERE drop_id = $1`, [dropId]);

  it('are taken once, by whoever comes, until the lease ends', async () => {
    const dropId = newDropId();
    await Promise.all(Array.from({ length: 30 }, () => begun({ dropId })));
    expect(await store.claimDue(dropId, 100, LEASE_MS)).toEqual([]);
    await makeDue(dropId);
    expect(await store.dueDrops(10)).toContain(dropId);
    const taken = (
      await Promise.all(Array.from({ length: 6 }, () => store.claimDue(dropId, 10, LEASE_MS)))
    ).flat();
    const rest = await store.claimDue(dropId, 100, LEASE_MS);
    const ids = [...taken, ...rest].map(({ orderId }) => orderId);
    expect(ids).toHaveLength(30);
    expect(new Set(ids).size).toBe(30);
    expect(await store.dueDrops(10)).not.toContain(dropId);
  });

  it('a check that began before a webhook does not put the webhook’s check off', async () => {
    const order = await walk(await begun(), [TO_CAPTURE[0]!]);
    const event = {
      eventId: randomBytes(4).toString('hex'),
      type: 'charge.authorized',
      orderId: order.orderId,
    };
    await store.takeEvent(order.dropId, 'sandbox', event);
    await store.postpone(order, 60_000);
    expect(await store.dueDrops(100)).toContain(order.dropId);
  });

  it('are looked at again when their payment is given up, not later', async () => {
    const fresh = await begun();
    const movedAt = Date.now();
    const order = await walk(fresh, [
      { step: 'authorising', payableUntil: new Date(movedAt + 10_000).toISOString() },
    ]);
    expect(order.giveUpInMs).toBeGreaterThan(7_900 - (Date.now() - movedAt));
    expect(order.giveUpInMs).toBeLessThan(8_100);
    await store.postpone(order, 3_600_000);
    const { rows } = await admin.query<{ ms: string }>(
      'SELECT extract(epoch FROM next_check_at - clock_timestamp()) * 1000 AS ms FROM checkout.orders WHERE order_id = $1',
      [order.orderId],
    );
    expect(Number(rows[0]?.ms)).toBeLessThan(8_100);
  });

  it.each<Move[]>([
    [{ step: 'authorising' }],
    [{ step: 'authorising' }, { step: 'awaiting', paymentState: 'pending' }],
  ])('are looked at again at once when their last call returned after that moment', async (...moves) => {
    const [first, ...more] = moves as [Move, ...Move[]];
    const payableUntil = new Date(Date.now() - 1_000).toISOString();
    const order = await walk(await begun(), [{ ...first, payableUntil }, ...more]);
    await store.postpone(order, 3_600_000);
    expect(await store.dueDrops(100)).toContain(order.dropId);
  });
});

it('the first answer of a key is kept, and no other', async () => {
  const order = await walk(await begun(), [...TO_CAPTURE, { step: 'paid', paymentState: 'captured' }]);
  const kept = await Promise.all(['a', 'b', 'c'].map((body) => store.keepAnswer(order, 201, body)));
  expect(kept.filter(Boolean)).toHaveLength(1);
  const { answer } = (await store.get(order.dropId, order.orderId))!;
  expect(answer).toEqual({ status: 201, body: ['a', 'b', 'c'][kept.indexOf(true)] });
});

describe('the orders of a customer', () => {
  it('are read with any text as a cursor, or it is said to be none', async () => {
    const { customerId } = await begun();
    const read = async (cursor: string) => {
      try {
        await store.ofCustomer(customerId, cursor, 1);
      } catch (error) {
        if (!(error instanceof InvalidCursor)) throw error;
      }
    };
    for (const cursor of FOUND_CURSORS) await read(cursor);
    await fc.assert(fc.asyncProperty(oddCursors, read), { numRuns: 300 });
  });
});
