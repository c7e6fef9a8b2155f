import { Global, Module } from '@nestjs/common';
import { AppConfig } from '@holdfast/config';
import { createLogger, Logger } from './logger';
import { Metrics } from './metrics';

/** Gives every module the product's logger and its metrics. */
@Global()
@Module({
  providers: [
    {
      provide: Logger,
      useFactory: (config: AppConfig) => createLogger(config.logLevel),
      inject: [AppConfig],
    },
    { provide: Metrics, useFactory: () => new Metrics() },
  ],
  exports: [Logger, Metrics],
})
export class ObservabilityModule {}
