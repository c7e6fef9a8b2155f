import { setTimeout as pause } from 'node:timers/promises';
import type { StockRow } from '@holdfast/contracts';
import { PeriodicWorker, randomId, SystemClock } from '@holdfast/kernel';
import { silentLogger } from '@holdfast/observability';
import { openRedis, RedisLivePublisher } from '@holdfast/redis';
import { RedisStockView } from '../../apps/inventory/src/adapters/redis/view/redis-stock-view';
import { KeepSharedView } from '../../apps/inventory/src/application/projector/keep-shared-view';
import type { DropUpkeep } from '../../apps/inventory/src/application/ports/drop-upkeep.port';
import { ProjectChanges } from '../../apps/inventory/src/application/projector/project-changes';
import { FRESHNESS_EVERY_MS } from '../../apps/inventory/src/application/projector/watch-freshness';
import { ReadStock } from '../../apps/inventory/src/application/projector/read-stock';
import type { ViewLedger } from './view-ledger';

const BATCH_EVERY_MS = 20; // as Debezium polls

/** The projector of one inventory instance: the product's own parts, with a change stream that the test holds in its hand. */
export class ViewProjector {
  readonly view: RedisStockView;
  readonly keeper: KeepSharedView;
  readonly healed: StockRow[] = [];
  readonly readStock: ReadStock;
  private readonly redis;
  private readonly worker: PeriodicWorker;
  private readonly unfollow: () => void;
  private waiting: StockRow[] = [];
  private isRunning = true;
  /** When all that was committed before had been applied. */
  private caughtUpAtMs = performance.now();
  /** False: the stream stands still, as when Kafka is away. */
  streams = true;

  constructor(
    urls: readonly string[],
    ledger: ViewLedger,
    reorder: (rows: StockRow[]) => StockRow[] = (it) => it,
  ) {
    this.redis = openRedis({ urls, name: 'projector', logger: silentLogger() });
    const stockOf = (dropId: string) => ledger.stockOf(dropId);
    this.view = new RedisStockView({
      redis: this.redis,
      stockOf,
      newName: randomId,
      onTrouble: () => undefined,
    });
    const heal = async (rows: readonly StockRow[]) => void this.healed.push(...rows);
    const feed = new RedisLivePublisher(this.redis, () => undefined);
    const changes = new ProjectChanges(this.view, feed, () => undefined, heal);
    this.readStock = new ReadStock(ledger, this.view);
    this.keeper = new KeepSharedView({
      view: this.view,
      upkeep: ledger as unknown as DropUpkeep,
      lagMs: () => performance.now() - this.caughtUpAtMs,
      heal,
      clock: new SystemClock(),
      onTrouble: () => undefined,
    });
    this.worker = new PeriodicWorker({
      everyMs: FRESHNESS_EVERY_MS,
      run: async () => void (await this.keeper.check()),
      onError: () => undefined,
    });
    this.worker.start();
    this.unfollow = ledger.follow((row) => this.waiting.push(row));
    void this.stream(changes, reorder);
  }

  /** As `kill -9`: it says goodbye to nobody. */
  async die(): Promise<void> {
    this.isRunning = false;
    this.unfollow();
    this.redis.close();
    await this.worker.stop();
  }

  private async stream(changes: ProjectChanges, reorder: (rows: StockRow[]) => StockRow[]): Promise<void> {
    while (this.isRunning) {
      await pause(BATCH_EVERY_MS);
      if (!this.streams) continue;
      const begunAtMs = performance.now();
      const batch = this.waiting;
      this.waiting = [];
      await changes.applyStock(reorder(batch));
      this.caughtUpAtMs = begunAtMs;
    }
  }
}
