import { InProcessFeed } from '@holdfast/contracts';
import { PgoutputChangeStream } from '@holdfast/messaging';
import { MemoryGate } from './adapters/memory/gate';
import { MemoryStockView } from './adapters/memory/stock-view';
import { inventoryStreamSource } from './adapters/postgres/stream-source';
import { WatchFreshness } from './application/projector/watch-freshness';
import type { Adapters, Core } from './core';

/**
 * The adapters of one process: gate, stock view and feed in memory, the change stream read directly from
 * PostgreSQL.
 */
export function standaloneAdapters({ runtime, ledger, upkeep, clock, logger }: Core): Adapters {
  const feed = new InProcessFeed((fault) =>
    logger.error({ fault: String(fault) }, 'live feed listener failed'),
  );
  const lagMs = (): number | null => stream.status().lagMs;
  const view = new MemoryStockView({ load: (dropId) => upkeep.stockOf(dropId), feed, clock, lagMs });
  const stream = new PgoutputChangeStream(
    inventoryStreamSource(runtime.ledger.stream),
    logger.child({ part: 'stream' }),
  );
  return {
    gate: new MemoryGate(clock, (dropId, max) => ledger.customersOf(dropId, max)),
    stream,
    view,
    publisher: feed,
    keeper: new WatchFreshness(lagMs, (freshness) => view.setFreshness(freshness), clock),
    counts: upkeep,
    local: { view, feed },
  };
}
