import type { StockRow } from '@holdfast/contracts';
import { type Logger, silentLogger } from '@holdfast/observability';
import { openRedis, type RedisConnection } from '@holdfast/redis';
import { waitFor } from '@holdfast/testing';
import { gateKeys } from '../../apps/inventory/src/adapters/redis/gate/gate-scripts';
import type { GateSettings } from '../../apps/inventory/src/adapters/redis/gate/gate-settings';
import { RedisGate } from '../../apps/inventory/src/adapters/redis/gate/redis-gate';
import { NONE_PENDING } from '../support/ask-gate';
import { TcpProxy } from '../support/proxy/tcp-proxy';
import { TestRedis, TestRedisCluster } from '../support/redis';
import { gateContract, GateUnderTest, newWorld, unitsOf, type GateWorld, type Wish } from './gate.contract';

let server: TestRedis;
let cluster: TestRedisCluster;
let plain: RedisConnection;
let clustered: RedisConnection;
const open = (urls: string[]) => openRedis({ urls, name: 'gate under test', logger: silentLogger() });

beforeAll(async () => {
  server = await TestRedis.start();
  cluster = await TestRedisCluster.start();
  plain = open([server.url]);
  clustered = open(cluster.urls);
  await waitFor('both', () => plain.isUp && clustered.isUp);
});
afterAll(async () => {
  plain.close();
  clustered.close();
  await server.stop();
  await cluster.stop();
});

function gateOn(
  redis: RedisConnection,
  world: GateWorld,
  customersOf: () => Promise<string[] | null> = async () => world.customers,
  more: Partial<GateSettings> = {},
): RedisGate {
  const source = { saleOf: async () => world.sale, customersOf };
  // A busy machine must not look like a Redis that is away.
  const settings = { callDeadlineMs: 5_000, ...NONE_PENDING, ...more };
  return new RedisGate({ redis, clock: world.clock, source, logger: silentLogger(), settings });
}

gateContract('the gate in Redis', (world) => gateOn(plain, world));
gateContract('the gate in a Redis Cluster', (world) => gateOn(clustered, world));

const row = (dropId: string, available: number, version: number): StockRow => ({
  dropId,
  sku: 'A',
  total: 100,
  available,
  held: 100 - available,
  sold: 0,
  epoch: 1,
  version,
  asOf: new Date(0).toISOString(),
});

describe.each([
  ['a Redis', () => plain],
  ['a Redis Cluster', () => clustered],
])('admission in %s', (_, redisOf) => {
  let world: GateWorld;
  let it_: GateUnderTest;
  let gate: RedisGate;
  let drops = 0;
  const ask = (wish?: Wish) => it_.ask(wish);
  const buyer = (n: number, more: Wish = {}): Wish => ({ customerId: `cus_${n}`, holdId: `h${n}`, ...more });
  const askAll = (from: number, to: number, more: Wish = {}) =>
    Promise.all(Array.from({ length: to - from + 1 }, (_, i) => ask(buyer(from + i, more))));
  const count = (verdicts: unknown[], wanted: unknown) => verdicts.filter((each) => each === wanted).length;

  beforeEach(async () => {
    drops += 1;
    world = newWorld(`dadm${process.pid}x${redisOf().isCluster ? 'c' : 'p'}${drops}`);
    gate = gateOn(redisOf(), world);
    it_ = new GateUnderTest(gate, world);
    await it_.soldOut();
    it_.learn({ available: unitsOf({ A: 3, B: 5 }) });
  });

  it('lets through as many as there are units for, and the others wait', async () => {
    const verdicts = await askAll(1, 100);
    expect([count(verdicts, 'ask'), count(verdicts, 'wait')]).toEqual([3, 97]);
    expect(await askAll(4, 6)).toEqual(['wait', 'wait', 'wait']);
  });

  it('says who got them when their answers are known: gone for the others, or free again', async () => {
    await askAll(1, 3);
    it_.learn({ available: unitsOf({ A: 1 }), customers: ['cus_1', 'cus_2'], decided: ['h1', 'h2', 'h3'] });
    const verdicts = await askAll(4, 6);
    expect([count(verdicts, 'ask'), count(verdicts, 'wait')]).toEqual([1, 2]);
    it_.learn({ available: unitsOf({ A: 0 }), customers: ['cus_4'], decided: ['h4'] });
    expect(await askAll(5, 6)).toEqual([[0], [0]]);
  });

  it('counts somebody who asks twice once, and always lets them through', async () => {
    for (let i = 0; i < 5; i += 1) expect(await ask(buyer(1))).toBe('ask');
    const verdicts = await askAll(2, 9);
    expect(count(verdicts, 'ask')).toBe(2);
    expect(gate.counts.admitted).toBe(3);
  });

  it('counts all lines of a hold or none', async () => {
    const both = [
      { sku: 'A', quantity: 1 },
      { sku: 'B', quantity: 2 },
    ];
    const verdicts = await askAll(1, 9, { lines: both });
    expect(count(verdicts, 'ask')).toBe(2); // five of B
    const onlyA = await askAll(11, 19);
    expect(count(onlyA, 'ask')).toBe(1); // the third of A was not counted for those who wait for B
  });

  it('takes back who does not go to the ledger after all', async () => {
    await askAll(1, 3);
    await it_.withdraw(buyer(2));
    expect(await askAll(4, 5)).toEqual(['ask', 'wait']);
  });

  it('no longer counts who has had no answer for three seconds', async () => {
    await askAll(1, 3);
    world.clock.advance(2_900);
    expect(await ask(buyer(4))).toBe('wait');
    world.clock.advance(101);
    expect(await askAll(5, 8)).toEqual(['ask', 'ask', 'ask', 'wait']);
  });

  it('no longer counts who was counted by a clock that was set back since', async () => {
    await askAll(1, 3);
    world.clock.setByMs -= 3_600_000;
    expect(await ask(buyer(4))).toBe('ask');
  });

  it('counts nobody twice who was let through before the customers were lost', async () => {
    const [, keyOfCustomers, , inFlight] = gateKeys(world.dropId);
    world.sale = { ...world.sale, available: unitsOf({ A: 3, B: 5 }) };
    await askAll(1, 2);
    await redisOf().client.unlink(keyOfCustomers);
    await waitFor('the same one to be let through again', async () => (await ask(buyer(1))) === 'ask');
    expect(await redisOf().client.hget(inFlight, 'u:A')).toBe('2');
  });

  it('keeps a place pending until the news, and gives it then what the ledger answers', async () => {
    const other = new GateUnderTest(gateOn(redisOf(), world, undefined, { pendingMax: 1 }), world);
    await waitFor('its own look', async () => (await other.ask({ customerId: 'cus_known' })) === 'ask');
    await askAll(1, 3);
    const pending = other.ask(buyer(4));
    expect(await other.ask(buyer(5))).toBe('wait');
    other.learn({ available: unitsOf({ A: 1 }), customers: ['cus_1', 'cus_2'], decided: ['h1', 'h2', 'h3'] });
    expect(await pending).toBe('ask');
  });

  it('lets nobody wait for units that are counted although nobody asks for them', async () => {
    const [, , , inFlight] = gateKeys(world.dropId);
    await redisOf().client.hset(inFlight, 'u:A', 1_000);
    expect(await ask(buyer(1))).toBe('ask');
  });

  it('takes newer rows of the stream, and no older ones', async () => {
    await gate.heal([row(world.dropId, 0, 1_000)], 'stream');
    expect(await ask(buyer(1))).toEqual([0]);
    await gate.heal([row(world.dropId, 50, 999)], 'stream');
    expect(await ask(buyer(2))).toEqual([0]);
    await gate.heal([row(world.dropId, 1, 1_001)], 'stream');
    expect(await ask(buyer(3))).toBe('ask');
  });

  it('has a unit on offer again that a wrong row hid, after the ledger was read', async () => {
    await gate.heal([row(world.dropId, 0, 1_000_000)], 'stream');
    expect(await ask(buyer(1))).toEqual([0]);
    await gate.heal([row(world.dropId, 3, 20)], 'ledger');
    expect(await ask(buyer(2))).toEqual([0]); // it could be news that overtook the reading
    world.clock.advance(2_001);
    await gate.heal([row(world.dropId, 3, 20)], 'ledger');
    expect(await askAll(3, 6)).toEqual(['ask', 'ask', 'ask', 'wait']);
  });

  it('lets one a second try what seems gone, and believes what the ledger says then', async () => {
    await gate.heal([row(world.dropId, 0, 1_000_000)], 'stream');
    world.clock.advance(2_001);
    const verdicts = await askAll(1, 50);
    expect(count(verdicts, 'ask')).toBe(1);
    expect(count(await askAll(51, 99), 'ask')).toBe(0);
    it_.learn({ available: new Map([['A', { units: 2, epoch: 1, version: 30 }]]), decided: ['h1'] });
    expect(count(await askAll(101, 150), 'ask')).toBe(2);
  });

  it('tells the gateways only what it was told lately, or what the ledger says', async () => {
    it_.learn({ available: unitsOf({ A: 0 }) });
    expect(await ask(buyer(1))).toEqual([0]);
    expect((await gate.shortageOf(world.dropId))?.available).toEqual([{ sku: 'A', units: 0 }]);
    world.sale = { ...world.sale, available: unitsOf({ A: 7 }) };
    expect((await gate.shortageOf(world.dropId))?.available).toEqual([{ sku: 'A', units: 0 }]);
    world.clock.advance(1_001);
    expect((await gate.shortageOf(world.dropId))?.available).toEqual([{ sku: 'A', units: 7 }]);
    expect(await ask(buyer(2))).toBe('ask');
  });

  it.each([
    ['everything', (keys: string[]) => keys],
    ['the customers', (keys: string[]) => [keys[1]!]],
    ['the gate itself', (keys: string[]) => [keys[0]!]],
  ])('fills itself again when %s was wiped, and refuses nobody meanwhile', async (__, pick) => {
    world.sale = { ...world.sale, available: unitsOf({ A: 0 }) };
    world.customers = ['cus_known', 'cus_later'];
    await redisOf().client.unlink(...pick(gateKeys(world.dropId)));
    expect(await ask(buyer(1))).toBe('wait');
    await waitFor('the gate to be sure', async () => Array.isArray(await ask(buyer(2))));
    expect(await ask({ customerId: 'cus_later' })).toBe('ask');
  });

  it.each([
    ['is missing', (key: string) => redisOf().client.hdel(key, 'limit')],
    ['is no number', (key: string) => redisOf().client.hset(key, 'limit', 'four')],
  ])('fills itself again when the limit %s, and nothing else', async (__, damage) => {
    world.sale = { ...world.sale, available: unitsOf({ A: 0 }) };
    const [keyOfGate] = gateKeys(world.dropId);
    await damage(keyOfGate);
    expect(await ask(buyer(1))).toBe('wait');
    await waitFor('the gate to be sure', async () => Array.isArray(await ask(buyer(2))));
    expect(await gate.shortageOf(world.dropId)).not.toBeNull();
  });

  it('fills itself again when its keys are of another kind', async () => {
    const [keyOfGate] = gateKeys(world.dropId);
    await redisOf().client.unlink(keyOfGate);
    await redisOf().client.set(keyOfGate, 'not a hash');
    expect(await ask(buyer(1))).toBe('wait');
    world.clock.advance(101);
    await waitFor('the gate to be sure', async () => Array.isArray(await ask(buyer(2))));
  });

  it('says once, not once for each call, that its keys are of another kind', async () => {
    const errors: unknown[] = [];
    const logger = { error: (about: unknown) => errors.push(about) } as unknown as Logger;
    const source = { saleOf: async () => world.sale, customersOf: async () => world.customers };
    const parts = {
      redis: redisOf(),
      clock: world.clock,
      source,
      logger,
      settings: { callDeadlineMs: 5_000, ...NONE_PENDING },
    };
    const other = new GateUnderTest(new RedisGate(parts), world);
    await waitFor('its own look', async () => (await other.ask({ customerId: 'cus_known' })) === 'ask');
    const [keyOfGate] = gateKeys(world.dropId);
    await redisOf().client.unlink(keyOfGate);
    await redisOf().client.set(keyOfGate, 'not a hash');
    await Promise.all(Array.from({ length: 256 }, (__, n) => other.ask(buyer(n))));
    expect(errors).toEqual([expect.objectContaining({ dropId: world.dropId })]);
  });

  it('goes on when Redis has forgotten the scripts', async () => {
    for (const node of redisOf().nodes) await node.script('FLUSH');
    expect(await askAll(1, 4)).toEqual(['ask', 'ask', 'ask', 'wait']);
  });

  it('counts together with another instance', async () => {
    const other = new GateUnderTest(gateOn(redisOf(), world), world);
    await waitFor('its own look', async () => (await other.ask({ customerId: 'cus_known' })) === 'ask');
    const mine = await askAll(1, 2);
    const theirs = await Promise.all([3, 4].map((n) => other.ask(buyer(n))));
    expect([mine, theirs]).toEqual([
      ['ask', 'ask'],
      ['ask', 'wait'],
    ]);
    other.learn({ available: unitsOf({ A: 0 }), customers: ['cus_1'], decided: ['h1', 'h2', 'h3'] });
    await waitFor('the news of the other', async () => Array.isArray(await ask(buyer(5))));
    expect(await ask(buyer(1))).toBe('ask');
  });

  it('is believed by a process that has just begun only after its own look at the ledger', async () => {
    // Served by a process that could not reach Redis, and is gone.
    world.customers = ['cus_known', 'cus_unheard_of'];
    it_.learn({ available: unitsOf({ A: 0 }) });
    expect(await ask(buyer(1))).toEqual([0]);
    const begun = new GateUnderTest(gateOn(redisOf(), world), world);
    const verdict = await waitFor('a verdict', async () => {
      const said = await begun.ask({ customerId: 'cus_unheard_of' });
      return said !== 'wait' && said;
    });
    expect(verdict).toBe('ask');
    expect(await begun.ask(buyer(2))).toEqual([0]);
  });

  it('stays in use for the others while a process that has just begun looks at the ledger', async () => {
    it_.learn({ available: unitsOf({ A: 0 }) });
    let look: (customers: string[]) => void = () => undefined;
    const slow = gateOn(redisOf(), world, () => new Promise<string[]>((resolve) => (look = resolve)));
    const begun = new GateUnderTest(slow, world);
    const looking = look;
    await waitFor('it to look', async () => {
      expect(await begun.ask(buyer(1))).toBe('wait');
      return look !== looking;
    });
    expect(await askAll(2, 9)).toEqual(Array(8).fill([0]));
    expect(gate.counts.seedings).toBe(1);
    look([]);
    await waitFor('the gate to be sure', async () => Array.isArray(await begun.ask(buyer(10))));
  });

  it('is filled by the one who began, however long the ledger takes, while that one is alive', async () => {
    const dropId = `${world.dropId}long`;
    const long = { ...world, dropId, sale: { ...world.sale, available: unitsOf({ A: 0 }) } };
    let answer: (customers: string[]) => void = () => undefined;
    const first = new GateUnderTest(
      gateOn(redisOf(), long, () => new Promise((resolve) => (answer = resolve)), { seedLeaseMs: 200 }),
      long,
    );
    let looks = 0;
    const impatient = () => Promise.resolve((looks += 1) > 0 ? ['cus_known'] : null);
    const second = new GateUnderTest(gateOn(redisOf(), long, impatient, { seedLeaseMs: 200 }), long);
    const [keyOfGate] = gateKeys(dropId);
    const renewedAt = async () => Number(await redisOf().client.hget(keyOfGate, 'seeding_at'));
    expect(await first.ask()).toBe('wait');
    await waitFor('it to begin', async () => (await renewedAt()) > 0);
    for (let turn = 0; turn < 5; turn += 1) {
      long.clock.advance(150);
      await waitFor('it to go on', async () => (await renewedAt()) === long.clock.now());
      expect(await second.ask()).toBe('wait');
    }
    answer(['cus_known']);
    await waitFor('the first to be sure', async () => Array.isArray(await first.ask()));
    expect(looks).toBe(0);
    await waitFor('the second to be sure', async () => {
      long.clock.advance(10);
      return Array.isArray(await second.ask());
    });
  });

  it('lets everybody ask before the opening, and counts from the opening on', async () => {
    const early = {
      ...world,
      dropId: `${world.dropId}early`,
      sale: { ...world.sale, open: false, opensInMs: 5_000 },
    };
    early.sale.available = unitsOf({ A: 3 });
    const before = new GateUnderTest(gateOn(redisOf(), early), early);
    const crowd = (from: number, to: number) =>
      Promise.all(Array.from({ length: to - from + 1 }, (__, i) => before.ask(buyer(from + i))));
    await waitFor('the gate to be seeded', async () => (await before.ask(buyer(0))) === 'ask');
    expect(count(await crowd(1, 20), 'ask')).toBe(20);
    early.clock.advance(5_000);
    expect(count(await crowd(1, 20), 'ask')).toBe(3);
    before.learn({ open: false, available: new Map() }); // paused
    expect(count(await crowd(21, 40), 'ask')).toBe(20);
  });

  it('takes a crowd that looks in just before the opening for customers only as long as they may be served by it', async () => {
    const dropId = `${world.dropId}soon`;
    const sale = { ...world.sale, open: false, opensInMs: 1_000, available: unitsOf({ A: 3 }) };
    const soon = { ...world, dropId, sale };
    const gateThen = gateOn(redisOf(), soon);
    const then = new GateUnderTest(gateThen, soon);
    const crowd = (from: number, to: number) =>
      Promise.all(Array.from({ length: to - from + 1 }, (__, i) => then.ask(buyer(from + i))));
    await waitFor('the gate to be seeded', async () => (await then.ask(buyer(0))) === 'ask');
    expect(count(await crowd(1, 20), 'ask')).toBe(20);
    soon.clock.advance(1_000);
    expect(count(await crowd(1, 20), 'ask')).toBe(3);
    const decided = Array.from({ length: 21 }, (__, n) => `h${n}`);
    then.learn({ open: true, available: unitsOf({ A: 0 }), customers: ['cus_1'], decided });
    // Any of them may have been served by the request that came before the opening.
    expect(await then.ask(buyer(20))).toBe('ask');
    expect(await then.ask(buyer(21))).toEqual([0]);
    expect((await gateThen.shortageOf(dropId))?.customers).toContain('cus_20');
    const [, , , , early] = gateKeys(dropId);
    const ttlMs = await redisOf().client.pttl(early);
    expect(ttlMs).toBeGreaterThan(1_000);
    expect(ttlMs).toBeLessThanOrEqual(6_000);
    await redisOf().client.pexpire(early, 0);
    expect(await then.ask(buyer(20))).toEqual([0]);
    expect(await then.ask(buyer(1))).toBe('ask');
    expect((await gateThen.shortageOf(dropId))?.customers).not.toContain('cus_20');
  });

  it('sends on what no shopper asks for', async () => {
    for (const quantity of [-1, 0, 1.5])
      expect(await ask(buyer(1, { lines: [{ sku: 'A', quantity }] }))).toBe('ask');
    expect(count(await askAll(2, 9), 'ask')).toBe(3);
  });
});

/** What a test has opened, closed also when it fails: an open connection would keep the run from ending. */
const opened: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
});

describe('a reply of Redis that is lost', () => {
  it('is one admission, and the gate is seeded again before it is believed', async () => {
    const proxy = await TcpProxy.start(server.url);
    opened.push(() => proxy.stop());
    const redis = open([proxy.url]);
    opened.push(() => redis.close());
    await waitFor('the connection', () => redis.isUp);
    const world = newWorld(`dlost${process.pid}`);
    world.sale.available = unitsOf({ A: 2 });
    const gate = gateOn(redis, world);
    const it_ = new GateUnderTest(gate, world);
    await waitFor(
      'the gate to be seeded',
      async () => (await it_.ask({ customerId: 'cus_first', holdId: 'h0' })) === 'ask',
    );
    let lost = 0;
    proxy.loseReply = () => (lost += 1) === 1;
    expect(await it_.ask({ customerId: 'cus_1', holdId: 'h1' })).toBe('wait');
    expect({ lost, failed: gate.counts.failedCalls }).toEqual({ lost: 1, failed: 1 });
    await waitFor('the connection', () => redis.isUp);
    world.clock.advance(200);
    await waitFor('the same one to be let through again', async () => {
      return (await it_.ask({ customerId: 'cus_1', holdId: 'h1' })) === 'ask' && gate.counts.seedings === 2;
    });
    // Both units are asked for, once each: the third waits, and is served when one comes back.
    expect(await it_.ask({ customerId: 'cus_2', holdId: 'h2' })).toBe('wait');
    await it_.withdraw({ customerId: 'cus_1', holdId: 'h1' });
    expect(await it_.ask({ customerId: 'cus_2', holdId: 'h2' })).toBe('ask');
    expect(await it_.ask({ customerId: 'cus_3', holdId: 'h3' })).toBe('wait');
  });
});

describe('a customer who was served while Redis was away', () => {
  it('is sent on to the ledger afterwards, although the ledger was read before it committed', async () => {
    const own = await TestRedis.start();
    opened.push(() => own.stop());
    const redis = open([own.url]);
    opened.push(() => redis.close());
    await waitFor('the connection', () => redis.isUp);
    const world = newWorld(`daway${process.pid}`);
    const gate = gateOn(redis, world, undefined, { unseenMax: 2 });
    const it_ = new GateUnderTest(gate, world);
    await it_.soldOut();
    await own.kill();
    await waitFor('the loss to be noticed', () => !redis.isUp);
    expect(await it_.ask({ customerId: 'cus_unseen' })).toBe('wait');
    world.clock.advance(751);
    // Two may go at a time, and get no answer.
    for (const customerId of ['cus_unseen', 'cus_loser'])
      void gate.place(it_.query({ customerId, holdId: customerId }), () => new Promise(() => undefined));
    expect(await it_.ask({ customerId: 'cus_asked' })).toBe('wait');
    expect(gate.counts.unseen).toBe(2);
    it_.learn({ customers: ['cus_served'], decided: ['cus_loser'] });
    await own.start();
    await waitFor('the connection', () => redis.isUp);
    world.clock.advance(200);
    await waitFor('the gate to be sure', async () =>
      Array.isArray(await it_.ask({ customerId: 'cus_other' })),
    );
    expect(await it_.ask({ customerId: 'cus_unseen' })).toBe('ask');
    expect(await it_.ask({ customerId: 'cus_served' })).toBe('ask');
    // Who has nothing is refused again, and a certificate need not name them.
    expect(await it_.ask({ customerId: 'cus_loser' })).toEqual([0]);
    expect(await it_.ask({ customerId: 'cus_asked' })).toEqual([0]);
    expect((await gate.shortageOf(world.dropId))?.customers.sort()).toEqual([
      'cus_known',
      'cus_served',
      'cus_unseen',
    ]);
  });

  it('is not forgotten when a batch was in doubt: nothing is seeded from the ledger for a while', async () => {
    const world = newWorld(`ddoubt${process.pid}`);
    const gate = gateOn(plain, world);
    const it_ = new GateUnderTest(gate, world);
    await it_.soldOut();
    gate.doubt(world.dropId);
    expect(await it_.ask()).toEqual([0]);
    await plain.client.unlink(...gateKeys(world.dropId));
    await it_.ask();
    expect(await it_.ask()).toBe('ask');
    world.clock.advance(10_001);
    await waitFor('the gate to be sure', async () =>
      Array.isArray(await it_.ask({ customerId: 'cus_other' })),
    );
  });

  it('is known again after a doubt, although Redis was wiped and filled by another one before the ledger had committed', async () => {
    const world = newWorld(`dwiped${process.pid}`);
    const gate = gateOn(plain, world);
    const it_ = new GateUnderTest(gate, world);
    const other = new GateUnderTest(gateOn(plain, world), world);
    const isSure = (each: GateUnderTest) => async () =>
      Array.isArray(await each.ask({ customerId: 'cus_other' }));
    await it_.soldOut();
    await waitFor('its own look', isSure(other));
    it_.learn({ available: unitsOf({ A: 1 }) });
    expect(await it_.ask({ customerId: 'cus_served', holdId: 'h_served' })).toBe('ask');
    await plain.client.unlink(...gateKeys(world.dropId));
    await waitFor('the other to fill it', isSure(other));
    world.customers = ['cus_known', 'cus_served'];
    gate.doubt(world.dropId);
    // The gate stays in use, and nobody waits for the look.
    expect(await it_.ask()).toEqual([0]);
    world.clock.advance(10_001);
    other.learn();
    await waitFor('the news', isSure(it_));
    await waitFor(
      'the customer to be known',
      async () => (await other.ask({ customerId: 'cus_served', holdId: 'h_served' })) === 'ask',
    );
  });
});
