import { waitFor } from '@holdfast/testing';
import { gateKeys } from '../../apps/inventory/src/adapters/redis/gate/gate-scripts';
import { createLedger, type TestLedger } from '../support/database';
import { insertDrop } from '../support/drops';
import { buyPatiently, crowdOf, openGated, type GatedInventory } from '../support/gate-crowd';
import { TestRedisCluster } from '../support/redis';

const SLOTS_OF_FIRST_NODE = 5_461;
// The client tries to connect to a dead node five times a second.
const AWAY_MS = 1_500;

let db: TestLedger;
let cluster: TestRedisCluster;
let one: GatedInventory;

beforeAll(async () => {
  db = await createLedger('gate_losses');
  cluster = await TestRedisCluster.start();
  // Long enough that a busy machine does not look like a node that is dead.
  one = await openGated(db.url, cluster.urls, { settings: { callDeadlineMs: 2_000 } });
});
afterAll(async () => {
  await one?.closeAll();
  await cluster?.stop();
  await db?.drop();
});

/** Drops that are sold out, on the first node and on the others. */
async function soldOutDrops(): Promise<{ onNode: string[]; elsewhere: string[] }> {
  const onNode: string[] = [];
  const elsewhere: string[] = [];
  while (onNode.length < 2 || elsewhere.length < 2) {
    const dropId = await insertDrop(db.url, { skus: { A: 1 } });
    const slot = await one.redis.nodes[0]!.cluster('KEYSLOT', gateKeys(dropId)[0]);
    (slot < SLOTS_OF_FIRST_NODE ? onNode : elsewhere).push(dropId);
    await buyPatiently(one, dropId);
  }
  return { onNode, elsewhere };
}

/** Refuses five newcomers of each drop; how often a drop was loaded from the ledger meanwhile, and how many went there unseen. */
async function refuse(drops: string[]): Promise<{ seedings: number; unseen: number }> {
  const before = { ...one.redisGate.counts };
  for (const dropId of drops)
    expect(await crowdOf(5, 0, () => buyPatiently(one, dropId))).toEqual(Array(5).fill('sold-out'));
  const { seedings, unseen } = one.redisGate.counts;
  return { seedings: seedings - before.seedings, unseen: unseen - before.unseen };
}

it('loads only the drops of a dead node again, and those once when it is back', async () => {
  const { onNode, elsewhere } = await soldOutDrops();
  expect(await refuse([...onNode, ...elsewhere])).toEqual({ seedings: 0, unseen: 0 });
  await cluster.nodes[0]!.kill();
  const until = performance.now() + AWAY_MS;
  while (performance.now() < until) expect(await refuse(elsewhere)).toEqual({ seedings: 0, unseen: 0 });
  await cluster.nodes[0]!.start();
  const before = one.redisGate.counts.seedings;
  await waitFor('the gate to refuse everywhere', async () => (await refuse(onNode)).unseen === 0);
  expect(one.redisGate.counts.seedings - before).toBe(onNode.length);
  expect(await refuse([...onNode, ...elsewhere])).toEqual({ seedings: 0, unseen: 0 });
});
