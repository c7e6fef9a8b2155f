import { seededRandom, shuffled } from '@holdfast/kernel';
import { insertDrop } from '../drops';
import { readTruth } from '../ledger-truth';
import { type Buyer, countWords, type Crowd, holdOf, type Line, type Reply } from './crowd';

export const BUYERS = 500;
export const UNITS = 50;

/** Where a race is run: a ledger, and a crowd of at least `BUYERS` in front of the gateways. */
export interface Course {
  databaseUrl: string;
  crowd: Crowd;
}

const indexesOf = ({ text }: Reply) =>
  (JSON.parse(text) as { errors: { pointer: string }[] }).errors.map(({ pointer }) =>
    Number(/^\/lines\/(\d+)$/.exec(pointer)![1]),
  );

/** 500 buyers behind a barrier for 50 units of one SKU: exactly 50 get one, all others are told that it is sold out. */
export async function raceForOneSku({ databaseUrl, crowd }: Course): Promise<void> {
  const dropId = await insertDrop(databaseUrl, { skus: { A: UNITS } });
  const buyers = crowd.buyers.slice(0, BUYERS);
  const replies = await Promise.all(buyers.map((buyer) => buyer.hold(dropId)));
  const words = countWords(replies);
  // A buyer who asked again after a 503 may hear of the hold that the first request had made.
  expect((words['held'] ?? 0) + (words['replayed'] ?? 0)).toBe(UNITS);
  expect(words['sold-out']).toBe(BUYERS - UNITS);
  await expectTheirs(databaseUrl, dropId, buyers, replies);
}

/** Each hold that was told is the buyer's own and stands in the ledger, and the ledger has no other. */
async function expectTheirs(databaseUrl: string, dropId: string, buyers: Buyer[], replies: Reply[]) {
  const won = replies.flatMap((reply, i) => (reply.status === 201 ? [{ ...holdOf(reply), i }] : []));
  for (const { customerId, i } of won) expect(customerId).toBe(buyers[i]!.customerId);
  expect(new Set(won.map(({ id }) => id)).size).toBe(won.length);
  const { faults, holds, stock } = await readTruth(databaseUrl, dropId);
  expect(faults).toEqual([]);
  expect(holds).toEqual({ held: won.length });
  expect(stock['A']).toMatchObject({ available: UNITS - won.length, held: won.length, sold: 0 });
}

/** Baskets of one to three SKUs: all or none, and whoever was refused is told lines that really were short. */
export async function raceForSeveralSkus({ databaseUrl, crowd }: Course, seed: number): Promise<void> {
  const random = seededRandom(seed);
  const skus = { A: UNITS, B: 20, C: 35 };
  const dropId = await insertDrop(databaseUrl, { skus, perCustomerLimit: 10 });
  const wishes: Line[][] = Array.from({ length: BUYERS }, () =>
    shuffled(Object.keys(skus), random)
      .slice(0, 1 + Math.floor(random() * 3))
      .map((sku) => ({ sku, quantity: 1 + Math.floor(random() * 1.3) })),
  );
  const replies = await Promise.all(
    wishes.map((lines, i) => crowd.buyers[i]!.hold(dropId, { lines, via: i + seed })),
  );
  const { faults, stock } = await readTruth(databaseUrl, dropId);
  expect(faults).toEqual([]);
  const given: Record<string, number> = { A: 0, B: 0, C: 0 };
  replies.forEach((reply, i) => {
    if (reply.status !== 201) return expect(reply.word).toBe('sold-out');
    const { lines } = holdOf(reply);
    expect(lines.map(({ sku, quantity }) => ({ sku, quantity }))).toEqual(wishes[i]);
    for (const { sku, quantity } of lines) given[sku]! += quantity;
  });
  for (const [sku, units] of Object.entries(given)) expect(stock[sku]!.held).toBe(units);
  replies.forEach((reply, i) => {
    if (reply.status === 201) return;
    const shortLines = indexesOf(reply);
    const shortNow = wishes[i]!.flatMap((line, n) => (stock[line.sku]!.available < line.quantity ? [n] : []));
    expect(shortLines.length).toBeGreaterThan(0);
    expect(shortNow).toEqual(expect.arrayContaining(shortLines));
  });
}

/** One customer asks a hundred times at once through both gateways, among others: never beyond the limit. */
export async function raceOfAGreedyCustomer({ databaseUrl, crowd }: Course, seed: number): Promise<void> {
  const random = seededRandom(seed);
  const dropId = await insertDrop(databaseUrl, { skus: { A: UNITS, B: UNITS }, perCustomerLimit: 4 });
  const [greedy, ...others] = crowd.buyers.slice(0, 61) as [Buyer, ...Buyer[]];
  const asking = shuffled([...Array.from({ length: 100 }, () => greedy), ...others], random);
  const wishes = asking.map((buyer, via) => ({
    buyer,
    via,
    lines: [{ sku: random() < 0.5 ? 'A' : 'B', quantity: 1 + Math.floor(random() * 3) }],
  }));
  const replies = await Promise.all(wishes.map(({ buyer, ...wish }) => buyer.hold(dropId, wish)));
  const units = replies.reduce(
    (sum, { status }, i) =>
      sum + (status === 201 && wishes[i]!.buyer === greedy ? wishes[i]!.lines[0]!.quantity : 0),
    0,
  );
  expect(units).toBeGreaterThan(0);
  expect(units).toBeLessThanOrEqual(4);
  expect((await readTruth(databaseUrl, dropId)).faults).toEqual([]);
}

/** The same key a hundred times across both gateways: one hold, one text, and nobody may use the key for something else. */
export async function raceOfOneKey({ databaseUrl, crowd }: Course): Promise<void> {
  const dropId = await insertDrop(databaseUrl, { skus: { A: UNITS } });
  const buyer = crowd.buyers[0]!;
  const key = `same-${dropId}`;
  const replies = await Promise.all(
    Array.from({ length: 100 }, (_, via) => buyer.hold(dropId, { key, via: via % 3 })),
  );
  expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([201]));
  expect(new Set(replies.map(({ text }) => text)).size).toBe(1);
  const fresh = countWords(replies)['held'] ?? 0;
  // None at all when the one that made it had to ask again after a 503.
  expect(fresh).toBeLessThanOrEqual(1);
  const misuse = await buyer.hold(dropId, { key, lines: [{ sku: 'A', quantity: 2 }] });
  expect(misuse.word).toBe('idempotency-key-reused');
  const { faults, holds } = await readTruth(databaseUrl, dropId);
  expect({ faults, holds }).toEqual({ faults: [], holds: { held: 1 } });
}

/** Everybody who has no unit yet asks again and again, with new keys, until as many are held as there were; then nobody gets one more. */
export async function raceUntilAllIsHeld(
  { databaseUrl, crowd }: Course,
  deadlineMs: number,
): Promise<{ rounds: number; ms: number }> {
  const dropId = await insertDrop(databaseUrl, { skus: { A: UNITS } });
  const began = performance.now();
  let without = crowd.buyers.slice(0, BUYERS);
  let rounds = 0;
  let held = 0;
  while (held < UNITS && performance.now() < began + deadlineMs) {
    rounds += 1;
    const replies = await Promise.all(without.map((buyer) => buyer.hold(dropId)));
    const words = countWords(replies);
    expect(Object.keys(words).filter((word) => !['held', 'replayed', 'sold-out'].includes(word))).toEqual([]);
    held += (words['held'] ?? 0) + (words['replayed'] ?? 0);
    without = without.filter((_, i) => replies[i]!.status !== 201);
    const { faults, stock } = await readTruth(databaseUrl, dropId);
    expect(faults).toEqual([]);
    expect(stock['A']!.held).toBe(held);
  }
  const ms = performance.now() - began;
  expect(held).toBe(UNITS);
  const late = await Promise.all(without.map((buyer) => buyer.hold(dropId)));
  expect(countWords(late)).toEqual({ 'sold-out': BUYERS - UNITS });
  return { rounds, ms };
}
