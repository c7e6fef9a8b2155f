import { type DynamicModule, Module } from '@nestjs/common';
import { ConfigModule, ServiceConfig } from '@holdfast/config';
import {
  ApiKeys,
  Audit,
  CheckoutClient,
  Drops,
  Figures,
  LiveFeed,
  MerchantDrops,
  MerchantOrders,
  Merchants,
  Products,
  MerchantStock,
  Revocations,
  ShopperHolds,
  SignIn,
  Staff,
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

/** The roles of accounts, all behind the same connections. */
const ACCOUNTS_ROLES = [SignIn, Staff, ApiKeys, Merchants, Revocations, Audit];

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
        part(ShopperHolds, ({ holds }) => holds),
        part(Drops, ({ drops }) => drops),
        part(MerchantDrops, ({ merchantDrops }) => merchantDrops),
        part(Products, ({ products }) => products),
        part(Figures, ({ figures }) => figures),
        part(MerchantStock, ({ stock }) => stock),
        part(CheckoutClient, ({ checkout }) => checkout),
        part(MerchantOrders, ({ checkout }) => checkout),
        ...ACCOUNTS_ROLES.map((role) => part(role, ({ accounts }) => accounts)),
        part(StockView, ({ view }) => view),
        part(LiveFeed, ({ feed }) => feed),
      ],
      exports: [
        ShopperHolds,
        Drops,
        MerchantDrops,
        Products,
        Figures,
        MerchantStock,
        CheckoutClient,
        MerchantOrders,
        StockView,
        LiveFeed,
        RedisConnection,
        ...ACCOUNTS_ROLES,
      ],
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
