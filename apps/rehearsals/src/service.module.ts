import { type DynamicModule, Module } from '@nestjs/common';
import { ConfigModule } from '@holdfast/config';
import { RehearsalRuns } from '@holdfast/contracts';
import { ObservabilityModule } from '@holdfast/observability';
import { InventoryPeersModule, type ServiceParts } from '@holdfast/service';
import { RehearsalsModule } from './rehearsals.module';

/** The runner as a separate service: it calls inventory, and nobody calls it. */
@Module({})
export class RehearsalsServiceModule {
  static with({ config, runtime, key }: ServiceParts): DynamicModule {
    const { databaseUrl, callbackAddress, publicAddress } = config;
    const place = { databaseUrl, address: callbackAddress ?? publicAddress };
    return {
      module: RehearsalsServiceModule,
      imports: [
        ConfigModule.forService(config, runtime),
        ObservabilityModule,
        RehearsalsModule.register({ imports: [InventoryPeersModule.with(key, RehearsalRuns)], place }),
      ],
    };
  }
}
