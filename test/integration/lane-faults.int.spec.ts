import { ServiceUnavailable, type Hold } from '@holdfast/contracts';
import { seededRandom } from '@holdfast/kernel';
import { unloaded, waitFor } from '@holdfast/testing';
import { BatchRefused, Ledger } from '../../apps/inventory/src/application/ports/ledger.port';
import { createLedger, type TestLedger } from '../support/database';
import { insertDrop } from '../support/drops';
import { PostgresProxy } from '../support/proxy/postgres-proxy';
import {
  countWords,
  newCustomerId,
  openInventory,
  placeHold,
  wordOf,
  type Inventory,
} from '../support/inventory';
import { readTruth } from '../support/ledger-truth';
import { seeds } from '../support/seeds';

const SEEDS = seeds(20);
const DEADLINE_MS = 2_500;
const NOTICED_WITHIN_MS = 2_500; // the watch looks every 50 ms; the rest is for a machine that stands still

let db: TestLedger;
let proxy: PostgresProxy;
let inventory: Inventory;
/** The same without deadlines: how many lost answers fit into one depends on the machine. */
let patient: Inventory;

beforeAll(async () => {
  db = await createLedger('lane_faults');
  proxy = await PostgresProxy.start(db.url);
  inventory = openInventory(proxy.url);
  const settings = { deadlineMs: 60_000, predictedWaitMsMax: 60_000 };
  patient = openInventory(proxy.url, { settings });
});

afterEach(() => proxy.heal());

afterAll(async () => {
  await Promise.all([inventory.close(), patient.close()]);
  await proxy.stop();
  await db.drop();
});

describe.each(SEEDS)('when the answer to a commit is lost, seed %i', (seed) => {
  it('gives each buyer one hold and one answer, and places and ends nothing twice', async () => {
    const random = seededRandom(seed);
    const dropId = await insertDrop(db.url, { skus: { A: 50 } });
    await patient.known.has(dropId);
    let lost = 0;
    proxy.loseReply = () => random() < 0.4 && ++lost > 0;
    const outcomes = await Promise.all(Array.from({ length: 300 }, () => placeHold(patient, dropId)));
    const holds = outcomes.flatMap((outcome) => (outcome.kind === 'held' ? [outcome.hold] : []));
    expect(holds).toHaveLength(50);
    expect(new Set(holds.map(({ id }) => id)).size).toBe(50);
    const { held = 0, replayed = 0, ...rest } = countWords(outcomes.map(wordOf));
    expect(held + replayed).toBe(50);
    expect(rest).toEqual({ 'sold-out': 250 });

    const ends = await Promise.all(
      holds.map(({ id, customerId }, i) =>
        i % 2
          ? patient.client.confirmHold({ holdId: id, customerId, orderId: `o${i}` })
          : patient.client.releaseHold({ holdId: id, customerId }),
      ),
    );
    expect(countWords(ends.map(({ kind }) => kind))).toEqual({ confirmed: 25, released: 25 });
    proxy.heal();
    const truth = await readTruth(db.url, dropId);
    expect(truth.faults).toEqual([]);
    expect(truth.holds).toEqual({ confirmed: 25, released: 25 });
  });
});

it('has lost answers in those runs at all', async () => {
  const dropId = await insertDrop(db.url, { skus: { A: 5 } });
  await patient.known.has(dropId);
  let replies = 0;
  proxy.loseReply = () => ++replies === 1;
  await placeHold(patient, dropId);
  // On a warm connection the first reply is that of the batch; on a fresh one the greeting is lost first, which is no worse.
  expect(replies).toBeGreaterThan(1);
  expect((await readTruth(db.url, dropId)).stock['A']).toMatchObject({ held: 1 });
});

describe('one bad command among its neighbours', () => {
  it.each([-1, 0, 1.5, 5_000_000_000])('fails alone for a quantity of %d', async (quantity) => {
    const dropId = await insertDrop(db.url, { skus: { A: 1_000 } });
    const places = Array.from({ length: 200 }, (_, i) =>
      placeHold(patient, dropId, i === 77 ? { lines: [{ sku: 'A', quantity }] } : {}),
    );
    const settled = await Promise.allSettled(places);
    const failed = settled.filter((result) => result.status === 'rejected');
    const refused = settled.filter(
      (result) => result.status === 'fulfilled' && wordOf(result.value) === 'limit-reached',
    );
    expect(failed.length + refused.length).toBe(1);
    for (const { reason } of failed) expect(reason).toBeInstanceOf(BatchRefused);
    const { faults, stock } = await readTruth(db.url, dropId);
    expect(faults).toEqual([]);
    expect(stock['A']).toMatchObject({ held: 199 });
  });
});

describe('while the ledger is away', () => {
  it.each(['refuse', 'stall'] as const)(
    'answers within the deadline that it is unavailable (%s), and recovers by itself',
    async (how) => {
      const dropId = await insertDrop(db.url, { skus: { A: 100 } });
      const wish = { customerId: newCustomerId(), key: 'during the outage' };
      expect(wordOf(await placeHold(inventory, dropId))).toBe('held');
      proxy[how]();
      const began = performance.now();
      const answers = await Promise.allSettled(
        Array.from({ length: 50 }, () => placeHold(inventory, dropId, wish)),
      );
      expect(unloaded(performance.now() - began)).toBeLessThan(DEADLINE_MS + NOTICED_WITHIN_MS);
      for (const answer of answers)
        if (answer.status === 'rejected') expect(answer.reason).toBeInstanceOf(ServiceUnavailable);
        else expect(answer.value.kind).toBe('busy');
      await expect(
        inventory.client.getHold({ holdId: `${dropId}-h${'0'.repeat(26)}`, customerId: 'x' }),
      ).rejects.toThrow(ServiceUnavailable);
      proxy.heal();
      const again = await untilServed(() => placeHold(inventory, dropId, wish));
      expect(again.kind).toBe('held');
      const { faults, stock } = await readTruth(db.url, dropId);
      expect(faults).toEqual([]);
      expect(stock['A']).toMatchObject({ held: 2 });
    },
  );
});

/** What a client does that is told to come back: the same key again, a little later. */
function untilServed<T extends { kind: string }>(ask: () => Promise<T>): Promise<T> {
  return waitFor('the ledger to serve again', async () => {
    const answer = await ask().catch((error: unknown) => {
      if (error instanceof ServiceUnavailable) return null;
      throw error;
    });
    return answer?.kind === 'busy' ? null : answer;
  }) as Promise<T>;
}

describe('a lane that cannot keep up', () => {
  async function crowdAtSlowLane(): Promise<{ held: number; busy: number }> {
    const slow = openInventory(db.url, {
      wrap: (ledger) => new SlowLedger(ledger, 60),
      settings: { batchMax: 4, predictedWaitMsMax: 300 },
    });
    const dropId = await insertDrop(db.url, { skus: { A: 1_000 } });
    const first = await placeHold(slow, dropId);
    const { hold } = first as { hold: Hold };
    for (let i = 0; i < 10; i += 1) await placeHold(slow, dropId); // it learns how long a batch takes
    const crowd: Promise<string>[] = [];
    for (let i = 0; i < 100; i += 1) {
      crowd.push(placeHold(slow, dropId).then(wordOf));
      if (i % 10 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    const began = performance.now();
    const paid = slow.client.confirmHold({ holdId: hold.id, customerId: hold.customerId, orderId: 'o1' });
    expect(await paid).toEqual({ kind: 'confirmed' });
    const paidAfter = performance.now() - began;
    const { held = 0, busy = 0 } = countWords(await Promise.all(crowd));
    expect(held + busy).toBe(100);
    expect(paidAfter).toBeLessThan(performance.now() - began);
    expect((await readTruth(db.url, dropId)).faults).toEqual([]);
    await slow.close();
    return { held, busy };
  }

  it('turns away places that would wait too long, and still serves payments', async () => {
    // A machine that stood still while the lane learnt what a batch takes has taught it to turn away nearly all.
    let seen = await crowdAtSlowLane();
    for (let again = 0; again < 2 && seen.held <= 4; again += 1) seen = await crowdAtSlowLane();
    expect(seen.busy).toBeGreaterThan(50);
    expect(seen.held).toBeGreaterThan(4);
  });

  it('answers all that it has taken before it closes, and takes nothing more', async () => {
    const own = openInventory(db.url);
    const dropId = await insertDrop(db.url, { skus: { A: 1_000 } });
    await own.known.has(dropId); // else they would still ask for it when the lane closes
    const taken = Array.from({ length: 600 }, () => placeHold(own, dropId));
    await new Promise((resolve) => setImmediate(resolve));
    const closing = own.lanes.close();
    await expect(placeHold(own, dropId)).rejects.toThrow(ServiceUnavailable);
    expect(countWords((await Promise.all(taken)).map(wordOf))).toEqual({ held: 600 });
    await closing;
    expect((await readTruth(db.url, dropId)).stock['A']).toMatchObject({ held: 600 });
    await own.close();
  });
});

class SlowLedger extends Ledger {
  constructor(
    private readonly ledger: Ledger,
    private readonly delayMs: number,
  ) {
    super();
  }

  runBatch: Ledger['runBatch'] = async (dropId, commands) => {
    await new Promise((resolve) => setTimeout(resolve, this.delayMs));
    return this.ledger.runBatch(dropId, commands);
  };
  getHold: Ledger['getHold'] = (query) => this.ledger.getHold(query);
  liveHolds: Ledger['liveHolds'] = (query) => this.ledger.liveHolds(query);
  dueDrops: Ledger['dueDrops'] = (max) => this.ledger.dueDrops(max);
}
