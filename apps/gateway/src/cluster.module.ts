import { type DynamicModule, Module, type Provider } from '@nestjs/common';
import { ConfigModule, Runtime, ServiceConfig } from '@holdfast/config';
import { CheckoutClient, InventoryClient, LiveFeed, StockView } from '@holdfast/contracts';
import { Clock, SystemClock } from '@holdfast/kernel';
import { Logger, Metrics, ObservabilityModule } from '@holdfast/observability';
import { RedisConnection, redisStatus } from '@holdfast/redis';
import { redisProviders, type ServiceParts } from '@holdfast/service';
import { connectPeers, type Peers, RemoteCheckout, RemoteInventory } from '@holdfast/transport';
import { publishLatch } from './adapters/latch/latch-metrics';
import { LatchedInventory } from './adapters/latch/latched-inventory';
import { RedisBudgets } from './adapters/limits/redis-budgets';
import { RedisFamilies } from './adapters/sessions/redis-families';
import { SharedFamilies } from './adapters/sessions/session.providers';
import { GatewayFeed } from './adapters/view/gateway-feed';
import { viewProviders } from './adapters/view/view.providers';
import { SharedBudgets } from './application/ports/shared-budgets.port';
import { ReadinessChecks, ReadinessSource } from './entrypoints/http/server/readiness-checks';
import { GatewayModule } from './gateway.module';

const INVENTORY_PEERS = Symbol('inventory peers');
const CHECKOUT_PEERS = Symbol('checkout peers');

function peersOf(token: symbol, service: 'inventory' | 'checkout', key: string): Provider {
  return {
    provide: token,
    inject: [ServiceConfig, Logger],
    useFactory: (config: ServiceConfig, logger: Logger) => {
      const addresses = service === 'inventory' ? config.inventoryAddresses : config.checkoutAddresses;
      return connectPeers({ service, addresses, key, tls: config.tls, logger });
    },
  };
}

function makeInventory(peers: Peers, feed: GatewayFeed, clock: Clock, metrics: Metrics): InventoryClient {
  const latched = new LatchedInventory(new RemoteInventory(peers), feed, clock);
  publishLatch(metrics, latched);
  return latched;
}

function makeReadiness(
  inventory: InventoryClient,
  checkout: CheckoutClient,
  stock: StockView,
  redis: RedisConnection,
): ReadinessSource {
  return {
    checks: ReadinessChecks.ofCluster({ inventory, checkout, stock, redis: () => redisStatus(redis) }),
  };
}

/** The other services as the gateway reaches them, and what it keeps of the counts. */
@Module({})
class RemoteServicesModule {
  static with(key: string): DynamicModule {
    return {
      module: RemoteServicesModule,
      providers: [
        { provide: Clock, useClass: SystemClock },
        peersOf(INVENTORY_PEERS, 'inventory', key),
        peersOf(CHECKOUT_PEERS, 'checkout', key),
        ...redisProviders,
        {
          provide: InventoryClient,
          inject: [INVENTORY_PEERS, GatewayFeed, Clock, Metrics],
          useFactory: makeInventory,
        },
        ...viewProviders,
        {
          provide: CheckoutClient,
          inject: [CHECKOUT_PEERS],
          useFactory: (peers: Peers) => new RemoteCheckout(peers),
        },
        {
          provide: SharedBudgets,
          inject: [RedisConnection, Runtime],
          useFactory: (redis: RedisConnection, { secrets }: Runtime) =>
            new RedisBudgets(redis, secrets.sessionKey),
        },
        {
          provide: SharedFamilies,
          inject: [RedisConnection, Clock],
          useFactory: (redis: RedisConnection, clock: Clock): SharedFamilies => ({
            families: new RedisFamilies(redis, clock),
          }),
        },
        {
          provide: ReadinessSource,
          inject: [InventoryClient, CheckoutClient, StockView, RedisConnection],
          useFactory: makeReadiness,
        },
      ],
      exports: [
        InventoryClient,
        CheckoutClient,
        StockView,
        LiveFeed,
        SharedBudgets,
        SharedFamilies,
        ReadinessSource,
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
        GatewayModule.register({ imports: [RemoteServicesModule.with(key)] }),
      ],
    };
  }
}
