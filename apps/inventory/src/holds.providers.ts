import type { Provider } from '@nestjs/common';
import { InventoryClient } from '@holdfast/contracts';
import { AppConfig, Runtime } from '@holdfast/config';
import { Clock } from '@holdfast/kernel';
import { Logger } from '@holdfast/observability';
import { openPool, ROLES } from '@holdfast/postgres';
import type { Pool } from 'pg';
import { PostgresLedger } from './adapters/postgres/ledger';
import { AdjustStock } from './application/adjust-stock';
import { DropReader } from './application/drop-reader';
import { EndHold } from './application/end-hold';
import { HoldSweeper } from './application/hold-sweeper';
import { KnownDrops } from './application/known-drops';
import { LANE_SETTINGS } from './application/lane-settings';
import { Lanes } from './application/lanes';
import { PlaceHold } from './application/place-hold';
import { CountsReader } from './application/ports/counts-reader.port';
import { DropRecords } from './application/ports/drop-records.port';
import { Gate } from './application/ports/gate.port';
import { Ledger } from './application/ports/ledger.port';
import { WaitingRoom } from './application/waiting-room';
import { LedgerInventoryClient } from './entrypoints/ledger-inventory-client';
import { HoldsLifecycle, LANE_POOL } from './holds.lifecycle';

// One batch a lane is in flight, so this many drops can sell at the same moment; more wait their turn.
const LANE_CONNECTIONS = 8;
// Below the lanes' deadline: a statement that hangs is given up while its callers still wait, and the batch is sent again.
const LANE_STATEMENT_TIMEOUT_MS = 1_000;

/** Lanes, sweeper, and the client that stands in front of them. The gate comes with the adapters of the mode. */
export const holdsProviders: Provider[] = [
  {
    provide: LANE_POOL,
    inject: [Runtime],
    useFactory: (runtime: Runtime) =>
      openPool({
        url: runtime.ledger.inventory,
        role: ROLES.inventory,
        max: LANE_CONNECTIONS,
        name: 'holdfast lanes',
        statementTimeoutMs: LANE_STATEMENT_TIMEOUT_MS,
      }),
  },
  {
    provide: Ledger,
    inject: [LANE_POOL, AppConfig],
    useFactory: (pool: Pool, config: AppConfig) => new PostgresLedger(pool, config.paymentWindowSeconds),
  },
  {
    provide: Lanes,
    inject: [Ledger, Clock, Gate],
    useFactory: (ledger: Ledger, clock: Clock, gate: Gate) =>
      new Lanes({
        ledger,
        clock,
        random: Math.random,
        settings: LANE_SETTINGS,
        onNews: (news) => gate.learn(news),
        onDoubt: (dropId) => gate.doubt(dropId),
      }),
  },
  {
    provide: PlaceHold,
    inject: [Lanes, Gate, Clock],
    useFactory: (lanes: Lanes, gate: Gate, clock: Clock) =>
      new PlaceHold(lanes, gate, new WaitingRoom(gate, clock)),
  },
  { provide: EndHold, inject: [Lanes], useFactory: (lanes: Lanes) => new EndHold(lanes) },
  { provide: AdjustStock, inject: [Lanes], useFactory: (lanes: Lanes) => new AdjustStock(lanes) },
  {
    provide: HoldSweeper,
    inject: [Ledger, Lanes, Logger],
    useFactory: (ledger: Ledger, lanes: Lanes, logger: Logger) =>
      new HoldSweeper(ledger, lanes, (error) =>
        logger.warn({ err: error }, 'the sweep of holds did not end'),
      ),
  },
  {
    provide: KnownDrops,
    inject: [DropRecords],
    useFactory: (records: DropRecords) => new KnownDrops((dropIds) => records.existing(dropIds)),
  },
  {
    provide: InventoryClient,
    inject: [PlaceHold, EndHold, Ledger, Gate, KnownDrops, DropReader, CountsReader],
    useFactory: (
      place: PlaceHold,
      end: EndHold,
      ledger: Ledger,
      gate: Gate,
      known: KnownDrops,
      drops: DropReader,
      counts: CountsReader,
    ) => new LedgerInventoryClient({ place, end, ledger, gate, known }, drops, counts),
  },
  HoldsLifecycle,
];
