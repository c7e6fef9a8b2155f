import type { Hold, Network, PlaceOutcome } from '@holdfast/contracts';
import { migrate } from '@holdfast/postgres';
import { seededRandom } from '@holdfast/kernel';
import { createDatabase, dropDatabase } from '@holdfast/testing';
import { inventoryMigrations } from '../../apps/inventory/src/adapters/postgres/migrations';
import { LedgerUnreachable, type Ledger } from '../../apps/inventory/src/application/ports/ledger.port';
import { createLedger, type TestLedger } from '../support/database';
import { insertDrop, onDatabase, type TestDrop } from '../support/drops';
import {
  countWords,
  newCustomerId,
  openInventory,
  placeHold,
  wordOf,
  type Inventory,
  type Wish,
} from '../support/inventory';
import { readTruth } from '../support/ledger-truth';
import { merchantCommand } from '../support/merchant-command';

let db: TestLedger;
let one: Inventory;
let other: Inventory;

beforeAll(async () => {
  db = await createLedger('network_budget');
  one = openInventory(db.url);
  other = openInventory(db.url);
});

afterAll(async () => {
  await Promise.all([one.close(), other.close()]);
  await db.drop();
});

const dropsOfTest: string[] = [];

async function sellOf(drop: Partial<TestDrop> = {}): Promise<string> {
  const dropId = await insertDrop(db.url, { skus: { A: 500 }, ...drop });
  dropsOfTest.push(dropId);
  return dropId;
}

// Also that each network is counted as having what its live holds say.
afterEach(async () => {
  for (const dropId of dropsOfTest.splice(0)) expect((await readTruth(db.url, dropId)).faults).toEqual([]);
});

const v4 = (id: number): Network => ({ id, blockId: null });
const v6 = (id: number, blockId: number): Network => ({ id, blockId });
const HOME = v4(1);

/** So many shoppers at once, each a new customer who wants one unit. */
function crowd(size: number, dropId: string, wish: Wish = {}, at = [one]): Promise<PlaceOutcome[]> {
  return Promise.all(
    Array.from({ length: size }, (_, i) => placeHold(at[i % at.length]!, dropId, { network: HOME, ...wish })),
  );
}

const holdsOf = (outcomes: PlaceOutcome[]): Hold[] =>
  outcomes.flatMap((outcome) => (outcome.kind === 'held' ? [outcome.hold] : []));
const words = (outcomes: PlaceOutcome[]) => countWords(outcomes.map(wordOf));
const ref = ({ id, customerId }: Hold) => ({ holdId: id, customerId });
const paying = (hold: Hold, orderId = 'order-1') => ({ ...ref(hold), orderId });

/** Lets the time of all live holds of a drop be over, and sweeps. */
async function expireAll(dropId: string): Promise<void> {
  await onDatabase(db.url, (client) =>
    client.query(
      `UPDATE inventory.hold SET expires_at = expires_at - interval '2 days', first_expires_at = first_expires_at - interval '2 days'
       WHERE drop_id = $1 AND state = 'held'`,
      [dropId],
    ),
  );
  await one.sweeper.sweep();
}

async function adjust(dropId: string, sku: string, delta: number): Promise<void> {
  const command = { ...merchantCommand(), dropId, sku, delta, reason: 'test' };
  expect(await one.client.adjustStock(command)).toMatchObject({ kind: 'adjusted' });
}

describe('the unpaid units of one network in one drop', () => {
  it('are 50 at most, however many customers ask at once', async () => {
    const dropId = await sellOf();
    const outcomes = await crowd(120, dropId);
    expect(words(outcomes)).toEqual({ held: 50, 'limit-reached': 70 });
    for (const outcome of outcomes) if (outcome.kind === 'refused') expect(outcome.limitOf).toBe('network');
  });

  it('are 50 at most at two owners of the lane, with baskets of several units', async () => {
    const random = seededRandom(5);
    const dropId = await sellOf({ skus: { A: 300, B: 300 } });
    const outcomes = await Promise.all(
      Array.from({ length: 200 }, (_, i) =>
        placeHold(i % 2 ? one : other, dropId, {
          network: HOME,
          lines: ['A', 'B'].map((sku) => ({ sku, quantity: 1 + Math.floor(random() * 2) })),
        }),
      ),
    );
    const units = holdsOf(outcomes).reduce(
      (sum, { lines }) => sum + lines.reduce((all, { quantity }) => all + quantity, 0),
      0,
    );
    // The smallest basket has two units: one more would have fitted, had there been room for it.
    expect(units).toBeGreaterThanOrEqual(49);
    expect(units).toBeLessThanOrEqual(50);
  });

  it('leave the rest of the drop to everybody else: 149 shoppers of other networks get theirs', async () => {
    const dropId = await sellOf();
    const attack = crowd(500, dropId, {}, [one, other]);
    const honest = Array.from({ length: 149 }, (_, i) => placeHold(one, dropId, { network: v4(100 + i) }));
    expect(words(await Promise.all(honest))).toEqual({ held: 149 });
    expect(words(await attack)).toEqual({ held: 50, 'limit-reached': 450 });
  });

  it('are 5 % of a large drop, over all its SKUs, and change with its stock', async () => {
    const dropId = await sellOf({ skus: { A: 1_000, B: 1_039 } });
    expect(words(await crowd(150, dropId))).toEqual({ held: 101, 'limit-reached': 49 });
    await adjust(dropId, 'B', 61);
    expect(words(await crowd(10, dropId))).toEqual({ held: 4, 'limit-reached': 6 });
    await adjust(dropId, 'B', -1_000);
    expect(words(await crowd(1, dropId))).toEqual({ 'limit-reached': 1 });
  });

  it('have a budget in a drop of any size, also where 5 % of it are more than an integer holds', async () => {
    const skus = Object.fromEntries(Array.from({ length: 60 }, (_, n) => [`S${n}`, 100_000_000]));
    const dropId = await sellOf({ skus });
    const lines = [{ sku: 'S0', quantity: 1 }];
    expect(words(await crowd(60, dropId, { lines, network: v6(11, 12) }))).toEqual({ held: 60 });
  });

  it('are counted for each drop', async () => {
    const [first, second] = [await sellOf(), await sellOf()];
    expect(words(await crowd(60, first))).toEqual({ held: 50, 'limit-reached': 10 });
    expect(words(await crowd(60, second))).toEqual({ held: 50, 'limit-reached': 10 });
  });

  it('are not counted without a network: limits are off, or an operator places', async () => {
    expect(words(await crowd(200, await sellOf(), { network: null }))).toEqual({ held: 200 });
  });

  it('are 50 for an IPv6 /64, and eight times that for its /48', async () => {
    const dropId = await sellOf({ skus: { A: 900 } });
    const outcomes: PlaceOutcome[][] = await Promise.all(
      Array.from({ length: 10 }, (_, i) => crowd(60, dropId, { network: v6(1_000 + i, 77) })),
    );
    for (const of64 of outcomes) expect(holdsOf(of64).length).toBeLessThanOrEqual(50);
    expect(words(outcomes.flat())).toEqual({ held: 400, 'limit-reached': 200 });
    expect(words(await crowd(3, dropId, { network: v6(2_000, 78) }))).toEqual({ held: 3 });
  });

  it('stay counted when everything but the ledger is new', async () => {
    const dropId = await sellOf();
    await crowd(50, dropId);
    const restarted = openInventory(db.url);
    expect(words(await crowd(3, dropId, {}, [restarted]))).toEqual({ 'limit-reached': 3 });
    await restarted.close();
  });

  it('count once when replies are lost and batches are sent again', async () => {
    let lost = 0;
    const unreliable = openInventory(db.url, {
      wrap: (ledger: Ledger) => {
        const runBatch = ledger.runBatch.bind(ledger);
        ledger.runBatch = async (dropId, commands) => {
          const result = await runBatch(dropId, commands);
          lost += 1;
          if (lost % 2 === 1) throw new LedgerUnreachable('the reply was lost');
          return result;
        };
        return ledger;
      },
    });
    const dropId = await sellOf();
    const { held = 0, replayed = 0, ...refused } = words(await crowd(80, dropId, {}, [unreliable]));
    expect([held + replayed, refused]).toEqual([50, { 'limit-reached': 30 }]);
    await unreliable.close();
  });
});

describe('a network that has all it may', () => {
  it('still hears what its keys have done', async () => {
    const dropId = await sellOf();
    const wish = { customerId: newCustomerId(), key: 'again', network: HOME };
    const first = await placeHold(one, dropId, wish);
    await crowd(60, dropId);
    expect(await placeHold(other, dropId, wish)).toEqual({ ...first, replayed: true });
    const misused = { ...wish, lines: [{ sku: 'A', quantity: 2 }] };
    expect(wordOf(await placeHold(one, dropId, misused))).toBe('key-reused');
    expect(words(await crowd(1, dropId))).toEqual({ 'limit-reached': 1 });
  });

  it('hears what comes before a limit, and the limit before "sold out"', async () => {
    const dropId = await sellOf({ skus: { A: 50, B: 0 } });
    await crowd(50, dropId);
    const unknown = [
      { sku: 'A', quantity: 1 },
      { sku: 'nope', quantity: 1 },
    ];
    expect(words(await crowd(1, dropId, { lines: unknown }))).toEqual({ 'unknown-sku': 1 });
    expect(words(await crowd(1, dropId))).toEqual({ 'limit-reached': 1 });
    expect(words(await crowd(1, dropId, { network: v4(2) }))).toEqual({ 'sold-out': 1 });
    for (const [state, word] of [
      ['paused', 'drop-not-open'],
      ['closed', 'drop-closed'],
    ]) {
      await onDatabase(db.url, (client) =>
        client.query('UPDATE inventory.drop SET state = $2 WHERE drop_id = $1', [dropId, state]),
      );
      expect(words(await crowd(1, dropId))).toEqual({ [word!]: 1 });
    }
  });

  it('takes none from its neighbours in the batch', async () => {
    const dropId = await sellOf();
    await crowd(50, dropId);
    const [mine, theirs] = await Promise.all([crowd(40, dropId), crowd(40, dropId, { network: v4(2) })]);
    expect(words(mine)).toEqual({ 'limit-reached': 40 });
    expect(words(theirs)).toEqual({ held: 40 });
  });

  it('gets a unit back for each that is paid for, released or expired, once', async () => {
    const dropId = await sellOf();
    const [paid, released, declined, ...rest] = holdsOf(await crowd(50, dropId));
    const full = async () => expect(words(await crowd(1, dropId))).toEqual({ 'limit-reached': 1 });
    const oneFree = async () =>
      expect(words(await crowd(2, dropId))).toEqual({ held: 1, 'limit-reached': 1 });

    await one.client.extendHold(paying(paid!));
    await full();
    await other.client.confirmHold(paying(paid!));
    await one.client.confirmHold(paying(paid!));
    await oneFree();

    await other.client.releaseHold(ref(released!));
    await one.client.releaseHold(ref(released!));
    await oneFree();

    await one.client.extendHold(paying(declined!));
    await one.client.yieldHold(paying(declined!));
    await full();
    await one.client.extendHold(paying(declined!, 'order-2'));
    await one.client.releaseForOrder(paying(declined!, 'order-2'));
    await oneFree();

    expect(rest).toHaveLength(47);
    await expireAll(dropId);
    const { held = 0 } = words(await crowd(60, dropId));
    expect(held).toBeGreaterThan(10);
  });

  it('gets back what its block has given up, too', async () => {
    const dropId = await sellOf({ skus: { A: 900 } });
    const nets = Array.from({ length: 8 }, (_, i) => v6(10 + i, 5));
    const held = holdsOf((await Promise.all(nets.map((network) => crowd(50, dropId, { network })))).flat());
    expect(held).toHaveLength(400);
    const newcomer = { network: v6(99, 5) };
    expect(words(await crowd(1, dropId, newcomer))).toEqual({ 'limit-reached': 1 });
    await one.client.releaseHold(ref(held[0]!));
    expect(words(await crowd(2, dropId, newcomer))).toEqual({ held: 1, 'limit-reached': 1 });
  });

  it('gets no more for money that comes after the end of a hold', async () => {
    const dropId = await sellOf();
    const late = holdsOf(await crowd(1, dropId))[0]!;
    await expireAll(dropId);
    await crowd(50, dropId);
    expect(await one.client.retakeHold(paying(late))).toEqual({ kind: 'confirmed' });
    expect(await one.client.retakeHold(paying(late))).toEqual({ kind: 'confirmed' });
    expect(words(await crowd(1, dropId))).toEqual({ 'limit-reached': 1 });
  });
});

describe('holds of before there were networks', () => {
  it('end as ever, and count for nobody', async () => {
    const url = await createDatabase('network_before');
    const before = inventoryMigrations.migrations.filter(({ name }) => !name.startsWith('NetworkBudget'));
    const none = { ...inventoryMigrations.grants, text: 'SELECT' };
    await migrate(url, [{ ...inventoryMigrations, migrations: before, functions: [], grants: none }]);
    const dropId = await insertDrop(url, { skus: { A: 500 } });
    const holdIds = [1, 2, 3].map((n) => `${dropId}-h${String(n).padStart(26, '0')}`);
    await onDatabase(url, async (client) => {
      await client.query(
        `INSERT INTO inventory.hold (drop_id, hold_id, customer_id, state, fingerprint, skus, quantities, prices_minor, currency, units,
           created_at, first_expires_at, expires_at)
         SELECT $1, h.id, h.id, 'held', 'f', '{A}', '{1}', '{100}', 'EUR', 1, now(), now() + interval '5 min', now() + interval '5 min'
         FROM unnest($2::text[]) AS h(id)`,
        [dropId, holdIds],
      );
      await client.query(
        `INSERT INTO inventory.customer_units (drop_id, customer_id, units, unit_limit) SELECT $1, h.id, 1, 4 FROM unnest($2::text[]) AS h(id)`,
        [dropId, holdIds],
      );
      await client.query('UPDATE inventory.stock SET available = 497, held = 3 WHERE drop_id = $1', [dropId]);
    });
    await migrate(url, [inventoryMigrations]);
    const upgraded = openInventory(url);
    const [released, paid, late] = holdIds.map((id) => ({ holdId: id, customerId: id }));
    expect(await upgraded.client.releaseHold(released!)).toEqual({ kind: 'released' });
    expect(await upgraded.client.confirmHold({ ...paid!, orderId: 'o1' })).toEqual({ kind: 'confirmed' });
    await onDatabase(url, (client) =>
      client.query(`UPDATE inventory.hold SET expires_at = now() WHERE state = 'held'`),
    );
    await upgraded.sweeper.sweep();
    expect(await upgraded.client.retakeHold({ ...late!, orderId: 'o2' })).toEqual({ kind: 'confirmed' });
    expect(words(await crowd(51, dropId, {}, [upgraded]))).toEqual({ held: 50, 'limit-reached': 1 });
    expect((await readTruth(url, dropId)).stock['A']).toMatchObject({ available: 448, held: 50, sold: 2 });
    await upgraded.close();
    await dropDatabase(url);
  });
});

describe('a network whose holds mostly expire unpaid', () => {
  /** Holds all that it may, and lets all of it expire. */
  async function waste(dropId: string, network = HOME): Promise<number> {
    const { held = 0 } = words(await crowd(60, dropId, { network }));
    await expireAll(dropId);
    return held;
  }

  it('may have less each time, but never less than 10 units', async () => {
    const dropId = await sellOf();
    const got: number[] = [];
    for (let round = 0; round < 12; round += 1) got.push(await waste(dropId));
    expect(got[0]).toBe(50);
    expect(got[1]).toBe(33);
    for (let round = 1; round < got.length; round += 1) {
      expect(got[round]).toBeLessThanOrEqual(got[round - 1]!);
      expect(got[round]).toBeGreaterThanOrEqual(10);
    }
    expect(got.at(-1)).toBe(10);
    expect(words(await crowd(60, dropId, { network: v4(2) }))).toEqual({ held: 50, 'limit-reached': 10 });
  });

  it('may have all again when that is long ago', async () => {
    const dropId = await sellOf();
    await waste(dropId);
    await waste(dropId);
    const ago = (seconds: number) =>
      onDatabase(db.url, (client) =>
        client.query(
          `UPDATE inventory.network_units SET judged_at = judged_at - make_interval(secs => $2) WHERE drop_id = $1`,
          [dropId, seconds],
        ),
      );
    await ago(1_800);
    expect(await waste(dropId)).toBe(37); // 83 units count half
    await ago(86_400);
    expect(await waste(dropId)).toBe(50);
    await ago(10 * 365 * 86_400);
    expect(await waste(dropId)).toBe(50);
  });

  it('is not one that pays for half of what it holds', async () => {
    const dropId = await sellOf();
    for (let round = 0; round < 3; round += 1) {
      const held = holdsOf(await crowd(50, dropId));
      expect(held).toHaveLength(50);
      await Promise.all(held.slice(0, 25).map((hold) => one.client.confirmHold(paying(hold, `o${hold.id}`))));
      await expireAll(dropId);
    }
  });

  it('is also one that gives back when most of the time is over', async () => {
    const dropId = await sellOf();
    const held = holdsOf(await crowd(50, dropId));
    await onDatabase(db.url, (client) =>
      client.query(
        `UPDATE inventory.hold SET created_at = created_at - interval '290 s', first_expires_at = first_expires_at - interval '290 s',
           expires_at = expires_at - interval '290 s' WHERE drop_id = $1`,
        [dropId],
      ),
    );
    await Promise.all(held.map((hold) => one.client.releaseHold(ref(hold))));
    expect(words(await crowd(60, dropId))).toEqual({ held: 33, 'limit-reached': 27 });
  });

  it('is not one that gives back soon, nor one whose money came late', async () => {
    const dropId = await sellOf();
    const held = holdsOf(await crowd(50, dropId));
    await Promise.all(held.map((hold) => other.client.releaseHold(ref(hold))));
    const late = holdsOf(await crowd(50, dropId));
    expect(late).toHaveLength(50);
    await expireAll(dropId);
    await Promise.all(late.map((hold) => one.client.retakeHold(paying(hold, `o${hold.id}`))));
    expect(words(await crowd(60, dropId))).toEqual({ held: 50, 'limit-reached': 10 });
  });

  it('lets one customer have what a customer may', async () => {
    const dropId = await sellOf({ perCustomerLimit: 20 });
    for (let round = 0; round < 12; round += 1) await waste(dropId);
    expect(words(await crowd(1, dropId, { lines: [{ sku: 'A', quantity: 20 }] }))).toEqual({ held: 1 });
  });
});
