import { setTimeout as pause } from 'node:timers/promises';
import { newDropId, seededRandom } from '@holdfast/kernel';
import { leastOf, waitFor } from '@holdfast/testing';
import { Redis } from 'ioredis';
import { TestRedis } from '../support/redis';
import { ViewCrowd } from '../support/view-crowd';
import { ViewGateway } from '../support/view-gateway';
import { ViewLedger } from '../support/view-ledger';
import { ViewProjector } from '../support/view-projector';

const SEED = Number(process.env['HOLDFAST_SEED'] ?? Date.now() % 1_000_000);
const SKUS = ['A', 'B', 'C'];
const TOLD_MS_MAX = 3_000;
const WHOLE_MS_MAX = 1_000;

describe(`when something of the view dies (seed ${SEED})`, () => {
  const random = seededRandom(SEED);
  const ends: (() => unknown)[] = [];
  const dropId = newDropId();
  let redis: TestRedis;
  let ledger: ViewLedger;
  let projectors: ViewProjector[];
  let gateways: ViewGateway[];
  let crowd: ViewCrowd;
  let changes: NodeJS.Timeout;

  /** Any inventory instance answers, as the gateways' calls are spread. */
  const inventory = {
    getDrop: (id: string) => ledger.getDrop(id),
    stockOf: (id: string) => projectors[Math.floor(random() * projectors.length)]!.readStock.stockOf(id),
  };
  const addProjector = () => {
    const projector = new ViewProjector([redis.url], ledger);
    projectors.push(projector);
    ends.push(() => projector.die());
    return projector;
  };
  const addGateway = async () => {
    const gateway = await ViewGateway.start({ urls: [redis.url], inventory });
    ends.push(() => gateway.stop());
    return gateway;
  };
  const setUp = async (set: Record<string, string> = {}) => {
    redis = await TestRedis.start(set);
    ends.push(() => redis.stop());
    ledger = new ViewLedger();
    ledger.addDrop(dropId, SKUS);
    projectors = [];
    addProjector();
    addProjector();
    gateways = [await addGateway(), await addGateway()];
    crowd = new ViewCrowd(dropId, gateways, random, 8);
    ends.push(() => crowd.close());
    changes = setInterval(() => ledger.hold(dropId, SKUS[Math.floor(random() * 3)]!), 15);
    ends.push(() => clearInterval(changes));
    await waitFor('fresh', () => gateways.every(({ lease }) => lease.since === null));
    crowd.start();
  };
  /** How long all of `them` need until they are told. */
  const untilTold = async (event: 'stale' | 'fresh', them: ViewGateway[], since = performance.now()) => {
    const told = (gateway: ViewGateway) => (gateway.lease.since === null) === (event === 'fresh');
    await waitFor(event, () => them.every(told), { everyMs: 5 });
    return Math.round(performance.now() - since);
  };
  /** Holds end; all readers must come to the same end, and none have seen anything go back. */
  const endWell = async () => {
    clearInterval(changes);
    await crowd.settle();
    await crowd.allSee(ledger);
    expect(crowd.faults()).toEqual([]);
  };

  const endAll = async () => {
    for (const end of ends.splice(0).reverse()) await end();
  };
  /** Each scenario returns how long it took. A machine that stands still adds to that, so it may begin anew. */
  const inTime = async (boundMs: number, scenario: () => Promise<number>) => {
    const begunAnew = async () => {
      await endAll();
      return scenario();
    };
    expect(await leastOf(boundMs, begunAnew)).toBeLessThan(boundMs);
  };

  afterEach(endAll);

  it('tells viewers in time when Redis dies, shows them the ledger meanwhile, and converges when it is back', () =>
    inTime(TOLD_MS_MAX, async () => {
      await setUp();
      await pause(300);
      await crowd.settle();
      const killedAt = performance.now();
      await redis.kill();
      await waitFor('readers are told', () => crowd.told('stale') > 0, { everyMs: 5 });
      const toldMs = Math.round(performance.now() - killedAt);
      const [before, seen] = [ledger.row(dropId, 'A').version, crowd.readers[0]!.versions];
      await waitFor('counts go on', () => seen.get('A')! > before + 5, { deadlineMs: 6_000 });
      const opened = newDropId();
      ledger.addDrop(opened, SKUS);
      expect(await gateways[0]!.mirror.ofDrop(opened)).toHaveLength(SKUS.length);
      crowd.start();
      await pause(500);
      await redis.start();
      const freshMs = await untilTold('fresh', gateways);
      await pause(500);
      await endWell();
      console.info(`Redis killed: told after ${toldMs} ms; fresh ${freshMs} ms after it was back`);
      return Math.max(toldMs, freshMs);
    }));

  it('shows nothing older when Redis comes back with what it had some time ago', async () => {
    await setUp({ save: '"3600 1000000"' });
    await pause(300);
    const client = new Redis(redis.port, { lazyConnect: true });
    await client.connect();
    await client.save();
    client.disconnect();
    for (let round = 0; round < 3; round += 1) {
      await pause(700);
      await redis.kill();
      await pause(random() * 600);
      await redis.start();
    }
    await pause(700);
    await endWell();
  });

  it('loads the view again within a second when Redis is wiped, and nobody sees anything older', () =>
    inTime(WHOLE_MS_MAX, async () => {
      await setUp();
      const client = new Redis(redis.port);
      ends.push(() => client.disconnect());
      const idle = newDropId();
      ledger.addDrop(idle, SKUS);
      await waitFor('the idle drop is there', () => client.exists(`hf1:{${idle}}:view`));
      const tookMs: number[] = [];
      for (let round = 0; round < 4; round += 1) {
        await pause(400 + random() * 300);
        for (const projector of projectors) projector.healed.length = 0;
        const wipedAt = performance.now();
        await client.flushall();
        await waitFor('whole again', () => client.hexists(`hf1:{${idle}}:view`, ''), { everyMs: 5 });
        tookMs.push(Math.round(performance.now() - wipedAt));
        await waitFor('the gate was given the rows, too', () =>
          projectors.some(({ healed }) => healed.some((row) => row.dropId === idle)),
        );
      }
      await endWell();
      console.info(`wiped: whole again after ${tookMs.join(', ')} ms`);
      // Whoever looks first loads it; the other may find it whole each time.
      expect(projectors.some(({ keeper }) => keeper.reloads >= 1)).toBe(true);
      return Math.max(...tookMs);
    }));

  it('tells viewers in time when all projectors die, not when one does', () =>
    inTime(TOLD_MS_MAX, async () => {
      await setUp();
      await pause(200);
      await crowd.settle();
      await projectors[0]!.die();
      projectors.shift();
      await pause(TOLD_MS_MAX);
      const toldTooSoon = crowd.readers.some(({ events }) => events.has('stale'));
      const diedAt = performance.now();
      await projectors[0]!.die();
      await waitFor('readers are told', () => crowd.told('stale') > 0, { everyMs: 5 });
      const toldMs = Math.round(performance.now() - diedAt);
      addProjector();
      projectors.shift();
      await waitFor('readers hear of its return', () => crowd.told('fresh') > 0);
      await endWell();
      console.info(`projectors dead: told after ${toldMs} ms`);
      return toldTooSoon ? Infinity : toldMs;
    }));

  it('tells viewers in time when the stream stands still, and goes on from the ledger', () =>
    inTime(TOLD_MS_MAX, async () => {
      await setUp();
      await pause(200);
      await crowd.settle();
      const stoodAt = performance.now();
      for (const projector of projectors) projector.streams = false;
      await waitFor('readers are told', () => crowd.told('stale') > 0, { everyMs: 5 });
      const toldMs = Math.round(performance.now() - stoodAt);
      const before = ledger.row(dropId, 'A').version;
      const seen = crowd.readers[0]!.versions;
      await waitFor('counts go on', () => seen.get('A')! > before, { deadlineMs: 6_000 });
      crowd.start();
      await pause(500);
      for (const projector of projectors) projector.streams = true;
      await untilTold('fresh', gateways);
      await endWell();
      console.info(`stream stood still: told after ${toldMs} ms`);
      return toldMs;
    }));

  it('takes a Redis that hangs for one that is away', () =>
    inTime(TOLD_MS_MAX, async () => {
      await setUp();
      await pause(200);
      await crowd.settle();
      const stalledAt = performance.now();
      redis.stall();
      await waitFor('readers are told', () => crowd.told('stale') > 0, { everyMs: 5 });
      const toldMs = Math.round(performance.now() - stalledAt);
      redis.resume();
      await untilTold('fresh', gateways);
      await endWell();
      console.info(`Redis hung: told after ${toldMs} ms`);
      return toldMs;
    }));

  it('keeps what it has when nobody answers, and lets nobody in who may have seen more', async () => {
    await setUp();
    await pause(200);
    await crowd.settle();
    clearInterval(changes);
    await crowd.allSee(ledger);
    await redis.kill();
    ledger.isAway = true;
    await untilTold('stale', gateways);
    expect(await gateways[0]!.mirror.ofDrop(dropId)).toHaveLength(SKUS.length);
    expect(await gateways[0]!.mirror.catchUp(dropId)).toBe(false);
    expect((await gateways[0]!.directory.get(dropId))!.items.map(({ stock }) => stock.stale)).toEqual(
      SKUS.map(() => true),
    );
    ledger.isAway = false;
    await redis.start();
    await untilTold('fresh', gateways);
    expect(await gateways[0]!.mirror.catchUp(dropId)).toBe(true);
    await endWell();
  });
});
