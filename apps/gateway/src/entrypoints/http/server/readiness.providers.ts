import type { Provider } from '@nestjs/common';
import { CheckoutClient, InventoryClient, StockView } from '@holdfast/contracts';
import { Readiness } from './readiness';
import { ReadinessChecks, ReadinessSource } from './readiness-checks';

/** Readiness asks what the imported module names, and by default the apps of a product in one process. */
export const readinessProviders: Provider[] = [
  {
    provide: ReadinessChecks,
    inject: [{ token: ReadinessSource, optional: true }, InventoryClient, CheckoutClient, StockView],
    useFactory: (
      source: ReadinessSource | undefined,
      inventory: InventoryClient,
      checkout: CheckoutClient,
      stock: StockView,
    ) => source?.checks ?? ReadinessChecks.ofStandalone({ inventory, checkout, stock }),
  },
  Readiness,
];
