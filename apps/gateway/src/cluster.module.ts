import { type DynamicModule, Module } from '@nestjs/common';
import { ConfigModule, ServiceConfig } from '@holdfast/config';
import {
  ACCOUNTS_ROLES,
  CHECKOUT_ROLES,
  INVENTORY_ROLES,
  LiveFeed,
  ShopperHolds,
  StockView,
} from '@holdfast/contracts';
import { Clock, Lifecycle, partOf, SystemClock } from '@holdfast/kernel';
import { Logger, Metrics, ObservabilityModule } from '@holdfast/observability';
import { RedisConnection } from '@holdfast/redis';
import { redisProviders, type ServiceParts } from '@holdfast/service';
import { clusterAdapters } from './adapters.cluster';
import { GatewayModule } from './gateway.module';
import { connectServices, type RemoteServices } from './remote-services';

const SERVICES = Symbol('remote services');
const part = partOf<RemoteServices>(SERVICES);

const providers = [
  // Shoppers' holds go by the latch, which refuses some from memory.
  part(ShopperHolds, ({ holds }) => holds),
  ...Object.values(INVENTORY_ROLES)
    .filter((role) => role !== ShopperHolds)
    .map((role) => part(role, ({ inventory }) => inventory)),
  ...Object.values(CHECKOUT_ROLES).map((role) => part(role, ({ checkout }) => checkout)),
  ...Object.values(ACCOUNTS_ROLES).map((role) => part(role, ({ accounts }) => accounts)),
  part(StockView, ({ view }) => view),
  part(LiveFeed, ({ feed }) => feed),
];

@Module({})
class RemoteServicesModule {
  static with(key: string): DynamicModule {
    return {
      module: RemoteServicesModule,
      providers: [
        { provide: Clock, useClass: SystemClock },
        ...redisProviders,
        {
          provide: SERVICES,
          inject: [ServiceConfig, RedisConnection, Clock, Logger, Metrics],
          useFactory: (
            config: ServiceConfig,
            redis: RedisConnection,
            clock: Clock,
            logger: Logger,
            metrics: Metrics,
          ) => connectServices({ config, key, redis, clock, logger, metrics }),
        },
        part(Lifecycle, (services) => new Lifecycle(services)),
        ...providers,
      ],
      exports: [RedisConnection, ...providers.map(({ provide }) => provide)],
    };
  }
}

/** A gateway of its own: the public edge before services that are called over TCP. */
@Module({})
export class ClusterGatewayModule {
  static with({ config, runtime, key }: ServiceParts): DynamicModule {
    return {
      module: ClusterGatewayModule,
      imports: [
        ConfigModule.forService(config, runtime),
        ObservabilityModule,
        GatewayModule.register({ imports: [RemoteServicesModule.with(key)], adapters: clusterAdapters }),
      ],
    };
  }
}
