import type { StockRow } from '@holdfast/contracts';
import { newDropId, randomId } from '@holdfast/kernel';
import { silentLogger } from '@holdfast/observability';
import { LEASE_KEY, markKeys, openRedis, RedisViewReader, stockKey } from '@holdfast/redis';
import { leastOf, waitFor } from '@holdfast/testing';
import { Redis } from 'ioredis';
import { RedisStockView } from '../../apps/inventory/src/adapters/redis/view/redis-stock-view';
import type { DropUpkeep } from '../../apps/inventory/src/application/ports/drop-upkeep.port';
import type { ProjectChanges } from '../../apps/inventory/src/application/projector/project-changes';
import { ReconcileView } from '../../apps/inventory/src/application/projector/reconcile-view';
import { TestRedis, TestRedisCluster } from '../support/redis';

const rowsOf = (dropId: string, count: number, version = 1): StockRow[] =>
  Array.from({ length: count }, (_, i) => ({
    dropId,
    sku: `S${String(i).padStart(5, '0')}`,
    total: 9,
    available: 9,
    held: 0,
    sold: 0,
    epoch: 0,
    version,
    asOf: '2026-11-22T04:00:00.000Z',
  }));

describe('the stock view in Redis', () => {
  const ends: (() => unknown)[] = [];
  afterAll(async () => {
    for (const end of ends.reverse()) await end();
  });

  async function viewAt(
    urls: readonly string[],
    ledger: (dropId: string) => Promise<StockRow[]> = async () => [],
  ) {
    const redis = openRedis({ urls, name: 'view', logger: silentLogger() });
    ends.push(() => redis.close());
    await waitFor('Redis is up', () => redis.isUp);
    const after: { script: () => Promise<unknown> } = { script: async () => undefined };
    const run = redis.script.bind(redis);
    redis.script = (script) => {
      const call = run(script);
      return async (...args) => {
        const answer = await call(...args);
        await after.script();
        return answer;
      };
    };
    const troubles: string[] = [];
    const view = new RedisStockView({
      redis,
      stockOf: ledger,
      newName: randomId,
      onTrouble: (reason) => troubles.push(reason),
    });
    return { redis, view, troubles, after, reader: new RedisViewReader(redis) };
  }

  describe('on one server', () => {
    let server: TestRedis;
    let client: Redis;
    beforeAll(async () => {
      server = await TestRedis.start();
      client = new Redis(server.port);
      ends.push(
        () => server.stop(),
        () => client.disconnect(),
      );
    });

    it('has a drop whole only when the ledger was read for it', async () => {
      const dropId = newDropId();
      const { view, reader } = await viewAt([server.url], async () => rowsOf(dropId, 3, 5));
      await viewAt([server.url]).then((empty) => empty.view.apply(rowsOf(dropId, 1, 2)));
      expect((await reader.read(dropId)).position).toBeNull();
      await view.apply(rowsOf(dropId, 1, 3));
      const image = await reader.read(dropId);
      expect(image.position).not.toBeNull();
      expect(image.rows.map((row) => row.version)).toEqual([5, 5, 5]);
    });

    it('completes what an instance of the release before left, once, without a drift', async () => {
      const dropId = newDropId();
      const { view, reader } = await viewAt([server.url]);
      const rows = rowsOf(dropId, 2, 5);
      const left = rows.map((row) => ({ ...row, unmarked: true as const }));
      await view.apply(left);
      const drifts: unknown[] = [];
      const upkeep = {
        activeDrops: async () => [dropId],
        stockOf: async () => rows,
      } as unknown as DropUpkeep;
      const applied: StockRow[] = [];
      const applyStock = async (some: readonly StockRow[]) => {
        const taken = await view.apply(some);
        applied.push(...taken);
        return taken;
      };
      const changes = { applyStock } as unknown as ProjectChanges;
      const reconciler = new ReconcileView(upkeep, view, changes, (drift) => drifts.push(drift), 0);
      await reconciler.pass();
      await reconciler.pass();
      await view.apply(left); // it still runs
      expect(applied).toEqual(rows);
      expect(drifts).toEqual([]);
      expect((await reader.read(dropId)).rows).toEqual(rows);
    });

    it('moves the position with each change and with nothing else', async () => {
      const dropId = newDropId();
      const { view, reader } = await viewAt([server.url]);
      await view.load(dropId, rowsOf(dropId, 2));
      const positions = [await reader.position(dropId)];
      for (const version of [1, 2, 2, 3]) {
        await view.apply(rowsOf(dropId, 1, version));
        positions.push(await reader.position(dropId));
      }
      expect(positions.map((position) => Number(position!.split(':')[1]))).toEqual([0, 0, 1, 1, 2]);
    });

    it('begins a new life of the position when it is loaded again, and only then', async () => {
      const dropId = newDropId();
      const { view, reader } = await viewAt([server.url]);
      const lifeAfter = async (work: () => Promise<unknown>) => {
        await work();
        return (await reader.position(dropId))!.split(':')[0];
      };
      const first = await lifeAfter(() => view.load(dropId, rowsOf(dropId, 2)));
      expect(await lifeAfter(() => view.load(dropId, rowsOf(dropId, 2, 2)))).toBe(first);
      const load = async () => void (await view.load(dropId, rowsOf(dropId, 2, 2)));
      expect(await lifeAfter(() => view.reload(load))).not.toBe(first);
    });

    it('does not take a drop for whole that was wiped while it was loaded', async () => {
      const dropId = newDropId();
      const { view, reader, after } = await viewAt([server.url]);
      after.script = async () => {
        after.script = async () => undefined;
        await client.del(stockKey(dropId));
      };
      await expect(view.load(dropId, rowsOf(dropId, 1_200))).rejects.toThrow('was lost');
      expect(await reader.position(dropId)).toBeNull();
      await view.load(dropId, rowsOf(dropId, 1_200));
      expect((await reader.read(dropId)).rows).toHaveLength(1_200);
      expect(await reader.position(dropId)).not.toBeNull();
    });

    it('does not take itself for whole when it was wiped while it was loaded', async () => {
      const { view } = await viewAt([server.url]);
      await client.flushall();
      expect(await view.isWhole()).toBe(false);
      expect(await view.reload(async () => void (await client.flushall()))).toBe(false);
      expect(await view.isWhole()).toBe(false);
      expect(await view.reload(async () => undefined)).toBe(true);
      expect(await view.isWhole()).toBe(true);
    });

    it('takes nothing for whole that the process before it may have left with rows in its hand', async () => {
      const before = await viewAt([server.url]);
      expect(await before.view.reload(async () => undefined)).toBe(true);
      before.redis.close();
      const { view } = await viewAt([server.url]);
      expect(await view.isWhole()).toBe(false);
      expect(await view.reload(async () => undefined)).toBe(true);
      expect(await view.isWhole()).toBe(true);
    });

    it('leaves nothing in Redis for ever when reloads fail', async () => {
      await client.flushall();
      const { view } = await viewAt([server.url]);
      for (let i = 0; i < 3; i += 1)
        await expect(view.reload(() => Promise.reject(new Error('away')))).rejects.toThrow('away');
      const lasting = [];
      for (const key of await client.keys('*')) if ((await client.ttl(key)) < 0) lasting.push(key);
      expect(lasting).toEqual([]);
      expect(await view.reload(async () => undefined)).toBe(true);
      expect(await client.hgetall(markKeys(false)[0]!)).toEqual({ '': '1' });
    });

    it('lets two projectors load at the same time', async () => {
      await client.flushall();
      const [one, two] = [await viewAt([server.url]), await viewAt([server.url])];
      const dropId = newDropId();
      const load = ({ view }: typeof one) =>
        view.reload(async () => void (await view.load(dropId, rowsOf(dropId, 2_000))));
      expect(await Promise.all([load(one), load(two)])).toEqual([true, true]);
      expect((await one.reader.read(dropId)).rows).toHaveLength(2_000);
    });

    it('keeps the lease that lasts longer', async () => {
      const { view } = await viewAt([server.url]);
      await view.confirm(60_000, '2026-11-22T04:01:00.000Z');
      await view.confirm(500, '2026-11-22T04:00:00.500Z');
      expect(await client.pttl(LEASE_KEY)).toBeGreaterThan(30_000);
      expect(await client.get(LEASE_KEY)).toBe('2026-11-22T04:01:00.000Z');
      await client.unlink(LEASE_KEY);
    });

    it('holds nobody up while Redis is away, and knows afterwards that it may lack something', async () => {
      const own = await TestRedis.start();
      ends.push(() => own.stop());
      const { redis, view, troubles } = await viewAt([own.url]);
      await view.reload(async () => undefined);
      await redis.client.save();
      await own.kill();
      await waitFor('noticed', () => !redis.isUp);
      const appliedAfterMs = async (turn: number) => {
        const begun = performance.now();
        expect(await view.apply(rowsOf(newDropId(), 3))).toEqual([]);
        const tookMs = performance.now() - begun;
        if (turn === 0) expect(troubles).toHaveLength(1);
        return tookMs;
      };
      expect(await leastOf(100, appliedAfterMs)).toBeLessThan(100);
      await expect(view.isWhole()).rejects.toThrow();
      await own.start();
      await waitFor('back', () => redis.isUp);
      // Its mark is back as well, with all that Redis had when it was saved.
      expect(await redis.client.dbsize()).toBeGreaterThan(0);
      expect(await view.isWhole()).toBe(false);
      expect(await view.reload(async () => undefined)).toBe(true);
      expect(await view.isWhole()).toBe(true);
    });

    it('takes and gives a drop of 5,000 SKUs within its deadlines', async () => {
      const dropId = newDropId();
      const { view, reader } = await viewAt([server.url]);
      const begun = performance.now();
      await view.load(dropId, rowsOf(dropId, 5_000));
      const loaded = performance.now();
      expect((await reader.read(dropId)).rows).toHaveLength(5_000);
      const read = performance.now();
      console.info(
        `5,000 SKUs: loaded in ${Math.round(loaded - begun)} ms, read in ${Math.round(read - loaded)} ms`,
      );
    });
  });

  describe('on a cluster of three nodes', () => {
    let cluster: TestRedisCluster;
    beforeAll(async () => {
      cluster = await TestRedisCluster.start();
      ends.push(() => cluster.stop());
    });

    it('notices when any one node was wiped', async () => {
      const { view } = await viewAt(cluster.urls);
      await view.reload(async () => undefined);
      for (const { port } of cluster.nodes) {
        expect(await view.isWhole()).toBe(true);
        const node = new Redis(port);
        await node.flushall();
        node.disconnect();
        expect(await view.isWhole()).toBe(false);
        expect(await view.reload(async () => undefined)).toBe(true);
      }
    });

    it('notices a node that comes back with what it had some time ago, though no call has failed', async () => {
      const { redis, view } = await viewAt(cluster.urls);
      await view.reload(async () => undefined);
      const [, node] = cluster.nodes;
      const client = new Redis(node!.port, { retryStrategy: () => 50 });
      ends.push(() => client.disconnect());
      client.on('error', () => undefined);
      await client.save();
      expect(await view.isWhole()).toBe(true);
      await node!.kill();
      await node!.start();
      await waitFor('it takes part again', async () =>
        String(await client.cluster('INFO')).includes('cluster_state:ok'),
      );
      expect(await client.dbsize()).toBeGreaterThan(0);
      await waitFor('all are connected', () => redis.nodes.every(({ status }) => status === 'ready'));
      expect(await view.isWhole()).toBe(false);
      expect(await view.reload(async () => undefined)).toBe(true);
      expect(await view.isWhole()).toBe(true);
    });

    it('goes on with the drops of the other nodes while one is dead, and knows what it may lack', async () => {
      const { view, reader } = await viewAt(cluster.urls);
      // A third of the slots is at the dead node: that it has none or nearly all of 60 drops happens once in 10^10.
      const drops = Array.from({ length: 60 }, () => newDropId());
      for (const dropId of drops) await view.load(dropId, rowsOf(dropId, 1));
      await view.reload(async () => undefined);
      await cluster.nodes[1]!.kill();
      const taken = await view.apply(drops.flatMap((dropId) => rowsOf(dropId, 1, 2)));
      expect(taken.length).toBeGreaterThan(4);
      expect(taken.length).toBeLessThan(drops.length);
      await expect(view.isWhole()).rejects.toThrow();
      await cluster.nodes[1]!.start();
      const ledger = drops.flatMap((dropId) => rowsOf(dropId, 1, 2));
      const loadAll = async () => {
        for (const row of ledger) await view.load(row.dropId, [row]);
      };
      await waitFor('whole again', async () => (await view.isWhole()) || view.reload(loadAll));
      for (const dropId of drops) expect((await reader.read(dropId)).rows[0]!.version).toBe(2);
    });
  });
});
