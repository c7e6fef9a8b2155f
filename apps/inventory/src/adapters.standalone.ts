import type { Provider } from '@nestjs/common';
import { Runtime } from '@holdfast/config';
import { LiveFeed, StockView } from '@holdfast/contracts';
import { Clock } from '@holdfast/kernel';
import { ChangeStream, PgoutputChangeStream } from '@holdfast/messaging';
import { Logger } from '@holdfast/observability';
import { MemoryGate } from './adapters/memory/gate';
import { MemoryLiveFeed } from './adapters/memory/live-feed';
import { MemoryStockView } from './adapters/memory/stock-view';
import { inventoryStreamSource } from './adapters/postgres/stream-source';
import { CountsReader } from './application/ports/counts-reader.port';
import { DropUpkeep } from './application/ports/drop-upkeep.port';
import { Gate } from './application/ports/gate.port';
import { Ledger } from './application/ports/ledger.port';
import { ViewKeeper } from './application/ports/view-keeper.port';
import { WatchFreshness } from './application/project-freshness';

/** The gate of a process that owns all lanes of its drops. */
export const memoryGate: Provider = {
  provide: Gate,
  inject: [Clock, Ledger],
  useFactory: (clock: Clock, ledger: Ledger) =>
    new MemoryGate(clock, (dropId, max) => ledger.customersOf(dropId, max)),
};

/** Everything in this process: the gate, the stock view and its feed in memory, the change stream read from PostgreSQL itself. */
export const standaloneAdapters: Provider[] = [
  memoryGate,
  {
    provide: StockView,
    inject: [CountsReader],
    useFactory: (counts: CountsReader) => new MemoryStockView((dropId) => counts.stockOf(dropId)),
  },
  {
    provide: LiveFeed,
    inject: [Logger],
    useFactory: (logger: Logger) =>
      new MemoryLiveFeed((fault) =>
        logger.error({ fault: String(fault) }, 'a listener of the live feed failed'),
      ),
  },
  {
    provide: ViewKeeper,
    inject: [ChangeStream, StockView, LiveFeed, Clock],
    useFactory: (stream: ChangeStream, ...deps: [StockView, LiveFeed, Clock]) =>
      new WatchFreshness(() => stream.status().lagMs, ...deps),
  },
  { provide: CountsReader, useExisting: DropUpkeep },
  {
    provide: ChangeStream,
    inject: [Runtime, Logger],
    useFactory: (runtime: Runtime, logger: Logger) =>
      new PgoutputChangeStream(
        inventoryStreamSource(runtime.ledger.stream),
        logger.child({ part: 'stream' }),
      ),
  },
];
