import { Global, Module } from '@nestjs/common';
import { AppConfig } from '@holdfast/config';
import { made } from '@holdfast/kernel';
import { createLogger, Logger } from './logger';
import { Metrics } from './metrics';
import { SecurityEvents } from './security-events';

/** Provides logger, metrics and security events to every module. */
@Global()
@Module({
  providers: [
    {
      provide: Logger,
      useFactory: (config: AppConfig) => createLogger(config.logLevel),
      inject: [AppConfig],
    },
    { provide: Metrics, useFactory: () => new Metrics() },
    made(SecurityEvents, [Logger, Metrics]),
  ],
  exports: [Logger, Metrics, SecurityEvents],
})
export class ObservabilityModule {}
