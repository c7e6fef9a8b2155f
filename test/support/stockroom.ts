import { inRoles, INVENTORY_WIRE, type InventoryCalls } from '@holdfast/contracts';
import { SystemClock } from '@holdfast/kernel';
import { silentLogger } from '@holdfast/observability';
import { openPool, ROLES } from '@holdfast/postgres';
import { MemoryGate } from '../../apps/inventory/src/adapters/memory/gate';
import { LedgerDropRecords } from '../../apps/inventory/src/adapters/postgres/drops/ledger-drop-records';
import { PostgresLedger } from '../../apps/inventory/src/adapters/postgres/ledger';
import { MerchantDrops } from './merchant-drops';
import { buildHolds } from '../../apps/inventory/src/holds';
import type { Stockroom } from './checkout-shop';

/** The real inventory with its sweeper, without the change stream: a slot for each test file would keep the server's log. */
export async function openStockroom(url: string, paymentWindowSeconds: number): Promise<Stockroom> {
  const pool = openPool({ url, role: ROLES.inventory, max: 4, name: 'test-drops' });
  const records = new LedgerDropRecords(pool);
  const catalogue = new MerchantDrops(pool);
  await catalogue.seed({ demo: false });
  const lanePool = openPool({ url, role: ROLES.inventory, max: 8, name: 'test-lanes' });
  const ledger = new PostgresLedger(lanePool, paymentWindowSeconds);
  const clock = new SystemClock();
  const gate = new MemoryGate(clock, (dropId, max) => ledger.customersOf(dropId, max));
  const holds = buildHolds({ ledger, records, gate, clock, logger: silentLogger() });
  holds.sweeper.start();
  return {
    inventory: inRoles<InventoryCalls>(INVENTORY_WIRE, [holds.shopperHolds, holds.orderHolds]),
    newDrop: async ({ units, holdTtlSeconds, priceMinor = 500 }) => {
      const item = { sku: 'TEE-M', name: 'Tee, M', imageUrl: null, priceMinor, currency: 'EUR', units };
      const { drop } = await catalogue.create({
        name: 'Tee',
        description: '',
        imageUrl: null,
        opensAt: 'now',
        closesAt: null,
        perCustomerLimit: 10,
        holdTtlSeconds,
        items: [item],
      });
      return drop.id;
    },
    counts: async (dropId) => {
      const { rows } = await pool.query<Record<'available' | 'held' | 'sold', string>>(
        'SELECT available, held, sold FROM inventory.stock WHERE drop_id = $1',
        [dropId],
      );
      const { available, held, sold } = rows[0]!;
      return { available: Number(available), held: Number(held), sold: Number(sold) };
    },
    close: async () => {
      await holds.sweeper.stop();
      await holds.lanes.close();
      await lanePool.end();
      await pool.end();
    },
  };
}
