import type { Hold, PlaceOrderOutcome } from '@holdfast/contracts';
import { fewestOf } from '@holdfast/testing';
import { orderIdOf, Shop, type Stockroom } from '../support/checkout-shop';
import { expectSoundBooks } from '../support/audit';
import { createLedger, type TestLedger } from '../support/database';
import { openStockroom } from '../support/stockroom';

const HONEST = 21;
const COPIES = 300;
const WAVES = 4;
/** How much slower an honest payment may be beside the copies than alone, at the median: what joining and a shared machine cost. */
const SLOWER_MAX = 4;
const ATTACKER = '203.0.113.7';

let ledger: TestLedger;
let stock: Stockroom;
let shop: Shop;

beforeAll(async () => {
  ledger = await createLedger('checkout_copies');
  stock = await openStockroom(ledger.url, 3);
  shop = await new Shop(stock, ledger.url).open();
});

afterAll(async () => {
  await shop?.close();
  await stock?.close();
  await ledger.drop();
});

const times = <T>(n: number, make: (nth: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: n }, (_, nth) => make(nth)));

/** Honest shoppers pay at once, each from an address of their own. Their answers, and the median of their waits. */
async function honest(holds: Hold[]): Promise<{ outcomes: PlaceOrderOutcome[]; p50Ms: number }> {
  const waits: number[] = [];
  const outcomes = await times(holds.length, async (nth) => {
    const began = performance.now();
    const outcome = await shop.pay(holds[nth]!, 'tok_ok', undefined, `198.51.100.${nth}`);
    waits.push(performance.now() - began);
    return outcome;
  });
  return { outcomes, p50Ms: waits.sort((a, b) => a - b)[Math.floor(waits.length / 2)]! };
}

it('copies of one order that hangs cost honest payments next to nothing', async () => {
  const slowerBeside = async () => {
    const dropId = await stock.newDrop({ units: 200, holdTtlSeconds: 60 });
    const holds = () => times(HONEST, () => shop.holdOf(dropId, 1));
    await honest(await holds()); // the first payments open connections and prepare statements
    const quiet = await honest(await holds());

    const hung = await shop.holdOf(dropId, 1);
    const shoppers = await holds();
    const copies = times(COPIES, () => shop.pay(hung, 'tok_timeout_lost', 'one key', ATTACKER));
    const beside = await honest(shoppers);

    expect(beside.outcomes.filter((it) => it.kind !== 'answered' || it.status !== 201)).toEqual([]);
    const answers = await copies;
    expect(answers.filter((it) => it.kind === 'answered' && !it.replayed)).toHaveLength(1);
    const bodies = answers.map((it) => (it.kind === 'answered' ? it.body : it.kind));
    expect(new Set(bodies.filter((it) => it !== 'in-progress')).size).toBe(1);
    return beside.p50Ms / quiet.p50Ms;
  };
  // Other work may come while the second of the two is measured.
  expect(await fewestOf(SLOWER_MAX, slowerBeside)).toBeLessThanOrEqual(SLOWER_MAX);
});

it('orders of one address that all hang leave places to others', async () => {
  const dropId = await stock.newDrop({ units: 200, holdTtlSeconds: 60 });
  const hung = await times(50, () => shop.holdOf(dropId, 1));
  const shoppers = await times(HONEST, () => shop.holdOf(dropId, 1));
  const attack = times(hung.length * WAVES, (nth) =>
    shop.pay(hung[nth % hung.length]!, 'tok_timeout_lost', `key ${nth % hung.length}`, ATTACKER),
  );
  const { outcomes } = await honest(shoppers);
  for (const outcome of outcomes) expect(outcome).toMatchObject({ kind: 'answered' });
  await times(HONEST, (nth) => shop.until(shoppers[nth]!, orderIdOf(outcomes[nth]!), 'paid', 20_000));
  await attack;
});

it('leaves the books in order', () => expectSoundBooks(ledger.url));
