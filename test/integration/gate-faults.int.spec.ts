import { leastOf, waitFor } from '@holdfast/testing';
import type { PlaceOutcome } from '@holdfast/contracts';
import { Gate, type GateQuery, type ToLedger } from '../../apps/inventory/src/application/ports/gate.port';
import { LedgerDropUpkeep } from '../../apps/inventory/src/adapters/postgres/drops/ledger-drop-upkeep';
import { gateKeys } from '../../apps/inventory/src/adapters/redis/gate/gate-scripts';
import type { RedisGate } from '../../apps/inventory/src/adapters/redis/gate/redis-gate';
import { openPool, ROLES } from '@holdfast/postgres';
import { askGate, NONE_PENDING, withdraw } from '../support/ask-gate';
import { createLedger, type TestLedger } from '../support/database';
import { insertDrop } from '../support/drops';
import { buyPatiently, crowdOf, openGated, openUngated, type GatedInventory } from '../support/gate-crowd';
import { countWords, type Inventory } from '../support/inventory';
import { readTruth } from '../support/ledger-truth';
import { TcpProxy } from '../support/proxy/tcp-proxy';
import { TestRedis, TestRedisCluster } from '../support/redis';

const UNITS = 50;
const BUYERS = 1_000;
const RUN_MS = 1_500;
const BACK_WITHIN_MS = 1_000;
const SLOTS_OF_FIRST_NODE = 5_461;

let db: TestLedger;
let server: TestRedis;

beforeAll(async () => {
  db = await createLedger('gate_faults');
  server = await TestRedis.start();
});
afterAll(async () => {
  await Promise.all([server.stop(), db.drop()]);
});

/** A crowd for one drop while something happens. However the gate fares: all units are sold, none twice, and all accounts add up. */
async function sellsOut(instances: Inventory[], during: (dropId: string) => Promise<unknown>): Promise<void> {
  const dropId = await insertDrop(db.url, { skus: { A: UNITS } });
  const crowd = crowdOf(BUYERS, RUN_MS, (n) => buyPatiently(instances[n % instances.length]!, dropId));
  await during(dropId);
  const { held = 0, 'sold-out': refused = 0, ...others } = countWords(await crowd);
  expect(others).toEqual({});
  // A gate that lies, or has lost news, refuses too early now and then: whoever comes again gets what is left.
  await waitFor('all units to be sold', async () => {
    const { stock } = await readTruth(db.url, dropId);
    if (stock['A']!.held < UNITS) await buyPatiently(instances[0]!, dropId);
    return stock['A']!.held === UNITS;
  });
  const { faults, stock } = await readTruth(db.url, dropId);
  expect({ faults, A: stock['A'] }).toMatchObject({ faults: [], A: { available: 0, held: UNITS } });
  expect(held).toBeLessThanOrEqual(UNITS);
  expect(held + refused).toBe(BUYERS);
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const nothing = () => Promise.resolve();

describe('the same number is sold, none over', () => {
  const opened: GatedInventory[] = [];
  const two = async (dress?: (gate: RedisGate) => Gate) => {
    const both = await Promise.all([1, 2].map(() => openGated(db.url, [server.url], { dress })));
    opened.push(...both);
    return both;
  };
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((each) => each.closeAll()));
  });

  it('with the gate on', async () => sellsOut(await two(), nothing));

  it('with the gate off', async () => {
    const both = [openUngated(db.url), openUngated(db.url)];
    await sellsOut(both, nothing);
    await Promise.all(both.map((each) => each.close()));
  });

  it('with a gate that lies', async () => sellsOut(await two(() => new LyingGate()), nothing));

  it('with a gate that is wiped again and again', async () => {
    const both = await two();
    await sellsOut(both, async () => {
      for (let i = 0; i < 10; i += 1) {
        await pause(RUN_MS / 10);
        await both[0]!.redis.client.flushall();
      }
    });
  });

  it('with a Redis that is killed, stays away, and comes back', async () => {
    const both = await two();
    await sellsOut(both, async () => {
      await pause(RUN_MS / 5);
      await server.kill();
      await pause(RUN_MS);
      await server.start();
    });
  });

  it('with a Redis that is silent for a while', async () => {
    const both = await two();
    await sellsOut(both, async () => {
      await pause(RUN_MS / 5);
      server.stall();
      await pause(RUN_MS);
      server.resume();
    });
  });

  it('with replies of Redis that are lost', async () => {
    const proxy = await TcpProxy.start(server.url);
    const one = await openGated(db.url, [proxy.url]);
    let replies = 0;
    proxy.loseReply = () => (replies += 1) % 20 === 0;
    await sellsOut([one], nothing);
    expect(replies).toBeGreaterThan(20); // so that some were lost
    await one.closeAll();
    await proxy.stop();
  });
});

/** Says anything at all, and forgets what it is told. */
class LyingGate extends Gate {
  async place(_: GateQuery, toLedger: ToLedger): Promise<PlaceOutcome> {
    const chance = Math.random();
    if (chance < 0.4) return { kind: 'refused', reason: 'sold-out', shortLines: [0] };
    if (chance < 0.6) return { kind: 'busy', retryAfterSeconds: 1 };
    return toLedger(chance < 0.8 ? 0 : 100);
  }
  learn = () => undefined;
  doubt = () => undefined;
  heal = () => Promise.resolve();
  shortageOf = () => Promise.resolve(null);
}

describe('a Redis that comes back', () => {
  it(`is in use again within ${BACK_WITHIN_MS} ms`, async () => {
    const one = await openGated(db.url, [server.url]);
    const dropId = await insertDrop(db.url, { skus: { A: 1 } });
    await buyPatiently(one, dropId);
    expect(await crowdOf(20, 0, () => buyPatiently(one, dropId))).toEqual(Array(20).fill('sold-out'));
    const backAfter = async () => {
      await server.kill();
      const before = one.redisGate.counts.unseen;
      expect(await crowdOf(20, 0, () => buyPatiently(one, dropId))).toEqual(Array(20).fill('sold-out'));
      const { unseen, short } = one.redisGate.counts;
      expect(unseen).toBeGreaterThan(before);
      await server.start();
      const back = performance.now();
      await waitFor(
        'the gate to refuse again',
        async () => {
          await buyPatiently(one, dropId);
          return one.redisGate.counts.short > short;
        },
        { everyMs: 5 },
      );
      return performance.now() - back;
    };
    expect(await leastOf(BACK_WITHIN_MS, backAfter)).toBeLessThan(BACK_WITHIN_MS);
    await one.closeAll();
  });
});

describe('a unit that the gate has lost', () => {
  let one: GatedInventory;
  let dropId: string;
  const pass = async () => {
    const pool = openPool({ url: db.url, role: ROLES.inventory, max: 1, name: 'heal' });
    // What the reconciler does with each drop.
    await one.redisGate.heal(await new LedgerDropUpkeep(pool).stockOf(dropId), 'ledger');
    await pool.end();
  };
  const query = (n: number): GateQuery => ({
    dropId,
    customerId: `cus_asks${n}`,
    lines: [{ sku: 'A', quantity: 1 }],
    holdId: () => `asks${n}`,
  });
  const decision = (n: number) => askGate(one.redisGate, query(n));

  beforeEach(async () => {
    // Without its tries, which would find the unit within a second: this is about the reconciliation.
    const settings = { probeMs: 3_600_000, callDeadlineMs: 10_000, ...NONE_PENDING };
    one = await openGated(db.url, [server.url], { settings });
    dropId = await insertDrop(db.url, { skus: { A: 1 } });
    await waitFor('the gate to be seeded', async () => (await decision(0)) === 'ask');
    await withdraw(one.redisGate, query(0));
  });
  afterEach(() => one.closeAll());

  it('is on offer again after the reconciliation, when a wrong row hid it', async () => {
    const [gate] = gateKeys(dropId);
    await one.redis.client.hset(gate, 's:A', `0 9 99 ${Date.now() - 60_000} 0`);
    expect(await decision(1)).toEqual([0]);
    await pass();
    expect(await decision(2)).toBe('ask');
  });

  it('is on offer again when it was counted for somebody whose answer never came', async () => {
    const [, , deadlines, inFlight] = gateKeys(dropId);
    await one.redis.client.hset(inFlight, 'u:A', 1);
    await one.redis.client.zadd(deadlines, Date.now() + 4_000, 'a ghost');
    expect(await decision(1)).toBe('wait');
    await waitFor('the ghost to be forgotten', async () => (await decision(2)) === 'ask');
  });
});

describe('a Redis Cluster of which one node is dead', () => {
  it('is missed by the drops of that node alone', async () => {
    const cluster = await TestRedisCluster.start();
    // Long enough that a busy machine does not look like a node that is dead.
    const one = await openGated(db.url, cluster.urls, { settings: { callDeadlineMs: 2_000 } });
    const onNode: string[] = [];
    const elsewhere: string[] = [];
    while (onNode.length < 2 || elsewhere.length < 2) {
      const dropId = await insertDrop(db.url, { skus: { A: 1 } });
      const slot = await one.redis.nodes[0]!.cluster('KEYSLOT', gateKeys(dropId)[0]);
      (slot < SLOTS_OF_FIRST_NODE ? onNode : elsewhere).push(dropId);
    }
    const drops = [...onNode, ...elsewhere];
    for (const dropId of drops) await buyPatiently(one, dropId);
    const refusals = async (dropId: string) => {
      const before = { ...one.redisGate.counts };
      expect(await crowdOf(5, 0, () => buyPatiently(one, dropId))).toEqual(Array(5).fill('sold-out'));
      return {
        short: one.redisGate.counts.short - before.short,
        unseen: one.redisGate.counts.unseen - before.unseen,
        seedings: one.redisGate.counts.seedings - before.seedings,
      };
    };
    for (const dropId of drops) expect((await refusals(dropId)).unseen).toBe(0);
    await cluster.nodes[0]!.kill();
    for (const dropId of onNode) expect((await refusals(dropId)).unseen).toBeGreaterThan(0);
    for (const dropId of elsewhere)
      expect(await refusals(dropId)).toMatchObject({
        unseen: 0,
        seedings: 0,
        short: expect.any(Number),
      });
    await cluster.nodes[0]!.start();
    await waitFor('the gate to refuse everywhere', async () => {
      const each = [];
      for (const dropId of drops) each.push(await refusals(dropId));
      return each.every(({ unseen }) => unseen === 0);
    });
    await one.closeAll();
    await cluster.stop();
  });
});
