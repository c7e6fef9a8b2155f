import { type DynamicModule, Module, type ModuleMetadata, type Provider } from '@nestjs/common';
import { AppConfig, Runtime } from '@holdfast/config';
import { CHECKOUT_ROLES, OrderHolds } from '@holdfast/contracts';
import { Clock, Lifecycle, partOf, rolesOf, SystemClock } from '@holdfast/kernel';
import { Logger } from '@holdfast/observability';
import { buildCheckout, type Checkout } from './checkout';

const CHECKOUT = Symbol('checkout');

function makeCheckout(
  inventory: OrderHolds,
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
    inject: [OrderHolds, Runtime, Clock, Logger, AppConfig],
    useFactory: makeCheckout,
  },
  ...rolesOf(CHECKOUT, CHECKOUT_ROLES),
  partOf<Checkout>(CHECKOUT)(Lifecycle, (checkout) => new Lifecycle(checkout)),
];

/** Orders and payments. `imports` must provide `OrderHolds`; exports `CheckoutClient` and `MerchantOrders`. */
@Module({})
export class CheckoutModule {
  static register({ imports = [] }: Pick<ModuleMetadata, 'imports'>): DynamicModule {
    return { module: CheckoutModule, imports, providers, exports: Object.values(CHECKOUT_ROLES) };
  }
}
