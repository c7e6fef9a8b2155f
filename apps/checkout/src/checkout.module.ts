import { type DynamicModule, Module, type ModuleMetadata, type Provider } from '@nestjs/common';
import { AppConfig, Runtime } from '@holdfast/config';
import { CheckoutClient, MerchantOrders, OrderHolds } from '@holdfast/contracts';
import { Clock, Lifecycle, partOf, SystemClock } from '@holdfast/kernel';
import { Logger } from '@holdfast/observability';
import { buildCheckout, type Checkout } from './checkout';

const CHECKOUT = Symbol('checkout');
const part = partOf<Checkout>(CHECKOUT);

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
  part(CheckoutClient, ({ client }) => client),
  part(MerchantOrders, ({ merchantOrders }) => merchantOrders),
  part(Lifecycle, (checkout) => new Lifecycle(checkout)),
];

/** Orders and payments. `imports` must provide `OrderHolds`; exports `CheckoutClient` and `MerchantOrders`. */
@Module({})
export class CheckoutModule {
  static register({ imports = [] }: Pick<ModuleMetadata, 'imports'>): DynamicModule {
    return { module: CheckoutModule, imports, providers, exports: [CheckoutClient, MerchantOrders] };
  }
}
