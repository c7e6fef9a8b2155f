import { type DynamicModule, Module } from '@nestjs/common';
import { ConfigModule } from '@holdfast/config';
import { OrderHolds } from '@holdfast/contracts';
import { ObservabilityModule } from '@holdfast/observability';
import { InventoryPeersModule, type ServiceParts } from '@holdfast/service';
import { CheckoutModule } from './checkout.module';
import { CHECKOUT_SERVER } from './entrypoints/tcp/checkout.server';

/** Checkout as a separate service. */
@Module({})
export class CheckoutServiceModule {
  static with({ config, runtime, key }: ServiceParts): DynamicModule {
    const inventory = InventoryPeersModule.with(key, OrderHolds);
    return {
      module: CheckoutServiceModule,
      imports: [
        ConfigModule.forService(config, runtime),
        ObservabilityModule,
        inventory,
        CheckoutModule.register({ imports: [inventory] }),
      ],
      ...CHECKOUT_SERVER,
    };
  }
}
