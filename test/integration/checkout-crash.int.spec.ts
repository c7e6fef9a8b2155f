import { type Hold } from '@holdfast/contracts';
import { waitFor } from '@holdfast/testing';
import { Pool } from 'pg';
import { orderIdOf, Shop, type Stockroom } from '../support/checkout-shop';
import { expectSoundBooks } from '../support/audit';
import { createLedger, type TestLedger } from '../support/database';
import { Mortality } from '../support/mortality';
import { openStockroom } from '../support/stockroom';

const WINDOW_SECONDS = 1;
const CALLS_MAX = 40; // more than any way through the saga has
const moments = ['before', 'after'] as const;

let ledger: TestLedger;
let stock: Stockroom;
let admin: Pool;
/** The process that finds what the dead one left. It does nothing by itself: each round is asked for. */
let survivor: Shop;

beforeAll(async () => {
  ledger = await createLedger('checkout_crash');
  stock = await openStockroom(ledger.url, WINDOW_SECONDS);
  admin = new Pool({ connectionString: ledger.url, max: 2 });
  survivor = new Shop(stock, ledger.url, { timings: { replayWaitMs: 50 } });
});

afterAll(async () => {
  await survivor?.close();
  await admin?.end();
  await stock?.close();
  await ledger.drop();
});

function mortal(fate: Mortality): Shop {
  return new Shop({ ...stock, inventory: fate.wrap(stock.inventory) }, ledger.url, {
    wrapStore: (store) => fate.wrap(store),
    wrapProvider: (provider) => fate.wrap(provider),
  });
}

/** The dead process's lease ends. */
async function leaseEnds(hold: Hold): Promise<void> {
  await admin.query(
    'UPDATE checkout.orders SET next_check_at = clock_timestamp() WHERE hold_id = $1 AND next_check_at IS NOT NULL',
    [hold.id],
  );
}

async function finish(hold: Hold): Promise<string[]> {
  return waitFor('the survivor settles the order', async () => {
    await leaseEnds(hold);
    await survivor.checkout.completeRound();
    const { rows } = await admin.query<{ state: string; settled: boolean }>(
      'SELECT state, next_check_at IS NULL AS settled FROM checkout.orders WHERE hold_id = $1',
      [hold.id],
    );
    return rows.every((row) => row.settled) && rows.map((row) => row.state);
  });
}

/** Lets the process die before and after each of its calls, until it gets through alive. Returns how many deaths it died. */
async function dieEverywhere(story: (fate: Mortality, name: string) => Promise<void>): Promise<number> {
  let deaths = 0;
  for (const when of moments) {
    for (let at = 0; at < CALLS_MAX; at += 1) {
      const fate = new Mortality(at, when);
      await story(fate, `${when} ${at}`);
      if (!fate.dead) break;
      deaths += 1;
    }
  }
  return deaths;
}

describe('a process that dies while it takes a payment', () => {
  it('leaves an order that is paid once, whoever comes by first: the completer', async () => {
    const deaths = await dieEverywhere(async (fate, name) => {
      const shop = mortal(fate);
      const hold = await survivor.hold();
      await shop.pay(hold, 'tok_ok', name).catch(() => undefined);
      await finish(hold);
      const retried = await survivor.pay(hold, 'tok_ok', name);
      expect([name, retried]).toMatchObject([name, { kind: 'answered', status: 201 }]);
      expect(await survivor.pay(hold, 'tok_ok', name)).toEqual({ ...retried, replayed: true });
      await expectPaidOnce(hold);
      await shop.close();
    });
    expect(deaths).toBeGreaterThan(20);
  });

  it('or the shopper, who tries the same key again', async () => {
    await dieEverywhere(async (fate, name) => {
      const shop = mortal(fate);
      const hold = await survivor.hold();
      await shop.pay(hold, 'tok_ok', name).catch(() => undefined);
      const retried = await survivor.pay(hold, 'tok_ok', name);
      expect([name, retried]).toMatchObject([name, { kind: 'answered' }]);
      await finish(hold);
      expect(await survivor.pay(hold, 'tok_ok', name)).toEqual({ ...retried, replayed: true });
      await expectPaidOnce(hold);
      await shop.close();
    });
  });

  it('leaves a hold that another card can pay, when the first was declined', async () => {
    const deaths = await dieEverywhere(async (fate, name) => {
      const shop = mortal(fate);
      const hold = await survivor.hold();
      await shop.pay(hold, 'tok_declined', name).catch(() => undefined);
      await finish(hold);
      expect(await survivor.holdNow(hold)).toMatchObject({ state: 'held', expiresAt: hold.expiresAt });
      expect([name, await survivor.pay(hold, 'tok_ok')]).toMatchObject([name, { status: 201 }]);
      const charges = await survivor.charges(hold);
      expect(charges.filter(({ state }) => state === 'captured')).toHaveLength(1);
      await shop.close();
    });
    expect(deaths).toBeGreaterThan(14);
  });
});

describe('a completer that dies', () => {
  /** A late payment whose money has come and whose units are gone, prepared many times over because it takes seconds. */
  async function lateAndGone(): Promise<{ hold: Hold; orderId: string }> {
    const hold = await survivor.hold({ ttl: 3, units: 2 });
    const orderId = orderIdOf(await survivor.pay(hold, 'tok_late'));
    await waitFor('the hold is over', async () => (await stock.counts(hold.dropId)).available === 2);
    const rival = await survivor.holdOf(hold.dropId, 2);
    await survivor.buy(rival);
    await waitFor('the money has come', async () => {
      await survivor.checkout.sandboxRound();
      return (await survivor.charges(hold))[0]?.state === 'captured';
    });
    return { hold, orderId };
  }

  it('between any two steps of a refund leaves exactly one refund', async () => {
    const prepared = await Promise.all(Array.from({ length: 24 }, lateAndGone));
    await admin.query(
      `UPDATE checkout.orders SET next_check_at = 'infinity' WHERE next_check_at IS NOT NULL`,
    );
    const deaths = await dieEverywhere(async (fate) => {
      const late = prepared.pop();
      if (!late) throw new Error('prepare more');
      const shop = mortal(fate);
      await leaseEnds(late.hold);
      await shop.checkout.completeRound().catch(() => undefined);
      expect(await finish(late.hold)).toEqual(['refunded']);
      expect(await survivor.charges(late.hold)).toMatchObject([
        { state: 'captured', amountMinor: 1000, refundedMinor: 1000, refunds: 1 },
      ]);
      await shop.close();
    });
    expect(deaths).toBeGreaterThan(18);
    const { rows } = await admin.query('SELECT count(*)::int AS n FROM checkout.refund WHERE state <> $1', [
      'done',
    ]);
    expect(rows).toEqual([{ n: 0 }]);
  });
});

async function expectPaidOnce(hold: Hold): Promise<void> {
  expect(await survivor.charges(hold)).toMatchObject([
    { state: 'captured', amountMinor: 1000, refundedMinor: 0, refunds: 0 },
  ]);
  expect(await survivor.holdNow(hold)).toMatchObject({ state: 'confirmed' });
  expect(await stock.counts(hold.dropId)).toEqual({ available: 3, held: 0, sold: 2 });
  const facts = await admin.query(
    `SELECT type FROM checkout.outbox WHERE drop_id = $1 AND aggregatetype = 'order'`,
    [hold.dropId],
  );
  expect(facts.rows).toEqual([{ type: 'order.paid.v1' }]);
}

it('leaves the books in order', () => expectSoundBooks(ledger.url));
