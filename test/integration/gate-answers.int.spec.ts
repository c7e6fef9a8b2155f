import type { Hold } from '@holdfast/contracts';
import { fewestOf } from '@holdfast/testing';
import { GATE_SETTINGS } from '../../apps/inventory/src/adapters/redis/gate/gate-settings';
import { createLedger, type TestLedger } from '../support/database';
import { insertDrop, onDatabase } from '../support/drops';
import { buyPatiently, openGated, openUngated, type GatedInventory } from '../support/gate-crowd';
import { newCustomerId, wordOf, type Inventory, type Wish } from '../support/inventory';
import { TestRedis } from '../support/redis';

let db: TestLedger;
let server: TestRedis;
let gated: GatedInventory;
let ungated: Inventory;

beforeAll(async () => {
  db = await createLedger('gate_answers');
  server = await TestRedis.start();
  gated = await openGated(db.url, [server.url], { settings: { callDeadlineMs: 2_000 } });
  ungated = openUngated(db.url);
});
afterAll(async () => {
  await Promise.all([gated.closeAll(), ungated.close()]);
  await Promise.all([server.stop(), db.drop()]);
});

const two = [
  { sku: 'A', quantity: 1 },
  { sku: 'B', quantity: 1 },
];
const lineOf = (sku: string, quantity = 1) => [{ sku, quantity }];

/** What customers of one drop are told, one after another, in a history that meets every answer of a place. */
async function history(inventory: Inventory): Promise<string[]> {
  const dropId = await insertDrop(db.url, { skus: { A: 3, B: 1 }, perCustomerLimit: 2 });
  const told: string[] = [];
  const ask = async (wish: Wish, through = inventory) => {
    const outcome = await buyPatiently(through, dropId, wish);
    const lines = outcome.kind === 'refused' ? outcome.shortLines.join() : '';
    told.push(`${wordOf(outcome)} ${lines}`.trim());
    return outcome.kind === 'held' ? outcome.hold : null;
  };
  const stateTo = (state: string) =>
    onDatabase(db.url, (client) =>
      client.query('UPDATE inventory.drop SET state = $2 WHERE drop_id = $1', [dropId, state]),
    );
  const [ann, bob, cat, dan, eve] = Array.from({ length: 5 }, newCustomerId);
  const annsFirst = { customerId: ann, key: 'first', lines: lineOf('A') };
  const bobsWish = { customerId: bob, key: 'both', lines: two };
  const hold: Hold = (await ask(annsFirst))!; // held
  await ask(annsFirst); // replayed
  await ask({ ...annsFirst, lines: lineOf('A', 2) }); // key reused
  await ask({ customerId: ann, lines: lineOf('A', 2) }); // limit
  await ask(bobsWish); // held, with the last B
  await ask({ customerId: cat, lines: two }); // sold out, the second line
  await ask({ customerId: cat, key: 'cat', lines: lineOf('A') }); // held, the last A
  await ask({ customerId: dan, key: 'dan', lines: lineOf('A') }); // sold out
  await ask({ customerId: dan, key: 'dan', lines: lineOf('A') }); // sold out again
  await ask({ customerId: dan, lines: two }); // sold out, both lines
  await ask({ customerId: dan, lines: lineOf('A', 3) }); // limit goes before sold out
  await ask({ customerId: ann, lines: lineOf('A', 2) }); // the same for a customer who has one already
  await ask({ customerId: ann, lines: lineOf('A') }); // sold out for a known customer
  await ask({ customerId: dan, lines: lineOf('X') }); // unknown SKU
  await ask({ customerId: dan, lines: [...lineOf('A'), ...lineOf('X')] }); // goes before sold out
  await ask(annsFirst); // replayed
  await ask(bobsWish); // replayed
  await inventory.client.releaseHold({ holdId: hold.id, customerId: ann! });
  await ask(annsFirst); // replayed though it has ended
  await ask({ customerId: dan, key: 'dan', lines: lineOf('A') }); // what was refused is given now
  await ask({ customerId: eve, lines: lineOf('A') }); // sold out
  await ask(annsFirst); // still replayed
  await stateTo('paused');
  await ask({ customerId: ann, lines: lineOf('B') }, ungated); // not open
  await stateTo('open');
  await ask({ customerId: eve, lines: lineOf('A') }); // sold out
  return told;
}

it('tells everybody the same as without a gate', async () => {
  const without = await history(ungated);
  const { short } = gated.redisGate.counts;
  expect(await history(gated)).toEqual(without);
  expect(gated.redisGate.counts.short - short).toBeGreaterThan(4);
  expect(new Set(without.map((each) => each.split(' ')[0]))).toEqual(
    new Set(['held', 'replayed', 'key-reused', 'limit-reached', 'sold-out', 'unknown-sku', 'drop-not-open']),
  );
});

it('tells a drop that is not there, and one that nobody made', async () => {
  const draft = await insertDrop(db.url, { skus: { A: 1 }, state: 'draft' });
  for (const dropId of [draft, 'dnowhere1']) {
    expect((await buyPatiently(gated, dropId)).kind).toBe('drop-not-found');
    expect((await buyPatiently(ungated, dropId)).kind).toBe('drop-not-found');
  }
});

it('refuses a SKU without units early, and asks the ledger about it once a second at most', async () => {
  const dropId = await insertDrop(db.url, { skus: { A: 1, NONE: 0 } });
  const ask = async () =>
    wordOf(await buyPatiently(gated, dropId, { customerId: newCustomerId(), lines: lineOf('NONE') }));
  expect(await ask()).toBe('sold-out');
  // Where a busy machine keeps Redis from answering in time, places go to the ledger without it.
  const tooMany = async () => {
    const before = { ...gated.redisGate.counts };
    const from = performance.now();
    for (let n = 0; n < 40; n += 1) expect(await ask()).toBe('sold-out');
    const probes = 1 + Math.floor((performance.now() - from) / GATE_SETTINGS.probeMs);
    const { short, asked, admitted, unseen } = gated.redisGate.counts;
    const atLedger = asked + admitted + unseen - before.asked - before.admitted - before.unseen;
    return Math.max(atLedger, 40 - (short - before.short)) - probes;
  };
  expect(await fewestOf(0, tooMany)).toBeLessThanOrEqual(0);
});

it('gives a customer who asks twice at once one hold, with or without units left', async () => {
  const dropId = await insertDrop(db.url, { skus: { A: 1 } });
  const wish = { customerId: newCustomerId(), key: 'twice' };
  const answers = await Promise.all(Array.from({ length: 10 }, () => buyPatiently(gated, dropId, wish)));
  expect(answers.map(wordOf).sort()).toEqual(['held', ...Array<string>(9).fill('replayed')]);
  const later = await Promise.all(Array.from({ length: 10 }, () => buyPatiently(gated, dropId, wish)));
  expect(new Set(later.map(wordOf))).toEqual(new Set(['replayed']));
});
