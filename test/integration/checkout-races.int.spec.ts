import { randomBytes } from 'node:crypto';
import type { PlaceOrderOutcome } from '@holdfast/contracts';
import { orderIdOf, Shop, type Stockroom } from '../support/checkout-shop';
import { expectSoundBooks } from '../support/audit';
import { createLedger, type TestLedger } from '../support/database';
import { openStockroom } from '../support/stockroom';

const AT_ONCE = 10;

let ledger: TestLedger;
let stock: Stockroom;
/** Two processes on one ledger: what holds between them holds inside one. */
let shops: [Shop, Shop];

beforeAll(async () => {
  ledger = await createLedger('checkout_races');
  stock = await openStockroom(ledger.url, 2);
  shops = [await new Shop(stock, ledger.url).open(), await new Shop(stock, ledger.url).open()];
});

afterAll(async () => {
  await Promise.all(shops.map((shop) => shop.close()));
  await stock?.close();
  await ledger.drop();
});

const atOnce = <T>(make: (shop: Shop, n: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: AT_ONCE }, (_, n) => make(shops[n % 2 === 0 ? 0 : 1], n)));

const captured = { state: 'captured', amountMinor: 1000, refundedMinor: 0, refunds: 0 };

describe('ten payments at once', () => {
  it.each(['tok_ok', 'tok_3ds', 'tok_slow'])(
    'with one key and %s have one effect and one answer',
    async (token) => {
      const hold = await shops[0].hold();
      const outcomes = await atOnce((shop) => shop.pay(hold, token, 'same'));
      const firsts = outcomes.filter((it) => it.kind === 'answered' && !it.replayed);
      expect(firsts).toHaveLength(1);
      for (const outcome of outcomes) expect({ ...outcome, replayed: false }).toEqual(firsts[0]);
      if (token !== 'tok_3ds') {
        await shops[1].until(hold, orderIdOf(outcomes[0]!), 'paid');
        expect(await shops[0].charges(hold)).toMatchObject([captured]);
      }
    },
  );

  it.each(['tok_ok', 'tok_declined'])(
    'with one key and %s have one answer, also when one looks before the other begins and goes on when it is done',
    async (token) => {
      const hold = await shops[0].hold();
      let first: PlaceOrderOutcome | undefined;
      const slow = new Shop(stock, ledger.url, {
        wrapStore: (store) => {
          const get = store.get.bind(store);
          store.get = async (...ids) => {
            const found = await get(...ids);
            first ??= await shops[0].pay(hold, token, 'same');
            return found;
          };
          return store;
        },
      });
      try {
        const second = await slow.pay(hold, token, 'same');
        expect(second).toEqual(token === 'tok_ok' ? { ...first, replayed: true } : first);
      } finally {
        await slow.close();
      }
    },
  );

  it('with one key and a declined card are declined, all of them, by one charge', async () => {
    const hold = await shops[0].hold();
    const outcomes = await atOnce((shop) => shop.pay(hold, 'tok_declined', 'same'));
    expect(new Set(outcomes.map(({ kind }) => kind))).toEqual(new Set(['declined']));
    const charges = await shops[0].charges(hold);
    expect(charges.every(({ state }) => state === 'declined')).toBe(true);
    expect(await shops[0].holdNow(hold)).toMatchObject({ state: 'held' });
    expect(await shops[0].pay(hold, 'tok_ok')).toMatchObject({ status: 201 });
  });

  it.each([1, 2, 3, 4, 5])('with a key each have one winner (round %d)', async () => {
    const hold = await shops[0].hold();
    const outcomes = await atOnce((shop) => shop.pay(hold, 'tok_ok'));
    expect(outcomes.filter(({ kind }) => kind === 'answered')).toHaveLength(1);
    for (const { kind } of outcomes) expect(['answered', 'in-progress', 'hold-not-active']).toContain(kind);
    expect(await shops[0].charges(hold)).toMatchObject([captured]);
    expect(await stock.counts(hold.dropId)).toEqual({ available: 3, held: 0, sold: 2 });
    // Those who were late leave nothing behind, not even an order that failed.
    const { items } = await shops[0].checkout.client.listOrders({ customerId: hold.customerId, limit: 50 });
    expect(items).toMatchObject([{ state: 'paid' }]);
    expect(await shops[1].pay(hold, 'tok_ok')).toEqual({ kind: 'hold-not-active' });
  });

  it('with good and bad cards charge once at most, and the hold can still be paid when all were declined', async () => {
    for (let round = 0; round < 5; round += 1) {
      const hold = await shops[0].hold();
      await atOnce((shop, n) => shop.pay(hold, n % 3 === 0 ? 'tok_ok' : 'tok_declined'));
      const paid = (await shops[0].charges(hold)).filter(({ state }) => state !== 'declined');
      if (paid.length === 0) expect(await shops[0].pay(hold, 'tok_ok')).toMatchObject({ status: 201 });
      else expect(paid).toMatchObject([captured]);
    }
  });

  it('against a release: the units are sold or given back, never both', async () => {
    for (let round = 0; round < 10; round += 1) {
      const hold = await shops[0].hold();
      const ref = { holdId: hold.id, customerId: hold.customerId };
      const [paid, released] = await Promise.all([
        shops[0].pay(hold, 'tok_ok'),
        stock.inventory.releaseHold(ref),
      ]);
      const charges = await shops[0].charges(hold);
      if (paid.kind === 'answered') {
        await shops[0].until(hold, paid.orderId, 'paid');
        expect(released.kind).not.toBe('released');
        expect(await shops[0].charges(hold)).toMatchObject([captured]);
        expect(await stock.counts(hold.dropId)).toEqual({ available: 3, held: 0, sold: 2 });
      } else {
        expect(paid).toEqual({ kind: 'hold-not-active' });
        expect(charges).toEqual([]);
        expect(await stock.counts(hold.dropId)).toEqual({ available: 5, held: 0, sold: 0 });
      }
    }
  });
});

describe('one payment of a hold at a time', () => {
  it('while one is pending, another key is told so', async () => {
    const hold = await shops[0].hold();
    expect(await shops[0].pay(hold, 'tok_3ds')).toMatchObject({ status: 202 });
    expect(await shops[1].pay(hold, 'tok_ok')).toEqual({ kind: 'in-progress' });
    expect(await stock.inventory.releaseHold({ holdId: hold.id, customerId: hold.customerId })).toEqual({
      kind: 'payment-in-flight',
    });
  });

  it('a key is bound to its body once it has an answer', async () => {
    const hold = await shops[0].hold();
    expect(await shops[0].pay(hold, 'tok_3ds', 'key')).toMatchObject({ status: 202 });
    expect(await shops[1].pay(hold, 'tok_ok', 'key')).toEqual({ kind: 'key-reused' });
  });
});

describe('only one’s own live hold can be paid', () => {
  it('another customer’s hold is not found, and neither is an unknown one', async () => {
    const hold = await shops[0].hold();
    expect(await shops[0].pay({ ...hold, customerId: 'cus_other' }, 'tok_ok')).toEqual({
      kind: 'hold-not-found',
    });
    for (const id of [`${hold.dropId}-h${'0'.repeat(26)}`, 'nonsense', '', `${hold.id}x`]) {
      expect(await shops[0].pay({ ...hold, id }, 'tok_ok')).toEqual({ kind: 'hold-not-found' });
    }
    expect(await shops[0].charges(hold)).toEqual([]);
  });

  it('a released one is not active and an expired one is over', async () => {
    const released = await shops[0].hold();
    await stock.inventory.releaseHold({ holdId: released.id, customerId: released.customerId });
    expect(await shops[0].pay(released, 'tok_ok')).toEqual({ kind: 'hold-not-active' });
    const expired = await shops[0].hold({ ttl: 3 });
    await shops[0].untilOver(expired);
    expect(await shops[0].pay(expired, 'tok_ok')).toEqual({ kind: 'hold-expired' });
    expect(await shops[0].charges(expired)).toEqual([]);
  });

  it('an order is its owner’s alone', async () => {
    const hold = await shops[0].hold();
    const orderId = orderIdOf(await shops[0].pay(hold, 'tok_ok'));
    expect(await shops[0].order(hold, orderId)).toMatchObject({ id: orderId });
    expect(await shops[0].order({ ...hold, customerId: 'cus_other' }, orderId)).toBeNull();
    for (const odd of ['', 'nonsense', `${hold.dropId}-o${'0'.repeat(26)}`, '\u0000']) {
      expect(await shops[0].order(hold, odd)).toBeNull();
    }
  });

  it('the list shows one’s own orders, newest first, page by page', async () => {
    const customerId = `cus_${randomBytes(8).toString('hex')}`;
    const made: string[] = [];
    for (let n = 0; n < 5; n += 1) {
      const dropId = await stock.newDrop({ units: 5, holdTtlSeconds: 30 });
      made.unshift(orderIdOf(await shops[0].pay(await shops[0].holdOf(dropId, 1, customerId), 'tok_ok')));
    }
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await shops[1].checkout.client.listOrders({
        customerId,
        limit: 2,
        ...(cursor ? { cursor } : {}),
      });
      expect(page.items.length).toBeLessThanOrEqual(2);
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor ?? undefined;
    } while (cursor);
    expect(seen).toEqual(made);
    for (const odd of ['', 'x', 'AAAA', Buffer.from('2026-99-99T00:00:00.000Z a').toString('base64url')]) {
      await expect(
        shops[0].checkout.client.listOrders({ customerId, limit: 2, cursor: odd }),
      ).rejects.toThrow(/cursor/);
    }
  });
});

it('leaves the books in order', () => expectSoundBooks(ledger.url));
