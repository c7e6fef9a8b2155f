import { waitFor } from '@holdfast/testing';
import { LedgerUnreachable } from '../../apps/inventory/src/application/ports/ledger.port';
import { createLedger, type TestLedger } from '../support/database';
import { insertDrop, onDatabase } from '../support/drops';
import { buyPatiently, openGated, type GatedInventory } from '../support/gate-crowd';
import { newCustomerId, wordOf } from '../support/inventory';
import { TestRedis } from '../support/redis';

let db: TestLedger;
let server: TestRedis;
let one: GatedInventory;

beforeAll(async () => {
  db = await createLedger('gate_replays');
  server = await TestRedis.start();
  one = await openGated(db.url, [server.url], { settings: { callDeadlineMs: 2_000 } });
});
afterAll(async () => {
  await one?.closeAll();
  await Promise.all([server?.stop(), db?.drop()]);
});

/** The next batch commits, and its answer is lost. */
function loseNextAnswer({ ledger }: GatedInventory): void {
  const runBatch = ledger.runBatch.bind(ledger);
  ledger.runBatch = async (dropId, commands) => {
    ledger.runBatch = runBatch;
    await runBatch(dropId, commands);
    throw new LedgerUnreachable('the connection was lost');
  };
}

it('gives the same hold again to a customer of a drop that the gate took for closed, though the answer of the commit was lost', async () => {
  const dropId = await insertDrop(db.url, { skus: { A: 1 }, state: 'paused' });
  // The gate learns that the drop is not open, so whoever asks is sent on without being noted.
  expect(wordOf(await buyPatiently(one, dropId))).toBe('drop-not-open');
  await onDatabase(db.url, (client) =>
    client.query("UPDATE inventory.drop SET state = 'open' WHERE drop_id = $1", [dropId]),
  );
  const wish = { customerId: newCustomerId(), key: 'the only one' };
  loseNextAnswer(one);
  expect(['held', 'replayed']).toContain(wordOf(await buyPatiently(one, dropId, wish)));
  await waitFor('the gate to refuse newcomers', async () => {
    const { short } = one.redisGate.counts;
    expect(wordOf(await buyPatiently(one, dropId))).toBe('sold-out');
    return one.redisGate.counts.short > short;
  });
  expect(wordOf(await buyPatiently(one, dropId, wish))).toBe('replayed');
});
