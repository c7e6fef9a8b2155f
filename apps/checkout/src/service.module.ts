import { type DynamicModule, Module } from '@nestjs/common';
import { ConfigModule, ServiceConfig } from '@holdfast/config';
import { OrderHolds } from '@holdfast/contracts';
import { Logger, ObservabilityModule } from '@holdfast/observability';
import type { ServiceParts } from '@holdfast/service';
import { connectPeers, Peers, remoteInventory } from '@holdfast/transport';
import { CheckoutModule } from './checkout.module';
import { CheckoutServer } from './entrypoints/tcp/checkout.server';

/** Inventory, as checkout reaches it in the cluster mode. */
@Module({})
class InventoryPeersModule {
  static with(key: string): DynamicModule {
    return {
      module: InventoryPeersModule,
      providers: [
        {
          provide: Peers,
          inject: [ServiceConfig, Logger],
          useFactory: (config: ServiceConfig, logger: Logger) =>
            connectPeers({
              service: 'inventory',
              addresses: config.inventoryAddresses,
              key,
              tls: config.tls,
              logger,
            }),
        },
        {
          provide: OrderHolds,
          inject: [Peers],
          useFactory: (peers: Peers) => remoteInventory(peers),
        },
      ],
      exports: [OrderHolds, Peers],
    };
  }
}

/** Checkout as a separate service. */
@Module({})
export class CheckoutServiceModule {
  static with({ config, runtime, key }: ServiceParts): DynamicModule {
    const inventory = InventoryPeersModule.with(key);
    return {
      module: CheckoutServiceModule,
      imports: [
        ConfigModule.forService(config, runtime),
        ObservabilityModule,
        inventory,
        CheckoutModule.register({ imports: [inventory] }),
      ],
      controllers: [CheckoutServer],
    };
  }
}
