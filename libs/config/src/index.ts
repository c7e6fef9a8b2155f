export * from './app-config';
export * from './config.module';
export * from './runtime';
export * from './secrets';
export * from './service-config';
