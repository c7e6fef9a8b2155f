import type { Provider } from '@nestjs/common';
import { CheckoutClient, Drops, StockView } from '@holdfast/contracts';
import { Clock, made } from '@holdfast/kernel';
import { WorkerProductFiles } from './adapters/imports/worker-product-files';
import { GcraStorage } from './adapters/limits/gcra-storage';
import { MemoryFamilies } from './adapters/sessions/memory-families';
import { LimitStore } from './application/ports/limit-store.port';
import { ProductFiles } from './application/ports/product-files.port';
import { SessionFamilies } from './application/ports/session-families.port';
import { ReadinessChecks } from './entrypoints/http/server/readiness-checks';

/** Limits and guest sessions in this process; readiness asks its own apps. */
export const standaloneAdapters: Provider[] = [
  { ...made(GcraStorage, [Clock]), provide: LimitStore },
  { ...made(MemoryFamilies, [Clock]), provide: SessionFamilies },
  { provide: ProductFiles, useClass: WorkerProductFiles },
  {
    provide: ReadinessChecks,
    inject: [Drops, CheckoutClient, StockView],
    useFactory: (drops: Drops, checkout: CheckoutClient, stock: StockView) =>
      ReadinessChecks.ofStandalone({ drops, checkout, stock }),
  },
];
