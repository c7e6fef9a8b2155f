import { type DynamicModule, Module, type Provider } from '@nestjs/common';
import { AppConfig, Runtime } from '@holdfast/config';
import { INVENTORY_ROLES, LiveFeed, StockView } from '@holdfast/contracts';
import { Clock, Lifecycle, partOf, rolesOf, SystemClock } from '@holdfast/kernel';
import { Logger, Metrics } from '@holdfast/observability';
import { standaloneAdapters } from './adapters.standalone';
import { DropStore } from './application/ports/drop-store.port';
import type { Adapters, Core } from './core';
import { buildInventory, type Inventory } from './inventory';

export const INVENTORY = Symbol('inventory');
/** The function that creates the adapters of the mode: `(core: Core) => Adapters`. */
export const ADAPT = Symbol('adapt');

const part = partOf<Inventory>(INVENTORY);

/** Drops' stock and holds. Needs `ConfigModule` and `ObservabilityModule`, which are global. */
@Module({})
export class InventoryModule {
  /** `adapters` provide `ADAPT`; by default everything is in this process. */
  static register(
    adapters: readonly Provider[] = [{ provide: ADAPT, useValue: standaloneAdapters }],
  ): DynamicModule {
    return {
      module: InventoryModule,
      providers: [
        { provide: Clock, useClass: SystemClock },
        ...adapters,
        {
          provide: INVENTORY,
          inject: [AppConfig, Runtime, Clock, Logger, Metrics, ADAPT],
          useFactory: (
            { paymentWindowSeconds, merchantQuotas }: AppConfig,
            runtime: Runtime,
            clock: Clock,
            logger: Logger,
            metrics: Metrics,
            adapt: (core: Core) => Adapters,
          ) =>
            buildInventory({
              paymentWindowSeconds,
              merchantQuotas,
              runtime,
              clock,
              logger,
              metrics,
              adapt,
            }),
        },
        part(Lifecycle, (inventory) => new Lifecycle(inventory)),
        ...rolesOf(INVENTORY, INVENTORY_ROLES),
        part(DropStore, ({ dropStore }) => dropStore),
        // Null in the cluster, where each gateway has one of its own.
        part(StockView, ({ adapters: { local } }) => local?.view ?? null),
        part(LiveFeed, ({ adapters: { local } }) => local?.feed ?? null),
      ],
      exports: [INVENTORY, ...Object.values(INVENTORY_ROLES), DropStore, StockView, LiveFeed],
    };
  }
}
