import { orderIdOf, Shop, type Stockroom } from '../support/checkout-shop';
import { expectSoundBooks } from '../support/audit';
import { createLedger, type TestLedger } from '../support/database';
import { openStockroom } from '../support/stockroom';

const WINDOW_SECONDS = 10; // long enough for calls that are far apart when the payment is given up

let ledger: TestLedger;
let stock: Stockroom;
let shop: Shop;

beforeAll(async () => {
  ledger = await createLedger('checkout_crowd');
  stock = await openStockroom(ledger.url, WINDOW_SECONDS);
  shop = await new Shop(stock, ledger.url).open();
});

afterAll(async () => {
  await shop?.close();
  await stock?.close();
  await ledger.drop();
});

const times = <T>(n: number, make: (nth: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: n }, (_, nth) => make(nth)));

it('a dozen payments that never arrive fail before hold and window are over, and give the units back', async () => {
  const dropId = await stock.newDrop({ units: 12, holdTtlSeconds: 3 });
  const late = await times(12, async () => {
    const hold = await shop.holdOf(dropId, 1);
    const outcome = await shop.pay(hold, 'tok_timeout_lost');
    const orderId = orderIdOf(outcome);
    await shop.until(hold, orderId, 'failed', 40_000);
    const endedAt = await shop.movedAt(orderId);
    return Math.max(0, endedAt - Date.parse(hold.expiresAt) - WINDOW_SECONDS * 1000);
  });
  expect(late).toEqual(Array(12).fill(0));
  expect(await stock.counts(dropId)).toEqual({ available: 12, held: 0, sold: 0 });
});

it('a lost answer is settled within 15 s beside sixty payments that hang', async () => {
  const crowded = await stock.newDrop({ units: 100, holdTtlSeconds: 30 });
  const hung = await times(60, async (nth) => (nth % 2 === 0 ? shop.holdOf(crowded, 1) : shop.hold()));
  const hold = await shop.holdOf(crowded, 1);
  const began = Date.now();
  const paying = Promise.all(hung.map((it) => shop.pay(it, 'tok_timeout_lost')));
  const outcome = await shop.pay(hold, 'tok_timeout_ok');
  await shop.until(hold, orderIdOf(outcome), 'paid', 15_000 - (Date.now() - began));
  for (const it of await paying) expect(it).toMatchObject({ status: 202 });
});

it('leaves the books in order', () => expectSoundBooks(ledger.url));
