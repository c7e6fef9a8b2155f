import { createHash } from 'node:crypto';
import type { DropRecord, DropSummary, Network, Page, PlaceOutcome } from '@holdfast/contracts';
import { randomId, SystemClock, type Clock } from '@holdfast/kernel';
import { openPool, ROLES } from '@holdfast/postgres';
import { MemoryGate } from '../../apps/inventory/src/adapters/memory/gate';
import { LedgerDropRecords } from '../../apps/inventory/src/adapters/postgres/drops/ledger-drop-records';
import { LedgerDropUpkeep } from '../../apps/inventory/src/adapters/postgres/drops/ledger-drop-upkeep';
import { PostgresLedger } from '../../apps/inventory/src/adapters/postgres/ledger';
import { EndHold } from '../../apps/inventory/src/application/end-hold';
import { HoldSweeper } from '../../apps/inventory/src/application/hold-sweeper';
import { KnownDrops } from '../../apps/inventory/src/application/known-drops';
import { LANE_SETTINGS, type LaneSettings } from '../../apps/inventory/src/application/lane-settings';
import { Lanes } from '../../apps/inventory/src/application/lanes';
import { PlaceHold } from '../../apps/inventory/src/application/place-hold';
import type { Gate } from '../../apps/inventory/src/application/ports/gate.port';
import { Ledger } from '../../apps/inventory/src/application/ports/ledger.port';
import { WaitingRoom } from '../../apps/inventory/src/application/waiting-room';
import { LedgerInventoryClient } from '../../apps/inventory/src/entrypoints/ledger-inventory-client';

export interface InventoryOptions {
  settings?: Partial<LaneSettings>;
  clock?: Clock;
  statementTimeoutMs?: number;
  /** Puts something between the lanes and the ledger. */
  wrap?: (ledger: Ledger) => Ledger;
  /** Another gate than the one in memory. `source` is the ledger itself, past `wrap`. */
  makeGate?: (source: PostgresLedger, clock: Clock) => Gate;
}

/** Lanes, gate, sweeper and client as the product puts them together, with connections of their own. Catalogue calls are not answered. */
export function openInventory(url: string, options: InventoryOptions = {}) {
  const { clock = new SystemClock(), settings, statementTimeoutMs = 1_500, wrap = (it) => it } = options;
  const pool = openPool({
    url,
    role: ROLES.inventory,
    max: 4,
    name: 'inventory under test',
    statementTimeoutMs,
  });
  const source = new PostgresLedger(pool, 60);
  const ledger = wrap(source);
  const gate: Gate =
    options.makeGate?.(source, clock) ??
    new MemoryGate(clock, (dropId, max) => ledger.customersOf(dropId, max));
  const lanes = new Lanes({
    ledger,
    clock,
    random: Math.random,
    settings: { ...LANE_SETTINGS, ...settings },
    onNews: (news) => gate.learn(news),
    onDoubt: (dropId) => gate.doubt(dropId),
  });
  const place = new PlaceHold(lanes, gate, new WaitingRoom(gate, clock));
  const records = new LedgerDropRecords(pool);
  const known = new KnownDrops((dropIds) => records.existing(dropIds));
  const client = new LedgerInventoryClient(
    { place, end: new EndHold(lanes), ledger, gate, known },
    new NoDrops() as never,
    new LedgerDropUpkeep(pool),
  );
  const sweeper = new HoldSweeper(ledger, lanes, () => undefined);
  const close = async () => {
    await sweeper.stop();
    await lanes.close();
    await pool.end();
  };
  return { client, lanes, ledger, gate, known, sweeper, close };
}

export type Inventory = ReturnType<typeof openInventory>;

class NoDrops {
  listDrops(): Promise<Page<DropSummary>> {
    return Promise.reject(new Error('no catalogue in this test'));
  }

  getDrop(): Promise<DropRecord | null> {
    return Promise.reject(new Error('no catalogue in this test'));
  }
}

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
  const bodyHash = createHash('sha256').update(JSON.stringify(lines)).digest('hex');
  return client.placeHold({ dropId, customerId, key, bodyHash, lines, network });
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
