import type { Provider } from '@nestjs/common';
import { Runtime } from '@holdfast/config';
import { type ChangeRecord, DropCatalogue, LiveFeed, StockView } from '@holdfast/contracts';
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
import { HOLD_PURGE_EVERY_MS, HoldPurge } from './application/hold-purge';
import { DropRecords } from './application/ports/drop-records.port';
import { DropUpkeep } from './application/ports/drop-upkeep.port';
import { Gate } from './application/ports/gate.port';
import { ViewKeeper } from './application/ports/view-keeper.port';
import { ProjectChanges } from './application/project-changes';
import { FRESHNESS_EVERY_MS, STALE_AFTER_MS } from './application/project-freshness';
import { type Drift, RECONCILE_EVERY_MS, ReconcileView } from './application/project-reconcile';
import { SteadyWorker } from './application/steady-worker';
import { DropWorkers } from './entrypoints/drop-workers';

/** The pool for what is read and kept up around drops: apart from the lanes' own, so that a page view never waits behind a batch. */
const DROPS_POOL = Symbol('drops pool');
const DROPS_POOL_MAX = 6;

// What was announced and could not be read is rare; it is shown with little more delay than the rest.
const DIRTY_EVERY_MS = 250;

function makeChanges(view: StockView, feed: LiveFeed, gate: Gate, stream: ChangeStream, logger: Logger) {
  const log = logger.child({ part: 'projector' });
  const putAside = (record: ChangeRecord, reason: string) => {
    log.error(
      { topic: record.topic, key: record.key, reason },
      'a change could not be read: its drop is read again',
    );
    void stream.putAside(record, reason);
  };
  return new ProjectChanges(view, feed, putAside, (rows) => gate.heal(rows, 'stream'));
}

function makeReconciler(
  upkeep: DropUpkeep,
  view: StockView,
  changes: ProjectChanges,
  gate: Gate,
  stream: ChangeStream,
  logger: Logger,
) {
  const log = logger.child({ part: 'reconciler' });
  const tell = ({ mended, ahead }: Drift) => {
    const address = (row: { dropId: string; sku: string }) => `${row.dropId}/${row.sku}`;
    const some = { mended: mended.slice(0, 10).map(address), ahead: ahead.slice(0, 10).map(address) };
    const { lagMs } = stream.status();
    // While the stream is away this is how counts move at all; viewers are told that they are stale.
    if (lagMs === null || lagMs > STALE_AFTER_MS)
      log.info(some, 'the counts were brought up to date from the ledger');
    else log.error(some, 'the stock view differed from the ledger');
  };
  return new ReconcileView(upkeep, view, changes, tell, undefined, (rows) => gate.heal(rows, 'ledger'));
}

interface WorkerParts {
  pool: Pool;
  stream: ChangeStream;
  changes: ProjectChanges;
  upkeep: DropUpkeep;
  records: DropRecords;
  reconciler: ReconcileView;
  keeper: ViewKeeper;
  logger: Logger;
}

function makeWorkers({ pool, stream, changes, upkeep, records, reconciler, keeper, logger }: WorkerParts) {
  const every = (part: string, everyMs: number, work: () => Promise<unknown>) => {
    const log = logger.child({ part });
    const trouble = (error: unknown) =>
      log.warn({ reason: String(error) }, 'a turn failed: the next one tries again');
    return new SteadyWorker(everyMs, async () => void (await work()), trouble);
  };
  const holdPurge = new HoldPurge(upkeep);
  const reads = {
    stockOf: (dropId: string) => upkeep.stockOf(dropId),
    revisionOf: async (dropId: string) => (await records.find(dropId))?.revision ?? null,
  };
  return new DropWorkers(
    stream,
    changes,
    keeper,
    [
      every('freshness', FRESHNESS_EVERY_MS, () => keeper.check()),
      every('dirty drops', DIRTY_EVERY_MS, () => changes.mend(reads)),
      every('drop clock', DROP_CLOCK_EVERY_MS, () => writeDownDueDrops(upkeep)),
      every('reconciler', RECONCILE_EVERY_MS, () => reconciler.pass()),
      every('hold purge', HOLD_PURGE_EVERY_MS, () => holdPurge.turn()),
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
  metrics.counterOf(
    'holdfast_stream_poisoned_records_total',
    'Changes that could not be read',
    () => changes.poisonedRecords,
  );
  read('holdfast_stream_dirty_drops', 'Drops to be read again for it', () => changes.dirtyDrops);
  metrics.counterOf(
    'holdfast_view_mended_rows_total',
    'Rows of the view that the reconciler had to mend',
    () => counts.mended,
  );
  metrics.counterOf(
    'holdfast_view_ahead_rows_total',
    'Rows of the view that the ledger never had',
    () => counts.ahead,
  );
}

/** Drops and what keeps the stock view up to date. View, its keeper, feed and stream come with the adapters of the mode. */
export const dropsProviders: Provider[] = [
  {
    provide: DROPS_POOL,
    useFactory: (runtime: Runtime) =>
      openPool({
        url: runtime.ledger.inventory,
        role: ROLES.inventory,
        max: DROPS_POOL_MAX,
        name: 'holdfast-drops',
      }),
    inject: [Runtime],
  },
  { provide: DropCatalogue, useFactory: (pool: Pool) => new LedgerDropCatalogue(pool), inject: [DROPS_POOL] },
  { provide: DropRecords, useFactory: (pool: Pool) => new LedgerDropRecords(pool), inject: [DROPS_POOL] },
  {
    provide: DropReader,
    useFactory: (records: DropRecords) => new DropReader(records),
    inject: [DropRecords],
  },
  { provide: DropUpkeep, useFactory: (pool: Pool) => new LedgerDropUpkeep(pool), inject: [DROPS_POOL] },
  {
    provide: ProjectChanges,
    useFactory: makeChanges,
    inject: [StockView, LiveFeed, Gate, ChangeStream, Logger],
  },
  {
    provide: ReconcileView,
    useFactory: makeReconciler,
    inject: [DropUpkeep, StockView, ProjectChanges, Gate, ChangeStream, Logger],
  },
  {
    provide: DropWorkers,
    useFactory: (
      ...[pool, stream, changes, upkeep, records, reconciler, keeper, logger, metrics]: WorkerDeps
    ) => {
      addMetrics(metrics, stream, changes, reconciler);
      return makeWorkers({ pool, stream, changes, upkeep, records, reconciler, keeper, logger });
    },
    inject: [
      DROPS_POOL,
      ChangeStream,
      ProjectChanges,
      DropUpkeep,
      DropRecords,
      ReconcileView,
      ViewKeeper,
      Logger,
      Metrics,
    ],
  },
];

type WorkerDeps = [
  Pool,
  ChangeStream,
  ProjectChanges,
  DropUpkeep,
  DropRecords,
  ReconcileView,
  ViewKeeper,
  Logger,
  Metrics,
];

/** What other modules may have of them. */
export const dropsExports = [DropCatalogue, StockView, LiveFeed, DropReader];
