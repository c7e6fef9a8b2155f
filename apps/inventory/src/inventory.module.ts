import { Module, type DynamicModule, type Provider } from '@nestjs/common';
import { DropCatalogue, InventoryClient, LiveFeed, StockView } from '@holdfast/contracts';
import { Clock, SystemClock } from '@holdfast/kernel';
import { standaloneAdapters } from './adapters.standalone';
import { dropsProviders } from './drops.providers';
import { holdsProviders } from './holds.providers';

/** Drops' stock and holds. Needs `ConfigModule` and `ObservabilityModule`, which are global. */
@Module({})
export class InventoryModule {
  /** `adapters` provide `Gate`, `StockView`, `LiveFeed` and `ChangeStream`: the ones in this process, unless others are given. */
  static register(adapters: readonly Provider[] = standaloneAdapters): DynamicModule {
    return {
      module: InventoryModule,
      providers: [
        { provide: Clock, useClass: SystemClock },
        ...adapters,
        ...holdsProviders,
        ...dropsProviders,
      ],
      exports: [InventoryClient, DropCatalogue, StockView, LiveFeed],
    };
  }
}
