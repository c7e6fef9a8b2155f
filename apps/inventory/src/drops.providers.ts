import type { Provider } from '@nestjs/common';
import { Runtime } from '@holdfast/config';
import { DropCatalogue, LiveFeed, StockView } from '@holdfast/contracts';
import { Clock } from '@holdfast/kernel';
import { ChangeStream } from '@holdfast/messaging';
import { Logger, Metrics } from '@holdfast/observability';
import { openPool, ROLES } from '@holdfast/postgres';
import type { Pool } from 'pg';
import { LedgerDropRecords } from './adapters/postgres/drops/ledger-drop-records';
import { LedgerDropUpkeep } from './adapters/postgres/drops/ledger-drop-upkeep';
import { LedgerDropCatalogue } from './adapters/postgres/ledger-drop-catalogue';
import { DROP_CLOCK_EVERY_MS, writeDownDueDrops } from './application/drop-clock';
import { FACTS_PURGE_EVERY_MS, purgeOldFacts } from './application/drop-facts-purge';
import { DropReader } from './application/drop-reader';
import { DropUpkeep } from './application/ports/drop-upkeep.port';
import { ProjectChanges } from './application/project-changes';
import { FRESHNESS_EVERY_MS, WatchFreshness } from './application/project-freshness';
import { RECONCILE_EVERY_MS, ReconcileView } from './application/project-reconcile';
import { SteadyWorker } from './application/steady-worker';
import { DropWorkers } from './entrypoints/drop-workers';

/** The pool for what is read and kept up around drops: apart from the lanes' own, so that a page view never waits behind a batch. */
const DROPS_POOL = Symbol('drops pool');
const DROPS_POOL_MAX = 6;

function makeChanges(view: StockView, feed: LiveFeed, logger: Logger) {
  const log = logger.child({ part: 'projector' });
  return new ProjectChanges(view, feed, ({ topic, key }, reason) =>
    log.error({ topic, key, reason }, 'a change could not be read: the reconciler will mend its row'),
  );
}

function makeReconciler(upkeep: DropUpkeep, view: StockView, changes: ProjectChanges, logger: Logger) {
  const log = logger.child({ part: 'reconciler' });
  return new ReconcileView(upkeep, view, changes, ({ mended, ahead }) => {
    const address = (row: { dropId: string; sku: string }) => `${row.dropId}/${row.sku}`;
    const some = { mended: mended.slice(0, 10).map(address), ahead: ahead.slice(0, 10).map(address) };
    log.error(some, 'the stock view differed from the ledger');
  });
}

function makeWorkers(
  pool: Pool,
  stream: ChangeStream,
  changes: ProjectChanges,
  upkeep: DropUpkeep,
  reconciler: ReconcileView,
  [view, feed, clock, logger]: [StockView, LiveFeed, Clock, Logger],
) {
  const freshness = new WatchFreshness(() => stream.status().lagMs, view, feed, clock);
  const every = (part: string, everyMs: number, work: () => Promise<unknown>) => {
    const log = logger.child({ part });
    const trouble = (error: unknown) =>
      log.warn({ reason: String(error) }, 'a turn failed: the next one tries again');
    return new SteadyWorker(everyMs, async () => void (await work()), trouble);
  };
  return new DropWorkers(
    stream,
    changes,
    freshness,
    [
      every('freshness', FRESHNESS_EVERY_MS, () => freshness.check()),
      every('drop clock', DROP_CLOCK_EVERY_MS, () => writeDownDueDrops(upkeep)),
      every('reconciler', RECONCILE_EVERY_MS, () => reconciler.pass()),
      every('facts purge', FACTS_PURGE_EVERY_MS, () => purgeOldFacts(upkeep)),
    ],
    pool,
  );
}

function addMetrics(
  metrics: Metrics,
  stream: ChangeStream,
  changes: ProjectChanges,
  { counts }: ReconcileView,
) {
  const read = (name: string, help: string, value: () => number) => metrics.gauge(name, help, value);
  const seconds = (ms: number | null) => (ms === null ? Number.NaN : ms / 1_000);
  read('holdfast_stream_connected', 'Changes flow from the ledger: 1 or 0', () =>
    Number(stream.status().connected),
  );
  read('holdfast_stream_lag_seconds', 'How far the view is behind the ledger', () =>
    seconds(stream.status().lagMs),
  );
  read('holdfast_stream_poisoned_records', 'Changes that could not be read', () => changes.poisonedRecords);
  read('holdfast_view_mended_rows', 'Rows of the view that the reconciler had to mend', () => counts.mended);
  read('holdfast_view_ahead_rows', 'Rows of the view that the ledger never had', () => counts.ahead);
}

/** Drops and what keeps the stock view up to date. View, feed and stream come with the adapters of the mode. */
export const dropsProviders: Provider[] = [
  {
    provide: DROPS_POOL,
    useFactory: (runtime: Runtime) =>
      openPool({
        url: runtime.databaseUrl,
        role: ROLES.inventory,
        max: DROPS_POOL_MAX,
        name: 'holdfast-drops',
      }),
    inject: [Runtime],
  },
  { provide: DropCatalogue, useFactory: (pool: Pool) => new LedgerDropCatalogue(pool), inject: [DROPS_POOL] },
  {
    provide: DropReader,
    useFactory: (pool: Pool) => new DropReader(new LedgerDropRecords(pool)),
    inject: [DROPS_POOL],
  },
  { provide: DropUpkeep, useFactory: (pool: Pool) => new LedgerDropUpkeep(pool), inject: [DROPS_POOL] },
  {
    provide: ProjectChanges,
    useFactory: makeChanges,
    inject: [StockView, LiveFeed, Logger],
  },
  {
    provide: ReconcileView,
    useFactory: makeReconciler,
    inject: [DropUpkeep, StockView, ProjectChanges, Logger],
  },
  {
    provide: DropWorkers,
    useFactory: (
      pool: Pool,
      stream: ChangeStream,
      changes: ProjectChanges,
      upkeep: DropUpkeep,
      reconciler: ReconcileView,
      metrics: Metrics,
      ...rest: [StockView, LiveFeed, Clock, Logger]
    ) => {
      addMetrics(metrics, stream, changes, reconciler);
      return makeWorkers(pool, stream, changes, upkeep, reconciler, rest);
    },
    inject: [
      DROPS_POOL,
      ChangeStream,
      ProjectChanges,
      DropUpkeep,
      ReconcileView,
      Metrics,
      StockView,
      LiveFeed,
      Clock,
      Logger,
    ],
  },
];

/** What other modules may have of them. */
export const dropsExports = [DropCatalogue, StockView, LiveFeed, DropReader];
