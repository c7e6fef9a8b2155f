import { seededRandom, shuffled } from '@holdfast/kernel';
import type { Ledger } from '../../apps/inventory/src/application/ports/ledger.port';
import { createLedger, type TestLedger } from '../support/database';
import { insertDrop } from '../support/drops';
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

const BUYERS = 500;
const UNITS = 50;
const SEEDS = seeds(20);

let db: TestLedger;
let one: Inventory;
let other: Inventory;
/** Batches that were undone. Under the lock of the drop there is never a reason to. */
let undone = 0;

function counted(ledger: Ledger): Ledger {
  const runBatch = ledger.runBatch.bind(ledger);
  ledger.runBatch = (dropId, commands) =>
    runBatch(dropId, commands).catch((error: unknown) => {
      undone += 1;
      throw error;
    });
  return ledger;
}

beforeAll(async () => {
  db = await createLedger('race_place');
  one = openInventory(db.url, { wrap: counted });
  other = openInventory(db.url, { wrap: counted });
});

afterEach(() => expect(undone).toBe(0));

afterAll(async () => {
  await Promise.all([one.close(), other.close()]);
  await db.drop();
});

describe.each(SEEDS)('500 buyers behind a barrier for 50 units, seed %i', (seed) => {
  it('gives one SKU to exactly 50 of them', async () => {
    const dropId = await insertDrop(db.url, { skus: { A: UNITS } });
    const outcomes = await Promise.all(Array.from({ length: BUYERS }, () => placeHold(one, dropId)));
    expect(countWords(outcomes.map(wordOf))).toEqual({ held: UNITS, 'sold-out': BUYERS - UNITS });
    const ids = outcomes.flatMap((outcome) => (outcome.kind === 'held' ? [outcome.hold.id] : []));
    expect(new Set(ids).size).toBe(UNITS);
    const { faults, stock } = await readTruth(db.url, dropId);
    expect(faults).toEqual([]);
    expect(stock['A']).toMatchObject({ available: 0, held: UNITS, sold: 0 });
  });

  it('gives several SKUs all or none, and says which lines are short', async () => {
    const random = seededRandom(seed);
    const skus = { A: UNITS, B: 20, C: 35 };
    const dropId = await insertDrop(db.url, { skus, perCustomerLimit: 10 });
    const wishes = Array.from({ length: BUYERS }, () =>
      shuffled(Object.keys(skus), random)
        .slice(0, 1 + Math.floor(random() * 3))
        .map((sku) => ({ sku, quantity: 1 + Math.floor(random() * 1.3) })),
    );
    const outcomes = await Promise.all(wishes.map((lines) => placeHold(one, dropId, { lines })));
    const { faults, stock } = await readTruth(db.url, dropId);
    expect(faults).toEqual([]);
    const given: Record<string, number> = { A: 0, B: 0, C: 0 };
    outcomes.forEach((outcome, i) => {
      if (outcome.kind !== 'held') return;
      expect(outcome.hold.lines.map(({ sku, quantity }) => ({ sku, quantity }))).toEqual(wishes[i]);
      for (const { sku, quantity } of outcome.hold.lines) given[sku]! += quantity;
    });
    for (const [sku, units] of Object.entries(given)) expect(stock[sku]!.held).toBe(units);
    // Whoever was refused could not have been served at the end either, and was told just the lines that were short then or before.
    outcomes.forEach((outcome, i) => {
      if (outcome.kind === 'held') return;
      const shortNow = wishes[i]!.flatMap((line, n) =>
        stock[line.sku]!.available < line.quantity ? [n] : [],
      );
      expect(outcome).toMatchObject({ kind: 'refused', reason: 'sold-out' });
      if (outcome.kind !== 'refused') return;
      expect(outcome.shortLines.length).toBeGreaterThan(0);
      expect(shortNow).toEqual(expect.arrayContaining(outcome.shortLines));
    });
  });

  it('keeps a greedy customer within the limit of 4', async () => {
    const random = seededRandom(seed);
    const dropId = await insertDrop(db.url, { skus: { A: UNITS, B: UNITS }, perCustomerLimit: 4 });
    const greedy = newCustomerId();
    const wishes = shuffled(
      [...Array.from({ length: 100 }, () => greedy), ...Array.from({ length: 60 }, newCustomerId)],
      random,
    ).map((customerId) => ({
      customerId,
      lines: [{ sku: random() < 0.5 ? 'A' : 'B', quantity: 1 + Math.floor(random() * 3) }],
    }));
    const outcomes = await Promise.all(wishes.map((wish, i) => placeHold(i % 2 ? one : other, dropId, wish)));
    const units = outcomes.reduce(
      (sum, outcome, i) =>
        sum +
        (outcome.kind === 'held' && wishes[i]!.customerId === greedy ? wishes[i]!.lines[0]!.quantity : 0),
      0,
    );
    expect(units).toBeGreaterThan(0);
    expect(units).toBeLessThanOrEqual(4);
    expect((await readTruth(db.url, dropId)).faults).toEqual([]);
  });

  it('makes one hold of the same key sent many times', async () => {
    const dropId = await insertDrop(db.url, { skus: { A: UNITS } });
    const customerId = newCustomerId();
    const outcomes = await Promise.all(
      Array.from({ length: 100 }, (_, i) =>
        placeHold(i % 3 ? one : other, dropId, { customerId, key: 'same' }),
      ),
    );
    expect(countWords(outcomes.map(wordOf))).toEqual({ held: 1, replayed: 99 });
    const holds = outcomes.map((outcome) =>
      outcome.kind === 'held' ? JSON.stringify(outcome.hold) : outcome,
    );
    expect(new Set(holds).size).toBe(1);
    const misuse = await placeHold(one, dropId, {
      customerId,
      key: 'same',
      lines: [{ sku: 'A', quantity: 2 }],
    });
    expect(misuse).toEqual({ kind: 'key-reused' });
    const { faults, holds: counts } = await readTruth(db.url, dropId);
    expect(faults).toEqual([]);
    expect(counts).toEqual({ held: 1 });
  });

  it('stays exact when two owners run lanes of the same drop', async () => {
    const dropId = await insertDrop(db.url, { skus: { A: UNITS } });
    const outcomes = await Promise.all(
      Array.from({ length: BUYERS }, (_, i) => placeHold((i + seed) % 2 ? one : other, dropId)),
    );
    expect(countWords(outcomes.map(wordOf))).toEqual({ held: UNITS, 'sold-out': BUYERS - UNITS });
    expect((await readTruth(db.url, dropId)).faults).toEqual([]);
  });
});
