import { type DynamicModule, Global, Module } from '@nestjs/common';
import { AppConfig } from './app-config';
import { Runtime } from './runtime';

/** Gives every module the settings and the runtime facts of the process. */
@Global()
@Module({})
export class ConfigModule {
  static with(config: AppConfig, runtime: Runtime): DynamicModule {
    return {
      module: ConfigModule,
      providers: [
        { provide: AppConfig, useValue: config },
        { provide: Runtime, useValue: runtime },
      ],
      exports: [AppConfig, Runtime],
    };
  }
}
