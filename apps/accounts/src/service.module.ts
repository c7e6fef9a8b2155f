import { type DynamicModule, Module } from '@nestjs/common';
import { ConfigModule } from '@holdfast/config';
import { ChangeFacts } from '@holdfast/contracts';
import { ObservabilityModule } from '@holdfast/observability';
import { InventoryPeersModule, type ServiceParts } from '@holdfast/service';
import { AccountsModule } from './accounts.module';
import { ACCOUNTS_SERVER } from './entrypoints/tcp/accounts.server';

/** Accounts as a separate service. */
@Module({})
export class AccountsServiceModule {
  static with({ config, runtime, key }: ServiceParts): DynamicModule {
    const inventory = InventoryPeersModule.with(key, ChangeFacts);
    return {
      module: AccountsServiceModule,
      imports: [
        ConfigModule.forService(config, runtime),
        ObservabilityModule,
        inventory,
        AccountsModule.register({ imports: [inventory] }),
      ],
      ...ACCOUNTS_SERVER,
    };
  }
}
