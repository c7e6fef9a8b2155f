import { type DynamicModule, Module } from '@nestjs/common';
import { ConfigModule, ServiceConfig } from '@holdfast/config';
import { ChangeFacts } from '@holdfast/contracts';
import { Logger, ObservabilityModule } from '@holdfast/observability';
import type { ServiceParts } from '@holdfast/service';
import { connectPeers, Peers, remoteInventory } from '@holdfast/transport';
import { AccountsModule } from './accounts.module';
import { AccountsServer } from './entrypoints/tcp/accounts.server';

/** Inventory, as accounts reaches it in the cluster mode. */
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
        { provide: ChangeFacts, inject: [Peers], useFactory: (peers: Peers) => remoteInventory(peers) },
      ],
      exports: [ChangeFacts, Peers],
    };
  }
}

/** Accounts as a separate service. */
@Module({})
export class AccountsServiceModule {
  static with({ config, runtime, key }: ServiceParts): DynamicModule {
    const inventory = InventoryPeersModule.with(key);
    return {
      module: AccountsServiceModule,
      imports: [
        ConfigModule.forService(config, runtime),
        ObservabilityModule,
        inventory,
        AccountsModule.register({ imports: [inventory] }),
      ],
      controllers: [AccountsServer],
    };
  }
}
