import { type DynamicModule, Module, type Provider } from '@nestjs/common';
import { ConfigModule, ServiceConfig } from '@holdfast/config';
import { ObservabilityModule } from '@holdfast/observability';
import { RedisConnection } from '@holdfast/redis';
import { redisProviders, type ServiceParts } from '@holdfast/service';
import { clusterAdapters } from './adapters.cluster';
import type { Core } from './core';
import { INVENTORY_SERVER } from './entrypoints/tcp/inventory.server';
import { ADAPT, InventoryModule } from './inventory.module';

const adapters: Provider[] = [
  ...redisProviders,
  {
    provide: ADAPT,
    inject: [ServiceConfig, RedisConnection],
    useFactory: (config: ServiceConfig, redis: RedisConnection) => (core: Core) =>
      clusterAdapters(core, config, redis),
  },
];

/** Inventory as a separate service: called over TCP, with gate, view and stream in Redis and Kafka. */
@Module({})
export class InventoryServiceModule {
  static with({ config, runtime }: ServiceParts): DynamicModule {
    return {
      module: InventoryServiceModule,
      imports: [
        ConfigModule.forService(config, runtime),
        ObservabilityModule,
        InventoryModule.register(adapters),
      ],
      ...INVENTORY_SERVER,
    };
  }
}
