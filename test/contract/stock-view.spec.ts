import { randomId, SystemClock } from '@holdfast/kernel';
import { type StockRow, StockView } from '@holdfast/contracts';
import { silentLogger } from '@holdfast/observability';
import { openRedis, RedisViewReader } from '@holdfast/redis';
import { waitFor } from '@holdfast/testing';
import { MirroredStockView } from '../../apps/gateway/src/adapters/view/mirrored-stock-view';
import { MemoryStockView } from '../../apps/inventory/src/adapters/memory/stock-view';
import { RedisStockView } from '../../apps/inventory/src/adapters/redis/view/redis-stock-view';
import { TestRedis, TestRedisCluster } from '../support/redis';
import { stockViewContract } from './stock-view.contract';

const RUNS_OVER_THE_NETWORK = 60;
const RUNS_WITHOUT_A_FEED = 10; // a mirror that hears nothing waits a moment for the feed at each look

stockViewContract('memory', async () => new MemoryStockView(async () => []));

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
      return new ThroughMirror(view, mirror);
    },
    RUNS_WITHOUT_A_FEED,
  );
});

/** Written as a projector does, read as a gateway does for a reader who comes back. */
class ThroughMirror extends StockView {
  constructor(
    private readonly written: RedisStockView,
    private readonly shown: MirroredStockView,
  ) {
    super();
  }

  override async apply(rows: readonly StockRow[]): Promise<StockRow[]> {
    const taken = await this.written.apply(rows);
    for (const dropId of new Set(rows.map((row) => row.dropId))) {
      // Nothing comes from the ledger here: what the stream brings first is all there is.
      await this.written.load(dropId, []);
    }
    return taken;
  }

  override async ofDrop(dropId: string): Promise<StockRow[]> {
    // As the hub does, which asks again while its readers wait.
    await waitFor('the mirror to catch up', () => this.shown.catchUp(dropId));
    return this.shown.ofDrop(dropId);
  }

  override freshness() {
    return this.written.freshness();
  }

  override setFreshness(freshness: { staleSince: string | null }) {
    return this.written.setFreshness(freshness);
  }
}
