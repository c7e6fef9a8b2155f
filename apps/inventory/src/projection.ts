import type { ChangeRecord } from '@holdfast/contracts';
import { type Background, PeriodicWorker } from '@holdfast/kernel';
import type { ChangeStream } from '@holdfast/messaging';
import type { Logger, Metrics } from '@holdfast/observability';
import { DROP_CLOCK_EVERY_MS, writeDownDueDrops } from './application/drop-clock';
import { FACTS_PURGE_EVERY_MS, purgeOldFacts } from './application/drop-facts-purge';
import { HOLD_PURGE_EVERY_MS, HoldPurge } from './application/hold-purge';
import {
  GHOSTS_PURGE_EVERY_MS,
  KeepRehearsals,
  purgeOldGhosts,
  REHEARSAL_UPKEEP_EVERY_MS,
} from './application/rehearsal-upkeep';
import { ProjectChanges } from './application/projector/project-changes';
import { type Drift, RECONCILE_EVERY_MS, ReconcileView } from './application/projector/reconcile-view';
import { FRESHNESS_EVERY_MS, STALE_AFTER_MS } from './application/projector/watch-freshness';
import { purgeOldRequests, REQUEST_PURGE_EVERY_MS } from './application/request-purge';
import { foldOldTicks, TICK_FOLDING_EVERY_MS } from './application/tick-folding';
import type { Adapters, Core } from './core';

// Drops with unreadable changes are rare, and are reloaded with little delay.
const DIRTY_EVERY_MS = 250;

/** Background work that keeps drops and the stock view up to date. */
export function buildProjection(
  { upkeep, rehearsals, records, logger, metrics }: Core,
  { gate, stream, view, publisher, keeper, local }: Adapters,
): Background {
  const putAside = putAsideWith(stream, logger.child({ part: 'projector' }));
  const changes = new ProjectChanges(view, publisher, putAside, (rows) => gate.heal(rows, 'stream'));
  const tell = tellDrift(stream, logger.child({ part: 'reconciler' }));
  const reconciler = new ReconcileView(upkeep, view, changes, tell, undefined, (rows) =>
    gate.heal(rows, 'ledger'),
  );
  addMetrics(metrics, stream, changes, reconciler);

  const holdPurge = new HoldPurge(upkeep);
  const keepRehearsals = keepRehearsalsOf(rehearsals, logger.child({ part: 'rehearsals' }));
  const reads = {
    stockOf: (dropId: string) => upkeep.stockOf(dropId),
    revisionOf: async (dropId: string) => (await records.find(dropId))?.revision ?? null,
  };
  const every = (part: string, everyMs: number, work: () => Promise<unknown>) =>
    new PeriodicWorker({
      everyMs,
      run: async () => void (await work()),
      onError: (error) =>
        logger.child({ part }).warn({ reason: String(error) }, 'run failed, retrying at the next interval'),
    });
  const workers = [
    every('freshness', FRESHNESS_EVERY_MS, () => keeper.check()),
    every('dirty drops', DIRTY_EVERY_MS, () => changes.mend(reads)),
    every('drop clock', DROP_CLOCK_EVERY_MS, () => writeDownDueDrops(upkeep)),
    every('reconciler', RECONCILE_EVERY_MS, () => reconciler.pass()),
    every('hold purge', HOLD_PURGE_EVERY_MS, () => holdPurge.run()),
    every('facts purge', FACTS_PURGE_EVERY_MS, () => purgeOldFacts(upkeep)),
    every('rehearsals', REHEARSAL_UPKEEP_EVERY_MS, () => keepRehearsals.run()),
    every('ghosts purge', GHOSTS_PURGE_EVERY_MS, () => purgeOldGhosts(rehearsals)),
    every('requests purge', REQUEST_PURGE_EVERY_MS, () => purgeOldRequests(upkeep)),
    every('tick folding', TICK_FOLDING_EVERY_MS, () => foldOldTicks(upkeep)),
  ];
  return {
    /** Resolves when the view is filled. Throws `ChangeStreamMisconfigured` if it cannot be. */
    start: async () => {
      // With everything in one process, a runner of before is gone.
      if (local) await keepRehearsals.endOrphans().catch(later(logger));
      await keeper.check();
      await stream.start((changed) => changes.apply(changed));
      await keeper.check();
      for (const worker of workers) worker.start();
    },
    stop: async () => {
      await Promise.all([...workers.map((worker) => worker.stop()), stream.stop()]);
    },
  };
}

/** What could not be done at the start is done when the lease of the runner is over. */
function later(log: Logger) {
  return (error: unknown) =>
    log.warn({ reason: String(error) }, 'rehearsals of the process before could not be ended yet, retrying');
}

function keepRehearsalsOf(rehearsals: Core['rehearsals'], log: Logger): KeepRehearsals {
  return new KeepRehearsals(
    rehearsals,
    (ended) => log.warn(ended, 'rehearsal ended without its runner'),
    (ghostIds) => log.info({ ghostIds }, 'ghosts of ended rehearsals removed'),
  );
}

function putAsideWith(stream: ChangeStream, log: Logger) {
  return (record: ChangeRecord, reason: string) => {
    log.error(
      { topic: record.topic, key: record.key, reason },
      'change record could not be decoded, reading its drop again',
    );
    void stream.putAside(record, reason);
  };
}

function tellDrift(stream: ChangeStream, log: Logger) {
  const addresses = (rows: Drift['mended']) => rows.slice(0, 10).map(({ dropId, sku }) => `${dropId}/${sku}`);
  return ({ mended, ahead }: Drift) => {
    const some = { mended: addresses(mended), ahead: addresses(ahead) };
    const { lagMs } = stream.status();
    // While the stream is disconnected, only this updates the counts; they are marked as stale.
    if (lagMs === null || lagMs > STALE_AFTER_MS)
      log.info(some, 'counts updated from the ledger while the change stream is behind');
    else log.error(some, 'stock view differed from the ledger and was repaired');
  };
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
    () => changes.unreadableRecords,
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
