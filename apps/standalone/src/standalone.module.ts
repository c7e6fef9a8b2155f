import { type DynamicModule, Module } from '@nestjs/common';
import { type AppConfig, ConfigModule, type Runtime } from '@holdfast/config';
import { ObservabilityModule } from '@holdfast/observability';
import type { MigrationSet } from '@holdfast/postgres';
import { checkoutMigrations } from '../../checkout/src/adapters/postgres/migrations';
import { CheckoutModule } from '../../checkout/src/checkout.module';
import { GatewayModule } from '../../gateway/src/gateway.module';
import { inventoryMigrations } from '../../inventory/src/adapters/postgres/migrations';
import { InventoryModule } from '../../inventory/src/inventory.module';

/** Every table of the product, in the order in which they are made. */
export const ledgerMigrations: readonly MigrationSet[] = [inventoryMigrations, checkoutMigrations].flat();

/** The three services in one process: each speaks to the others through the same ports as over the network. */
@Module({})
export class StandaloneModule {
  static with(config: AppConfig, runtime: Runtime): DynamicModule {
    const inventory = InventoryModule.register();
    const checkout = CheckoutModule.register({ imports: [inventory] });
    return {
      module: StandaloneModule,
      imports: [
        ConfigModule.with(config, runtime),
        ObservabilityModule,
        inventory,
        checkout,
        GatewayModule.register({ imports: [inventory, checkout] }),
      ],
      exports: [inventory],
    };
  }
}
