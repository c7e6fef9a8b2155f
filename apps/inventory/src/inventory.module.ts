import { Module, type DynamicModule } from '@nestjs/common';
import { DropCatalogue, InventoryClient, LiveFeed, StockView } from '@holdfast/contracts';
import { Clock, SystemClock } from '@holdfast/kernel';
import { dropsProviders } from './drops.providers';
import { holdsProviders } from './holds.providers';

/** Drops' stock and holds. Needs `ConfigModule` and `ObservabilityModule`, which are global. */
@Module({})
export class InventoryModule {
  static register(): DynamicModule {
    return {
      module: InventoryModule,
      providers: [{ provide: Clock, useClass: SystemClock }, ...holdsProviders, ...dropsProviders],
      exports: [InventoryClient, DropCatalogue, StockView, LiveFeed],
    };
  }
}
