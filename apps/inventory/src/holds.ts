import type { Clock } from '@holdfast/kernel';
import type { Logger } from '@holdfast/observability';
import { HoldSweeper } from './application/hold-sweeper';
import { KnownDrops } from './application/known-drops';
import { LANE_SETTINGS, type LaneSettings } from './application/lane-settings';
import { Lanes } from './application/lanes';
import { LedgerOrderHolds } from './application/order-holds';
import { PlaceHold } from './application/place-hold';
import type { DropRecords } from './application/ports/drop-records.port';
import type { Gate } from './application/ports/gate.port';
import type { Ledger } from './application/ports/ledger.port';
import { LedgerShopperHolds } from './application/shopper-holds';

export interface HoldsParts {
  ledger: Ledger;
  records: Pick<DropRecords, 'existing' | 'merchantOf' | 'knownGhosts'>;
  gate: Gate;
  clock: Clock;
  logger: Logger;
  settings?: LaneSettings;
}

/** Wires the holds: the lanes of the drops, the gate, and the sweeper. */
export function buildHolds({ ledger, records, gate, clock, logger, settings = LANE_SETTINGS }: HoldsParts) {
  const lanes = new Lanes({
    ledger,
    clock,
    random: Math.random,
    settings,
    onNews: gate.learn.bind(gate),
    onDoubt: gate.doubt.bind(gate),
  });
  const known = new KnownDrops((dropIds) => records.existing(dropIds));
  const place = new PlaceHold(lanes, gate, settings.deadlineMs);
  const sweeper = new HoldSweeper(ledger, lanes, (error) =>
    logger.warn({ err: error }, 'sweep of expired holds failed, retrying'),
  );
  return {
    lanes,
    known,
    sweeper,
    shopperHolds: new LedgerShopperHolds({ known, place, lanes, ledger }),
    orderHolds: new LedgerOrderHolds(lanes, ledger, records),
  };
}
