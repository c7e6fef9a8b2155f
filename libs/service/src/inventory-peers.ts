import { type Abstract, type DynamicModule, Module } from '@nestjs/common';
import { ServiceConfig } from '@holdfast/config';
import type { InventoryCalls } from '@holdfast/contracts';
import { Logger } from '@holdfast/observability';
import { connectPeers, Peers, remoteInventory } from '@holdfast/transport';

/** Inventory, as another service reaches it in the cluster mode: in one role, with its `Peers` for the readiness. */
@Module({})
export class InventoryPeersModule {
  static with(key: string, role: Abstract<Partial<InventoryCalls>>): DynamicModule {
    return {
      module: InventoryPeersModule,
      providers: [
        {
          provide: Peers,
          inject: [ServiceConfig, Logger],
          useFactory: ({ inventoryAddresses: addresses, tls }: ServiceConfig, logger: Logger) =>
            connectPeers({ service: 'inventory', addresses, key, tls, logger }),
        },
        { provide: role, inject: [Peers], useFactory: remoteInventory },
      ],
      exports: [role, Peers],
    };
  }
}
