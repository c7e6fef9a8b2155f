import type { Hold } from '@holdfast/contracts';
import { unloaded, waitFor } from '@holdfast/testing';
import { orderIdOf, Shop, type Stockroom } from '../support/checkout-shop';
import { expectSoundBooks } from '../support/audit';
import { createLedger, type TestLedger } from '../support/database';
import { openStockroom } from '../support/stockroom';

const WINDOW_SECONDS = 2;
// A quarter of hold and window, two seconds at most, is left when a payment is given up: with this hold it is two seconds.
const GIVEN_UP_TTL_SECONDS = 6;

let ledger: TestLedger;
let stock: Stockroom;
let shop: Shop;

beforeAll(async () => {
  ledger = await createLedger('checkout_tokens');
  stock = await openStockroom(ledger.url, WINDOW_SECONDS);
  shop = await new Shop(stock, ledger.url).open();
});

afterAll(async () => {
  await shop?.close();
  await stock?.close();
  await ledger.drop();
});

const captured = { state: 'captured', amountMinor: 1000, refundedMinor: 0, refunds: 0 };
const approve = (reference: string | null, answer: 'approve' | 'deny' = 'approve') =>
  shop.checkout.client.answerBankChallenge(reference ?? '', answer);

async function challenged(options?: { ttl: number }) {
  const hold = await shop.hold(options);
  const outcome = await shop.pay(hold, 'tok_3ds');
  expect(outcome).toMatchObject({ status: 202 });
  const order = await shop.order(hold, orderIdOf(outcome));
  const reference = order?.payment.reference ?? '';
  expect(order?.payment).toMatchObject({
    state: 'requires-action',
    nextAction: { type: 'redirect', url: `${shop.runtime.address}/sandbox/3ds/${reference}` },
  });
  return { hold, orderId: orderIdOf(outcome), reference };
}

async function late(hold: Hold) {
  const outcome = await shop.pay(hold, 'tok_late');
  expect(outcome).toMatchObject({ status: 202 });
  return orderIdOf(outcome);
}

// Each waits for times of the product, on a drop of its own: they wait together.
describe('each sandbox token ends as the contract says, by the provider’s own record', () => {
  it.concurrent('tok_ok is paid at once', async () => {
    const hold = await shop.hold();
    const outcome = await shop.pay(hold, 'tok_ok');
    expect(outcome).toMatchObject({ kind: 'answered', status: 201, replayed: false });
    expect(await shop.order(hold, orderIdOf(outcome))).toMatchObject({
      state: 'paid',
      payment: { state: 'captured', provider: 'sandbox' },
    });
    expect(await shop.charges(hold)).toMatchObject([captured]);
    expect(await shop.holdNow(hold)).toMatchObject({ state: 'confirmed' });
    expect(await stock.counts(hold.dropId)).toEqual({ available: 3, held: 0, sold: 2 });
  });

  it.concurrent('tok_declined charges nothing, keeps the hold, and another card may follow', async () => {
    const hold = await shop.hold();
    expect(await shop.pay(hold, 'tok_declined')).toMatchObject({ kind: 'declined' });
    expect(await shop.charges(hold)).toMatchObject([{ state: 'declined', refundedMinor: 0 }]);
    expect(await shop.holdNow(hold)).toMatchObject({ state: 'held', expiresAt: hold.expiresAt });
    expect(await shop.pay(hold, 'tok_ok')).toMatchObject({ kind: 'answered', status: 201 });
    expect(await shop.charges(hold)).toMatchObject([{ state: 'declined' }, captured]);
  });

  it.concurrent('a decline is not stored: the same key may try again, with another card too', async () => {
    const hold = await shop.hold();
    expect(await shop.pay(hold, 'tok_declined', 'key')).toMatchObject({ kind: 'declined' });
    expect(await shop.pay(hold, 'tok_declined', 'key')).toMatchObject({ kind: 'declined' });
    expect(await shop.pay(hold, 'tok_ok', 'key')).toMatchObject({ kind: 'answered', status: 201 });
    expect(await shop.pay(hold, 'tok_declined', 'key')).toEqual({ kind: 'key-reused' });
    expect(await shop.charges(hold)).toMatchObject([{ state: 'declined' }, { state: 'declined' }, captured]);
  });

  it.concurrent('tok_slow is pending after two seconds and paid after three', async () => {
    const hold = await shop.hold();
    const outcome = await shop.pay(hold, 'tok_slow');
    expect(outcome).toMatchObject({ status: 202 });
    await shop.until(hold, orderIdOf(outcome), 'paid');
    expect(await shop.charges(hold)).toMatchObject([captured]);
  });

  it.concurrent('tok_timeout_ok is charged once although the answer was lost', async () => {
    const hold = await shop.hold();
    const began = Date.now();
    const outcome = await shop.pay(hold, 'tok_timeout_ok');
    expect(outcome).toMatchObject({ status: 202 });
    await shop.until(hold, orderIdOf(outcome), 'paid');
    expect(unloaded(Date.now() - began)).toBeLessThan(15_000);
    expect(await shop.charges(hold)).toMatchObject([captured]);
  });

  it.concurrent('tok_timeout_ok is paid although its answer is lost until the hold is over', async () => {
    const hold = await shop.hold({ ttl: 3 });
    const outcome = await shop.pay(hold, 'tok_timeout_ok');
    await shop.until(hold, orderIdOf(outcome), 'paid');
    expect(await shop.charges(hold)).toMatchObject([captured]);
  });

  it.concurrent(
    'tok_timeout_lost fails before hold and window are over, gives the units back and charges nothing',
    async () => {
      const hold = await shop.hold({ ttl: GIVEN_UP_TTL_SECONDS });
      const outcome = await shop.pay(hold, 'tok_timeout_lost');
      expect(outcome).toMatchObject({ status: 202 });
      const order = await shop.until(hold, orderIdOf(outcome), 'failed');
      expect(await shop.movedAt(order.id)).toBeLessThan(Date.parse(hold.expiresAt) + WINDOW_SECONDS * 1000);
      expect(order.reason).toBe('payment-timed-out');
      expect(await shop.charges(hold)).toEqual([]);
      expect(await shop.holdNow(hold)).toMatchObject({ state: 'released' });
      expect(await stock.counts(hold.dropId)).toEqual({ available: 5, held: 0, sold: 0 });
    },
  );

  it.concurrent('a payment that failed after its 202 still answers the key with that 202', async () => {
    const hold = await shop.hold({ ttl: 3 });
    const first = await shop.pay(hold, 'tok_timeout_lost', 'key');
    await shop.until(hold, orderIdOf(first), 'failed');
    expect(await shop.pay(hold, 'tok_timeout_lost', 'key')).toEqual({ ...first, replayed: true });
  });

  it.concurrent('an unknown token is refused before anything is written', async () => {
    const hold = await shop.hold();
    expect(await shop.pay(hold, 'tok_nonsense')).toEqual({ kind: 'unknown-token' });
    expect(await shop.checkout.client.listOrders({ customerId: hold.customerId, limit: 10 })).toEqual({
      items: [],
      nextCursor: null,
    });
  });

  it.concurrent.each(['tok_slow', 'tok_timeout_ok', 'tok_timeout_lost', 'tok_late'])(
    'where strangers come, %s is refused before anything is written, and the hold can be paid',
    async (token) => {
      const open = new Shop(stock, ledger.url, { sandboxFaults: false });
      try {
        const hold = await open.hold();
        expect(await open.pay(hold, token)).toEqual({ kind: 'token-refused' });
        expect(await open.charges(hold)).toEqual([]);
        expect(await open.pay(hold, 'tok_ok')).toMatchObject({ status: 201 });
      } finally {
        await open.close();
      }
    },
  );

  it.concurrent('tok_3ds, approved, it is paid, and a second answer changes nothing', async () => {
    const { hold, orderId, reference } = await challenged();
    expect(await shop.checkout.client.getBankChallenge(reference)).toMatchObject({
      state: 'open',
      amount: { amountMinor: 1000, currency: 'EUR' },
      returnPath: `/d/${hold.dropId}?order=${orderId}`,
    });
    expect(await approve(reference)).toMatchObject({ state: 'approved' });
    const order = await shop.until(hold, orderId, 'paid');
    expect(order.payment.nextAction).toBeUndefined();
    expect(await approve(reference, 'deny')).toMatchObject({ state: 'approved' });
    expect(await shop.charges(hold)).toMatchObject([captured]);
  });

  it.concurrent('tok_3ds, denied, it fails and the hold is the shopper’s again', async () => {
    const { hold, orderId, reference } = await challenged();
    expect(await approve(reference, 'deny')).toMatchObject({ state: 'denied' });
    expect(await shop.until(hold, orderId, 'failed')).toMatchObject({ reason: 'payment-declined' });
    expect(await shop.holdNow(hold)).toMatchObject({ state: 'held' });
    expect(await shop.charges(hold)).toMatchObject([{ state: 'declined' }]);
    expect(await shop.pay(hold, 'tok_ok')).toMatchObject({ status: 201 });
  });

  it.concurrent(
    'tok_3ds, left alone, it is cancelled in time, the units go back and a late approval comes to nothing',
    async () => {
      const { hold, orderId, reference } = await challenged({ ttl: GIVEN_UP_TTL_SECONDS });
      expect(await shop.until(hold, orderId, 'failed')).toMatchObject({ reason: 'payment-timed-out' });
      expect(await shop.movedAt(orderId)).toBeLessThan(Date.parse(hold.expiresAt) + WINDOW_SECONDS * 1000);
      expect(await approve(reference)).toMatchObject({ state: 'over' });
      expect(await shop.charges(hold)).toMatchObject([{ state: 'voided' }]);
      expect(await stock.counts(hold.dropId)).toEqual({ available: 5, held: 0, sold: 0 });
    },
  );

  it.concurrent('tok_3ds knows no other references', async () => {
    for (const odd of ['', 'ch_', 'nonsense', `ch_${'0'.repeat(26)}`, 'ch_\u0000']) {
      expect(await shop.checkout.client.getBankChallenge(odd)).toBeNull();
      expect(await approve(odd)).toBeNull();
    }
    const hold = await shop.hold();
    await shop.pay(hold, 'tok_ok');
    const [charge] = await shop.charges(hold);
    expect(await approve(charge?.reference ?? '', 'deny')).toBeNull();
  });

  it.concurrent(
    'tok_late, which brings the money after hold and window are over, is paid when the units can be taken again',
    async () => {
      const hold = await shop.hold({ ttl: 3 });
      await shop.until(hold, await late(hold), 'paid');
      expect(Date.now()).toBeGreaterThan(Date.parse(hold.expiresAt) + WINDOW_SECONDS * 1000);
      expect(await shop.charges(hold)).toMatchObject([captured]);
      expect(await stock.counts(hold.dropId)).toEqual({ available: 3, held: 0, sold: 2 });
    },
  );
});

// By itself: it stops the process that all others pay at.
describe('tok_late brings the money after hold and window are over', () => {
  it('is refunded once, whole, when they are gone, also with every webhook twice and two completers', async () => {
    const hold = await shop.hold({ ttl: 3, units: 2 });
    shop.deliverTimes = 3;
    // The money comes a second after the end of the hold: nobody looks at it until somebody else has the units.
    await shop.checkout.stop();
    const orderId = await late(hold);
    await waitFor('the hold is over', async () => (await stock.counts(hold.dropId)).available === 2);
    await shop.buy(await shop.holdOf(hold.dropId, 2));
    await shop.checkout.start();
    const second = await new Shop(stock, ledger.url).open();
    try {
      const order = await shop.until(hold, orderId, 'refunded');
      expect(order).toMatchObject({ reason: 'units-gone', payment: { state: 'refunded' } });
      expect(await shop.charges(hold)).toMatchObject([
        { state: 'captured', amountMinor: 1000, refundedMinor: 1000, refunds: 1 },
      ]);
      expect(await stock.counts(hold.dropId)).toEqual({ available: 0, held: 0, sold: 2 });
    } finally {
      shop.deliverTimes = 1;
      await second.close();
    }
  });
});

it('leaves the books in order', () => expectSoundBooks(ledger.url));
