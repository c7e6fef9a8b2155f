import {
  inRoles,
  INVENTORY_WIRE,
  type InventoryCalls,
  type Network,
  type PlaceOutcome,
} from '@holdfast/contracts';
import { fingerprintOf, randomId, SystemClock, type Clock } from '@holdfast/kernel';
import { silentLogger } from '@holdfast/observability';
import { openPool, ROLES } from '@holdfast/postgres';
import { MemoryGate } from '../../apps/inventory/src/adapters/memory/gate';
import { LedgerDropRecords } from '../../apps/inventory/src/adapters/postgres/drops/ledger-drop-records';
import { LedgerDropUpkeep } from '../../apps/inventory/src/adapters/postgres/drops/ledger-drop-upkeep';
import { PostgresLedger } from '../../apps/inventory/src/adapters/postgres/ledger';
import { LedgerStockRecords } from '../../apps/inventory/src/adapters/postgres/merchants/ledger-stock-records';
import { DropReader } from '../../apps/inventory/src/application/drop-reader';
import { LANE_SETTINGS, type LaneSettings } from '../../apps/inventory/src/application/lane-settings';
import { LedgerMerchantStock } from '../../apps/inventory/src/application/merchant-stock';
import type { Gate } from '../../apps/inventory/src/application/ports/gate.port';
import { Ledger } from '../../apps/inventory/src/application/ports/ledger.port';
import { buildHolds } from '../../apps/inventory/src/holds';

export interface InventoryOptions {
  settings?: Partial<LaneSettings>;
  clock?: Clock;
  statementTimeoutMs?: number;
  /** How long to wait for a connection. */
  connectTimeoutMs?: number;
  /** Puts something between the lanes and the ledger. */
  wrap?: (ledger: Ledger) => Ledger;
  /** Another gate than the one in memory. `source` is the ledger itself, past `wrap`. */
  makeGate?: (source: PostgresLedger, clock: Clock) => Gate;
}

/** Lanes, gate, sweeper and client as the product puts them together, with connections of their own. */
export function openInventory(url: string, options: InventoryOptions = {}) {
  const { clock = new SystemClock(), settings, statementTimeoutMs = 1_500, wrap = (it) => it } = options;
  const pool = openPool({
    url,
    role: ROLES.inventory,
    max: 4,
    name: 'inventory under test',
    statementTimeoutMs,
    connectTimeoutMs: options.connectTimeoutMs,
  });
  const merchants = openPool({
    url,
    role: ROLES.inventoryMerchant,
    max: 2,
    name: 'merchants under test',
    statementTimeoutMs,
  });
  const source = new PostgresLedger(pool, 60);
  const ledger = wrap(source);
  const gate: Gate =
    options.makeGate?.(source, clock) ??
    new MemoryGate(clock, (dropId, max) => source.customersOf(dropId, max));
  const records = new LedgerDropRecords(pool);
  const holds = buildHolds({
    ledger,
    records,
    gate,
    clock,
    logger: silentLogger(),
    settings: { ...LANE_SETTINGS, ...settings },
  });
  const { lanes, known, sweeper } = holds;
  const drops = new DropReader(records, new LedgerDropUpkeep(pool), gate);
  const stock = new LedgerMerchantStock({ records: new LedgerStockRecords(merchants), lanes });
  const client = inRoles<InventoryCalls>(INVENTORY_WIRE, [
    holds.shopperHolds,
    holds.orderHolds,
    drops,
    stock,
  ]);
  const close = async () => {
    await sweeper.stop();
    await lanes.close();
    await merchants.end();
    await pool.end();
  };
  return { client, lanes, ledger, gate, known, sweeper, close };
}

export type Inventory = ReturnType<typeof openInventory>;

export const newCustomerId = () => `cus_${randomId()}`;

export interface Wish {
  customerId?: string;
  key?: string;
  lines?: { sku: string; quantity: number }[];
  /** By default none: then no budget of unpaid units counts. */
  network?: Network | null;
}

/** Places a hold; by default one unit of SKU `A` for a customer who comes for the first time. The fingerprint is that of the lines. */
export function placeHold({ client }: Inventory, dropId: string, wish: Wish = {}): Promise<PlaceOutcome> {
  const { customerId = newCustomerId(), key = randomId(), network = null } = wish;
  const { lines = [{ sku: 'A', quantity: 1 }] } = wish;
  const fingerprint = fingerprintOf(JSON.stringify(lines));
  return client.placeHold({ dropId, customerId, key, fingerprint, lines, network });
}

/** What an outcome comes to in one word: `held`, `replayed`, the reason of a refusal, or the kind. */
export function wordOf(outcome: PlaceOutcome): string {
  if (outcome.kind === 'held') return outcome.replayed ? 'replayed' : 'held';
  return outcome.kind === 'refused' ? outcome.reason : outcome.kind;
}

export function countWords(words: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}
