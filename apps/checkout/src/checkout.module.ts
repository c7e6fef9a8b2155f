import {
  type BeforeApplicationShutdown,
  type DynamicModule,
  Module,
  type ModuleMetadata,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
  type Provider,
} from '@nestjs/common';
import { AppConfig, Runtime } from '@holdfast/config';
import { CheckoutClient, InventoryClient } from '@holdfast/contracts';
import { Clock, SystemClock } from '@holdfast/kernel';
import { Logger } from '@holdfast/observability';
import { buildCheckout, type Checkout } from './checkout';

const DRAIN_MS = 1_500; // what is not done by then is finished by a completer after the next start

/** Starts and stops what checkout runs beside its requests. */
class CheckoutLife implements OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown {
  constructor(private readonly checkout: Checkout) {}

  onApplicationBootstrap(): void {
    this.checkout.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.checkout.stop();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.checkout.close(DRAIN_MS);
  }
}

const CHECKOUT = Symbol('checkout');

function makeCheckout(
  inventory: InventoryClient,
  runtime: Runtime,
  clock: Clock,
  logger: Logger,
  { sandboxFaults }: AppConfig,
): Checkout {
  return buildCheckout({
    inventory,
    runtime,
    clock,
    logger: logger.child({ part: 'checkout' }),
    sandboxFaults,
  });
}

const providers: Provider[] = [
  { provide: Clock, useClass: SystemClock },
  {
    provide: CHECKOUT,
    inject: [InventoryClient, Runtime, Clock, Logger, AppConfig],
    useFactory: makeCheckout,
  },
  { provide: CheckoutClient, inject: [CHECKOUT], useFactory: (checkout: Checkout) => checkout.client },
  {
    provide: CheckoutLife,
    inject: [CHECKOUT],
    useFactory: (checkout: Checkout) => new CheckoutLife(checkout),
  },
];

/** Orders and payments. `imports` give the `InventoryClient`; provides the `CheckoutClient`. */
@Module({})
export class CheckoutModule {
  static register({ imports = [] }: Pick<ModuleMetadata, 'imports'>): DynamicModule {
    return { module: CheckoutModule, imports, providers, exports: [CheckoutClient] };
  }
}
