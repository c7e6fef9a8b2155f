import { randomId, SystemClock } from '@holdfast/kernel';
import { InProcessFeed, type StockRow } from '@holdfast/contracts';
import { silentLogger } from '@holdfast/observability';
import { openRedis, RedisViewReader } from '@holdfast/redis';
import { waitFor } from '@holdfast/testing';
import { MirroredStockView } from '../../apps/gateway/src/adapters/view/mirrored-stock-view';
import { MemoryStockView } from '../../apps/inventory/src/adapters/memory/stock-view';
import { RedisStockView } from '../../apps/inventory/src/adapters/redis/view/redis-stock-view';
import { TestRedis, TestRedisCluster } from '../support/redis';
import { stockViewContract, type WrittenView } from './stock-view.contract';

const RUNS_OVER_THE_NETWORK = 60;
const RUNS_WITHOUT_A_FEED = 10; // a mirror that hears nothing waits a moment for the feed at each look

stockViewContract(
  'memory',
  async () =>
    new MemoryStockView({ load: async () => [], feed: new InProcessFeed(), clock: new SystemClock() }),
);

describe('over Redis', () => {
  const ends: (() => unknown)[] = [];
  afterAll(async () => {
    for (const end of ends.reverse()) await end();
  });

  async function connect(urls: readonly string[]) {
    const redis = openRedis({ urls, name: 'contract', logger: silentLogger() });
    ends.push(() => redis.close());
    await waitFor('Redis is up', () => redis.isUp);
    const view = new RedisStockView({
      redis,
      stockOf: async () => [],
      newName: randomId,
      onTrouble: (reason) => {
        throw new Error(reason);
      },
    });
    return { redis, view };
  }

  async function plain() {
    const server = await TestRedis.start();
    ends.push(() => server.stop());
    return connect([server.url]);
  }

  stockViewContract('Redis', async () => (await plain()).view, RUNS_OVER_THE_NETWORK);

  stockViewContract(
    'a Redis Cluster of three nodes',
    async () => {
      const cluster = await TestRedisCluster.start();
      ends.push(() => cluster.stop());
      return (await connect(cluster.urls)).view;
    },
    RUNS_OVER_THE_NETWORK,
  );

  stockViewContract(
    'the mirror of a gateway',
    async () => {
      const { redis, view } = await plain();
      const mirror = new MirroredStockView({
        view: new RedisViewReader(redis),
        ledger: async () => [],
        lease: { since: null, isIntact: true },
        tell: () => undefined,
        onTrouble: () => undefined,
        clock: new SystemClock(),
      });
      return throughMirror(view, mirror);
    },
    RUNS_WITHOUT_A_FEED,
  );
});

/** Written as a projector does, read as a gateway does for a reader who comes back. */
function throughMirror(written: RedisStockView, shown: MirroredStockView): WrittenView {
  return {
    apply: async (rows: readonly StockRow[]) => {
      const taken = await written.apply(rows);
      // Nothing comes from the ledger here: what the stream brings first is all there is.
      for (const dropId of new Set(rows.map((row) => row.dropId))) await written.load(dropId, []);
      return taken;
    },
    ofDrop: async (dropId: string) => {
      // As the hub does, which asks again while its readers wait.
      await waitFor('the mirror to catch up', () => shown.catchUp(dropId));
      return shown.ofDrop(dropId);
    },
  };
}
