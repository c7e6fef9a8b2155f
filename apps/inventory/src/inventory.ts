import type { Runtime } from '@holdfast/config';
import type { InRoles, INVENTORY_ROLES } from '@holdfast/contracts';
import type { Background, Clock } from '@holdfast/kernel';
import type { Logger, Metrics } from '@holdfast/observability';
import { openPool, ROLES } from '@holdfast/postgres';
import { LedgerDropRecords } from './adapters/postgres/drops/ledger-drop-records';
import { LedgerDropStore } from './adapters/postgres/drops/ledger-drop-store';
import { LedgerDropUpkeep } from './adapters/postgres/drops/ledger-drop-upkeep';
import { LedgerFigures } from './adapters/postgres/figures/ledger-figures';
import { LedgerChangeFacts } from './adapters/postgres/merchants/ledger-change-facts';
import { PostgresLedger } from './adapters/postgres/ledger';
import {
  type DropQuotas,
  LedgerMerchantDrops,
} from './adapters/postgres/merchant-drops/ledger-merchant-drops';
import { LedgerProducts } from './adapters/postgres/products/ledger-products';
import { LedgerStockRecords } from './adapters/postgres/merchants/ledger-stock-records';
import { LedgerRehearsalRuns } from './adapters/postgres/rehearsals/ledger-rehearsal-runs';
import { LedgerRehearsalUpkeep } from './adapters/postgres/rehearsals/ledger-rehearsal-upkeep';
import { LedgerRehearsals } from './adapters/postgres/rehearsals/ledger-rehearsals';
import { LedgerTimeline } from './adapters/postgres/timeline/ledger-timeline';
import { DropReader } from './application/drop-reader';
import { LedgerMerchantStock } from './application/merchant-stock';
import type { DropStore } from './application/ports/drop-store.port';
import type { Adapters, Core } from './core';
import { buildHolds } from './holds';
import { buildProjection } from './projection';

// Each lane has one batch in flight, so this many drops can sell at the same moment; others queue.
const LANE_CONNECTIONS = 8;
// Below the lanes' deadline: a hanging statement is cancelled while its callers still wait, and the batch is
// retried.
const LANE_STATEMENT_TIMEOUT_MS = 1_000;
// For reads and background work, separate from the lanes' pool, so that a page view never waits behind a
// batch.
const DROPS_CONNECTIONS = 6;
// What merchants ask and change: none of it may keep a shopper's page or the drop clock waiting. These see the
// rows of one merchant.
const MERCHANT_CONNECTIONS = 4;
// What gateways count and accounts chains, of all merchants, once a second or so.
const FACTS_CONNECTIONS = 2;

export interface InventoryParts {
  runtime: Runtime;
  paymentWindowSeconds: number;
  /** Null: no limits. */
  merchantQuotas: DropQuotas | null;
  clock: Clock;
  logger: Logger;
  metrics: Metrics;
  /** Creates the adapters of the mode. */
  adapt: (core: Core) => Adapters;
}

/** Wires inventory: its roles for the other apps, and its background work. */
export interface Inventory extends Background, InRoles<typeof INVENTORY_ROLES> {
  dropStore: DropStore;
  adapters: Adapters;
  /** Rejects if the ledger does not answer. */
  pingLedger(): Promise<void>;
}

export function buildInventory(parts: InventoryParts): Inventory {
  const { runtime, paymentWindowSeconds, merchantQuotas, clock, logger, metrics, adapt } = parts;
  const { lanePool, dropsPool, merchantPool, factsPool } = openPools(runtime.ledger.inventory);
  const core: Core = {
    runtime,
    ledger: new PostgresLedger(lanePool, paymentWindowSeconds),
    records: new LedgerDropRecords(dropsPool),
    upkeep: new LedgerDropUpkeep(dropsPool),
    rehearsals: new LedgerRehearsalUpkeep(dropsPool),
    clock,
    logger,
    metrics,
  };
  const adapters = adapt(core);
  const { gate, counts, background } = adapters;
  const { lanes, sweeper, shopperHolds, orderHolds } = buildHolds({ ...core, gate });
  const projection = buildProjection(core, adapters);

  return {
    shopperHolds,
    orderHolds,
    drops: new DropReader(core.records, counts, gate),
    merchantDrops: new LedgerMerchantDrops(merchantPool, merchantQuotas),
    merchantStock: new LedgerMerchantStock({ records: new LedgerStockRecords(merchantPool), lanes }),
    dropStore: new LedgerDropStore(dropsPool),
    products: new LedgerProducts(merchantPool),
    figures: new LedgerFigures({ merchants: merchantPool, service: factsPool }),
    dropTimeline: new LedgerTimeline(merchantPool),
    changeFacts: new LedgerChangeFacts(factsPool),
    rehearsals: new LedgerRehearsals(merchantPool),
    rehearsalRuns: new LedgerRehearsalRuns(dropsPool),
    adapters,
    pingLedger: async () => void (await lanePool.query('SELECT 1')),
    start: async () => {
      sweeper.start();
      await background?.start();
      await projection.start();
    },
    stop: async () => {
      await Promise.all([sweeper.stop(), background?.stop(), projection.stop()]);
    },
    close: async () => {
      await lanes.close();
      const pools = [lanePool, dropsPool, merchantPool, factsPool];
      await Promise.all([...pools.map((pool) => pool.end()), background?.close?.()]);
    },
  };
}

function openPools(url: string) {
  const login = { url, role: ROLES.inventory };
  return {
    lanePool: openPool({
      ...login,
      max: LANE_CONNECTIONS,
      name: 'holdfast lanes',
      statementTimeoutMs: LANE_STATEMENT_TIMEOUT_MS,
    }),
    dropsPool: openPool({ ...login, max: DROPS_CONNECTIONS, name: 'holdfast-drops' }),
    merchantPool: openPool({
      url,
      role: ROLES.inventoryMerchant,
      max: MERCHANT_CONNECTIONS,
      name: 'holdfast-merchants',
    }),
    factsPool: openPool({ ...login, max: FACTS_CONNECTIONS, name: 'holdfast-figures' }),
  };
}
