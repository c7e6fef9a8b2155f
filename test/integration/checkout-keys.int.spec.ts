import { waitFor } from '@holdfast/testing';
import { Pool } from 'pg';
import { orderIdOf, newCustomer, Shop, type Stockroom } from '../support/checkout-shop';
import { expectSoundBooks } from '../support/audit';
import { createLedger, type TestLedger } from '../support/database';
import { openStockroom } from '../support/stockroom';

let ledger: TestLedger;
let stock: Stockroom;
/** Two processes on one ledger. */
let shops: [Shop, Shop];

beforeAll(async () => {
  ledger = await createLedger('checkout_keys');
  stock = await openStockroom(ledger.url, 10);
  shops = [await new Shop(stock, ledger.url).open(), await new Shop(stock, ledger.url).open()];
});

afterAll(async () => {
  await Promise.all(shops.map((shop) => shop.close()));
  await stock?.close();
  await ledger.drop();
});

/** A hold in each of two drops, of one customer. */
async function twoHolds() {
  const customer = newCustomer();
  const drops = [1, 2].map(() => stock.newDrop({ units: 5, holdTtlSeconds: 60 }));
  return Promise.all(drops.map(async (dropId) => shops[0].holdOf(await dropId, 1, customer)));
}

const ordersOf = async (customerId: string) =>
  (await shops[0].checkout.client.listOrders({ customerId, limit: 10 })).items;

describe('one key with the holds of two drops', () => {
  it('makes one order, and the second is told that the key was used', async () => {
    const [first, second] = await twoHolds();
    const paid = await shops[0].pay(first!, 'tok_ok', 'key');
    expect(paid).toMatchObject({ status: 201 });
    expect(await shops[1].pay(second!, 'tok_ok', 'key')).toEqual({ kind: 'key-reused' });
    expect(await ordersOf(first!.customerId)).toMatchObject([{ id: orderIdOf(paid) }]);
    expect(await shops[1].pay(first!, 'tok_ok', 'key')).toEqual({ ...paid, replayed: true });
    expect(await shops[0].pay(second!, 'tok_ok', 'another key')).toMatchObject({ status: 201 });
    expect(await shops[0].pay(second!, 'tok_ok', 'key')).toEqual({ kind: 'key-reused' });
  });

  it.each([1, 2, 3, 4, 5])('makes one order when both come at once (round %d)', async () => {
    const holds = await twoHolds();
    const outcomes = await Promise.all(holds.map((hold, n) => shops[n]!.pay(hold, 'tok_ok', 'key')));
    expect(outcomes.map(({ kind }) => kind).sort()).toEqual(['answered', 'key-reused']);
    expect(await ordersOf(holds[0]!.customerId)).toHaveLength(1);
  });

  it('is no matter between customers, and none where nothing was begun', async () => {
    const [first, second] = await twoHolds();
    const foreign = await shops[0].hold();
    expect(await shops[0].pay(foreign, 'tok_ok', 'key')).toMatchObject({ status: 201 });
    const gone = { ...first!, id: `${first!.dropId}-h${'0'.repeat(26)}` };
    expect(await shops[0].pay(gone, 'tok_ok', 'key')).toEqual({ kind: 'hold-not-found' });
    expect(await shops[0].pay(second!, 'tok_ok', 'key')).toMatchObject({ status: 201 });
  });
});

it('a key is forgotten after two days, with charges that took nothing and what the shop was told, and the books stay in order', async () => {
  const paid = await shops[0].hold();
  await shops[0].pay(paid, 'tok_declined', 'old key');
  await shops[0].pay(paid, 'tok_ok', 'old key');
  const admin = new Pool({ connectionString: ledger.url, max: 1 });
  try {
    const charges = async () => (await shops[0].charges(paid)).map(({ state }) => state);
    await shops[0].checkout.purgeRound();
    expect(await charges()).toEqual(['declined', 'captured']);
    await admin.query(
      `UPDATE checkout.order_key SET claimed_at = claimed_at - interval '49 hours' WHERE customer_id = $1`,
      [paid.customerId],
    );
    await admin.query(
      `UPDATE sandbox.charge SET created_at = created_at - interval '31 days', updated_at = updated_at - interval '31 days' WHERE hold_id = $1`,
      [paid.id],
    );
    await admin.query(
      `INSERT INTO sandbox.webhook (body, created_at) VALUES ('old', now() - interval '8 days'), ('new', now() - interval '6 days')`,
    );
    await shops[0].checkout.purgeRound();
    expect(await charges()).toEqual(['captured']);
    const told = async () => {
      const { rows } = await admin.query<{ body: string }>(
        `SELECT body FROM sandbox.webhook WHERE body IN ('old', 'new') ORDER BY body`,
      );
      return rows.map(({ body }) => body);
    };
    // One that is being sent is locked, and left to the next round.
    await waitFor('the old one is deleted', async () => {
      await shops[0].checkout.purgeRound();
      return !(await told()).includes('old');
    });
    expect(await told()).toEqual(['new']);
    const keys = 'SELECT FROM checkout.order_key WHERE customer_id = $1';
    expect((await admin.query(keys, [paid.customerId])).rowCount).toBe(0);
  } finally {
    await admin.end();
  }
});

it('leaves the books in order', () => expectSoundBooks(ledger.url));
