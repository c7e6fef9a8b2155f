import { type DynamicModule, Module } from '@nestjs/common';
import { ConfigModule } from '@holdfast/config';
import { ObservabilityModule } from '@holdfast/observability';
import type { ServiceParts } from '@holdfast/service';
import { clusterAdapters } from './adapters.cluster';
import { InventoryServer } from './entrypoints/tcp/inventory.server';
import { InventoryModule } from './inventory.module';

/** Inventory as a service of its own: called over TCP, with gate, view and stream in Redis and Kafka. */
@Module({})
export class InventoryServiceModule {
  static with({ config, runtime }: ServiceParts): DynamicModule {
    return {
      module: InventoryServiceModule,
      imports: [
        ConfigModule.forService(config, runtime),
        ObservabilityModule,
        InventoryModule.register(clusterAdapters),
      ],
      controllers: [InventoryServer],
    };
  }
}
