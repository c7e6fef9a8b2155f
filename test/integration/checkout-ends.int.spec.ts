import type { Hold } from '@holdfast/contracts';
import { waitFor } from '@holdfast/testing';
import { Pool } from 'pg';
import type { PaymentProvider } from '../../apps/checkout/src/application/ports/payment-provider.port';
import { newCustomer, orderIdOf, Shop, type Stockroom } from '../support/checkout-shop';
import { expectSoundBooks } from '../support/audit';
import { createLedger, type TestLedger } from '../support/database';
import { Mortality } from '../support/mortality';
import { openStockroom } from '../support/stockroom';

const CALLS_MAX = 30; // more than either way through the saga has

let ledger: TestLedger;
let stock: Stockroom;
let admin: Pool;

beforeAll(async () => {
  ledger = await createLedger('checkout_ends');
  stock = await openStockroom(ledger.url, 10);
  admin = new Pool({ connectionString: ledger.url, max: 2 });
});

afterAll(async () => {
  await admin?.end();
  await stock?.close();
  await ledger.drop();
});

type WrapProvider = (provider: PaymentProvider) => PaymentProvider;

const shopWith = (wrapProvider: WrapProvider) => new Shop(stock, ledger.url, { wrapProvider });

/** The completer's lease has ended; it drives what is open until all of the hold's orders are settled. */
async function finish(shop: Shop, hold: Hold): Promise<void> {
  await waitFor('the order is settled', async () => {
    await admin.query(
      'UPDATE checkout.orders SET next_check_at = clock_timestamp() WHERE hold_id = $1 AND next_check_at IS NOT NULL',
      [hold.id],
    );
    await shop.checkout.completeRound();
    const { rowCount } = await admin.query(
      'SELECT FROM checkout.orders WHERE hold_id = $1 AND next_check_at IS NOT NULL',
      [hold.id],
    );
    return rowCount === 0;
  });
}

/** Tells the story with a process that dies before, and after, each of its calls. */
async function dieEverywhere(
  wrapProvider: WrapProvider,
  story: (shop: Shop, key: string) => Promise<void>,
): Promise<number> {
  let deaths = 0;
  for (const when of ['before', 'after'] as const) {
    for (let at = 0; at < CALLS_MAX; at += 1) {
      const fate = new Mortality(at, when);
      const shop = new Shop({ ...stock, inventory: fate.wrap(stock.inventory) }, ledger.url, {
        wrapStore: (store) => fate.wrap(store),
        wrapProvider: (provider) => fate.wrap(wrapProvider(provider)),
      });
      try {
        await story(shop, `${when} ${at}`);
      } finally {
        await shop.close();
      }
      if (!fate.dead) break;
      deaths += 1;
    }
  }
  return deaths;
}

describe('an order of 0', () => {
  /** Nobody may be asked for money. */
  const noProvider: WrapProvider = (provider) =>
    new Proxy(provider, {
      get: (target, name) =>
        ['name', 'judgeToken'].includes(String(name))
          ? (Reflect.get(target, name) as unknown)
          : () => Promise.reject(new Error(`the provider was asked: ${String(name)}`)),
    });
  let shop: Shop;
  beforeAll(() => (shop = shopWith(noProvider)));
  afterAll(() => shop?.close());
  const freeHold = async () =>
    shop.holdOf(await stock.newDrop({ units: 5, holdTtlSeconds: 60, priceMinor: 0 }), 2);

  it.each(['tok_ok', 'tok_declined', 'tok_timeout_lost', 'tok_3ds'])(
    'is paid without the provider, with %s too',
    async (token) => {
      const hold = await freeHold();
      const paid = await shop.pay(hold, token, 'key');
      expect(paid).toMatchObject({ kind: 'answered', status: 201, replayed: false });
      expect(await shop.order(hold, orderIdOf(paid))).toMatchObject({
        state: 'paid',
        total: { amountMinor: 0, currency: 'EUR' },
        payment: { provider: 'none', reference: null, state: 'captured' },
      });
      expect(await shop.pay(hold, token, 'key')).toEqual({ ...paid, replayed: true });
      expect(await shop.charges(hold)).toEqual([]);
      expect(await shop.holdNow(hold)).toMatchObject({ state: 'confirmed' });
      expect(await stock.counts(hold.dropId)).toEqual({ available: 3, held: 0, sold: 2 });
      expect(await shop.pay(hold, token)).toEqual({ kind: 'hold-not-active' });
    },
  );

  it('with an unknown token is refused like any other', async () => {
    expect(await shop.pay(await freeHold(), 'tok_nonsense')).toEqual({ kind: 'unknown-token' });
  });

  it('is completed by the completer, wherever its process died', async () => {
    const deaths = await dieEverywhere(noProvider, async (mortal, key) => {
      const hold = await freeHold();
      await mortal.pay(hold, 'tok_ok', key).catch(() => undefined);
      await finish(shop, hold);
      const retried = await shop.pay(hold, 'tok_ok', key);
      expect([key, retried]).toMatchObject([key, { kind: 'answered', status: 201 }]);
      expect(await shop.charges(hold)).toEqual([]);
      expect(await stock.counts(hold.dropId)).toEqual({ available: 3, held: 0, sold: 2 });
    });
    expect(deaths).toBeGreaterThan(10);
  });
});

describe('an authorisation that is void when the units are sold', () => {
  const voidsFirst: WrapProvider = (provider) => {
    const capture = provider.capture.bind(provider);
    provider.capture = async (key, options) => {
      await provider.void(key);
      return capture(key, options);
    };
    return provider;
  };
  let shop: Shop;
  beforeAll(() => (shop = shopWith(voidsFirst)));
  afterAll(() => shop?.close());
  const everything = { available: 5, held: 0, sold: 0 };

  it('ends the order, puts the units back on offer and tells the shopper why', async () => {
    const hold = await shop.hold();
    expect(await shop.pay(hold, 'tok_ok', 'key')).toEqual({ kind: 'hold-not-active' });
    const { items } = await shop.checkout.client.listOrders({ customerId: hold.customerId, limit: 5 });
    expect(items).toMatchObject([
      { state: 'failed', reason: 'payment-voided', payment: { provider: 'sandbox', state: 'voided' } },
    ]);
    expect(await shop.charges(hold)).toMatchObject([{ state: 'voided', refunds: 0 }]);
    expect(await stock.counts(hold.dropId)).toEqual(everything);
    expect(await shop.pay(hold, 'tok_ok', 'key')).toEqual({ kind: 'hold-not-active' });
  });

  it('gives the customer’s limit back, and the units to somebody else', async () => {
    const dropId = await stock.newDrop({ units: 10, holdTtlSeconds: 60 });
    const customer = newCustomer();
    await shop.pay(await shop.holdOf(dropId, 10, customer), 'tok_ok');
    const again = await shop.holdOf(dropId, 10, customer);
    const honest = new Shop(stock, ledger.url);
    try {
      expect(await honest.pay(again, 'tok_ok')).toMatchObject({ status: 201 });
    } finally {
      await honest.close();
    }
    expect(await stock.counts(dropId)).toEqual({ available: 0, held: 0, sold: 10 });
  });

  it('keeps its key: an order has the units of one hold, returned or sold, never of two', async () => {
    const dropId = await stock.newDrop({ units: 10, holdTtlSeconds: 60 });
    const customer = newCustomer();
    expect(await shop.pay(await shop.holdOf(dropId, 2, customer), 'tok_ok', 'one key')).toEqual({
      kind: 'hold-not-active',
    });
    const next = await shop.holdOf(dropId, 2, customer);
    expect(await shop.pay(next, 'tok_ok', 'one key')).toEqual({ kind: 'key-reused' });
    expect(await stock.counts(dropId)).toEqual({ available: 8, held: 2, sold: 0 });
  });

  it('returns the units once, wherever the process died', async () => {
    const deaths = await dieEverywhere(voidsFirst, async (mortal, key) => {
      const hold = await shop.hold();
      await mortal.pay(hold, 'tok_ok', key).catch(() => undefined);
      await finish(shop, hold);
      if ((await shop.holdNow(hold))?.state === 'held') await shop.pay(hold, 'tok_ok', key);
      expect([key, await stock.counts(hold.dropId)]).toEqual([key, everything]);
      expect((await shop.charges(hold)).map(({ state }) => state)).toEqual(['voided']);
    });
    expect(deaths).toBeGreaterThan(20);
  });
});

it('leaves the books in order', () => expectSoundBooks(ledger.url));
