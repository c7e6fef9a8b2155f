import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ConfigModule, loadConfig } from '@holdfast/config';
import { InventoryClient } from '@holdfast/contracts';
import { Clock, SystemClock } from '@holdfast/kernel';
import { Logger, silentLogger } from '@holdfast/observability';
import { openPool, ROLES } from '@holdfast/postgres';
import { LedgerDropRecords } from '../../apps/inventory/src/adapters/postgres/drops/ledger-drop-records';
import { LedgerDropUpkeep } from '../../apps/inventory/src/adapters/postgres/drops/ledger-drop-upkeep';
import { LedgerDropCatalogue } from '../../apps/inventory/src/adapters/postgres/ledger-drop-catalogue';
import { DropReader } from '../../apps/inventory/src/application/drop-reader';
import { DropRecords } from '../../apps/inventory/src/application/ports/drop-records.port';
import { CountsReader } from '../../apps/inventory/src/application/ports/counts-reader.port';
import { memoryGate } from '../../apps/inventory/src/adapters.standalone';
import { holdsProviders } from '../../apps/inventory/src/holds.providers';
import { type Stockroom, testRuntime } from './checkout-shop';

@Module({})
class StockroomModule {}

/** The real inventory with its sweeper, without the change stream: a slot for each test file would keep the server's log. */
export async function openStockroom(url: string, paymentWindowSeconds: number): Promise<Stockroom> {
  const pool = openPool({ url, role: ROLES.inventory, max: 4, name: 'test-drops' });
  const records = new LedgerDropRecords(pool);
  const catalogue = new LedgerDropCatalogue(pool);
  await catalogue.seed({ demo: false });
  const config = loadConfig({ HOLDFAST_PAYMENT_WINDOW: String(paymentWindowSeconds) });
  const app = await NestFactory.createApplicationContext(
    {
      module: StockroomModule,
      imports: [ConfigModule.with(config, testRuntime(url))],
      providers: [
        { provide: Clock, useClass: SystemClock },
        { provide: Logger, useValue: silentLogger() },
        { provide: DropRecords, useValue: records },
        { provide: DropReader, useValue: new DropReader(records) },
        memoryGate,
        { provide: CountsReader, useValue: new LedgerDropUpkeep(pool) },
        ...holdsProviders,
      ],
    },
    { logger: false, abortOnError: false },
  );
  return {
    inventory: app.get(InventoryClient),
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
      await app.close();
      await pool.end();
    },
  };
}
