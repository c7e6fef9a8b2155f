import { type DynamicModule, Module } from '@nestjs/common';
import { type AppConfig, ConfigModule, type Runtime } from '@holdfast/config';
import { ObservabilityModule } from '@holdfast/observability';
import { AccountsModule } from '../../accounts/src/accounts.module';
import { CheckoutModule } from '../../checkout/src/checkout.module';
import { GatewayModule } from '../../gateway/src/gateway.module';
import { InventoryModule } from '../../inventory/src/inventory.module';
import { RehearsalsModule } from '../../rehearsals/src/rehearsals.module';

/** The services in one process: each speaks to the others through the same ports as over the network. */
@Module({})
export class StandaloneModule {
  static with(config: AppConfig, runtime: Runtime): DynamicModule {
    const inventory = InventoryModule.register();
    const checkout = CheckoutModule.register({ imports: [inventory] });
    const accounts = AccountsModule.register({ imports: [inventory] });
    return {
      module: StandaloneModule,
      imports: [
        ConfigModule.with(config, runtime),
        ObservabilityModule,
        inventory,
        checkout,
        accounts,
        GatewayModule.register({ imports: [inventory, checkout, accounts] }),
        RehearsalsModule.register({ imports: [inventory] }),
      ],
      exports: [inventory],
    };
  }
}
