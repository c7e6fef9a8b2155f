import type { DynamicModule } from '@nestjs/common';
import { AppConfig } from './app-config';
import { Runtime } from './runtime';
import { ServiceConfig } from './service-config';

/**
 * Gives every module the settings and the runtime facts of the process. It has none of Nest's decorators, so
 * that those who read settings only, such as the command line, do not load Nest.
 */
export class ConfigModule {
  static with(config: AppConfig, runtime: Runtime): DynamicModule {
    return {
      module: ConfigModule,
      global: true,
      providers: [
        { provide: AppConfig, useValue: config },
        { provide: Runtime, useValue: runtime },
      ],
      exports: [AppConfig, Runtime],
    };
  }

  /** The same for a service of the cluster mode, which has additional settings. */
  static forService(config: ServiceConfig, runtime: Runtime): DynamicModule {
    const common = ConfigModule.with(config, runtime);
    return {
      ...common,
      providers: [...(common.providers ?? []), { provide: ServiceConfig, useValue: config }],
      exports: [...(common.exports ?? []), ServiceConfig],
    };
  }
}
