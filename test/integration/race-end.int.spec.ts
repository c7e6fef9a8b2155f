import { seededRandom, shuffled } from '@holdfast/kernel';
import type { Hold } from '@holdfast/contracts';
import { createLedger, type TestLedger } from '../support/database';
import { insertDrop, onDatabase } from '../support/drops';
import { countWords, openInventory, placeHold, wordOf, type Inventory } from '../support/inventory';
import { readTruth } from '../support/ledger-truth';
import { seeds } from '../support/seeds';

const UNITS = 50;
const SEEDS = seeds(20);

let db: TestLedger;
let one: Inventory;
let other: Inventory;

beforeAll(async () => {
  db = await createLedger('race_end');
  one = openInventory(db.url);
  other = openInventory(db.url);
});

afterAll(async () => {
  await Promise.all([one.close(), other.close()]);
  await db.drop();
});

async function holdAll(dropId: string): Promise<Hold[]> {
  const outcomes = await Promise.all(Array.from({ length: UNITS }, () => placeHold(one, dropId)));
  return outcomes.map((outcome) => {
    if (outcome.kind !== 'held') throw new Error(`not held: ${wordOf(outcome)}`);
    return outcome.hold;
  });
}

/** Brings the end of all holds of a drop close, so that the race is about it. */
function endIn(dropId: string, ms: number): Promise<unknown> {
  return onDatabase(db.url, (client) =>
    client.query(
      `UPDATE inventory.hold SET first_expires_at = t.at, expires_at = t.at
       FROM (SELECT date_trunc('milliseconds', clock_timestamp()) + $2 * interval '1 millisecond' AS at) t WHERE drop_id = $1`,
      [dropId, ms],
    ),
  );
}

describe.each(SEEDS)('confirm against release against expiry of the same 50 holds, seed %i', (seed) => {
  it('ends each hold once, and each caller hears how', async () => {
    const random = seededRandom(seed);
    const dropId = await insertDrop(db.url, { skus: { A: UNITS } });
    const holds = await holdAll(dropId);
    await endIn(dropId, 5 + random() * 40);
    const steps = holds.flatMap(({ id, customerId }) => [
      async () => [
        'confirm',
        id,
        (await one.client.confirmHold({ holdId: id, customerId, orderId: `o-${id}` })).kind,
      ],
      async () => [
        'confirm',
        id,
        (await other.client.confirmHold({ holdId: id, customerId, orderId: `p-${id}` })).kind,
      ],
      async () => ['release', id, (await other.client.releaseHold({ holdId: id, customerId })).kind],
    ]);
    const sweeps = Array.from({ length: 4 }, (_, i) => async () => {
      await (i % 2 ? one : other).lanes.submit(dropId, { kind: 'expire', max: 20 });
      return ['sweep', '', ''];
    });
    // In waves, so that some come before the end of the holds and some after it.
    const told: string[][] = [];
    const queue = shuffled([...steps, ...sweeps], random);
    while (queue.length > 0) {
      const wave = queue.splice(0, 1 + Math.floor(random() * 60));
      told.push(...((await Promise.all(wave.map((step) => step()))) as string[][]));
    }
    const rows = await onDatabase(db.url, (client) =>
      client.query<{ hold_id: string; state: string; order_id: string | null }>(
        'SELECT hold_id, state, order_id FROM inventory.hold WHERE drop_id = $1',
        [dropId],
      ),
    );
    for (const { hold_id, state } of rows.rows) {
      const heard = told.filter(([, id]) => id === hold_id).map(([what, , kind]) => `${what}:${kind}`);
      const confirmed = heard.filter((word) => word === 'confirm:confirmed').length;
      expect({ state, confirmed }).toEqual({ state, confirmed: state === 'confirmed' ? 1 : 0 });
      // A release that came while the hold lived, or after another end than a sale, is a release; after a sale it is told so.
      if (state !== 'confirmed') expect(heard).toContain('release:released');
    }
    expect((await readTruth(db.url, dropId)).faults).toEqual([]);

    // After quiet nothing is stranded: what was not bought is on offer again.
    await one.lanes.submit(dropId, { kind: 'expire', max: UNITS });
    const truth = await readTruth(db.url, dropId);
    expect(truth.faults).toEqual([]);
    expect(truth.stock['A']).toMatchObject({ held: 0, sold: truth.holds['confirmed'] ?? 0 });
  });

  it('gives what is released to those who ask, and never more', async () => {
    const random = seededRandom(seed + 1000);
    const dropId = await insertDrop(db.url, { skus: { A: UNITS } });
    const holds = await holdAll(dropId);
    const back = shuffled(holds, random).slice(0, 20);
    const releases = back.map(
      ({ id, customerId }) =>
        () =>
          one.client.releaseHold({ holdId: id, customerId }),
    );
    const places = Array.from({ length: 100 }, () => async () => wordOf(await placeHold(one, dropId)));
    const words = await Promise.all(shuffled([...releases, ...places], random).map((step) => step()));
    const late = await Promise.all(Array.from({ length: 30 }, () => placeHold(one, dropId)));
    const held = [...words.filter((word) => typeof word === 'string'), ...late.map(wordOf)];
    expect(countWords(held)).toEqual({ held: 20, 'sold-out': 110 });
    expect((await readTruth(db.url, dropId)).faults).toEqual([]);
  });

  it('gives nothing after a pause or a close has been answered', async () => {
    const random = seededRandom(seed + 2000);
    const state = random() < 0.5 ? 'paused' : 'closed';
    const dropId = await insertDrop(db.url, { skus: { A: 1_000 } });
    let stopped = false;
    const afterStop: string[] = [];
    const shopper = async (inventory: Inventory) => {
      for (let i = 0; i < 8; i += 1) {
        const askedAfter = stopped;
        const word = wordOf(await placeHold(inventory, dropId));
        if (askedAfter) afterStop.push(word);
      }
    };
    const shoppers = Array.from({ length: 40 }, (_, i) => shopper(i % 2 ? one : other));
    await onDatabase(db.url, (client) =>
      client.query('UPDATE inventory.drop SET state = $2, revision = revision + 1 WHERE drop_id = $1', [
        dropId,
        state,
      ]),
    );
    stopped = true;
    await Promise.all(shoppers);
    expect(new Set([...afterStop, wordOf(await placeHold(one, dropId))])).toEqual(
      new Set([state === 'paused' ? 'drop-not-open' : 'drop-closed']),
    );
    expect((await readTruth(db.url, dropId)).faults).toEqual([]);
  });
});
