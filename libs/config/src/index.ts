export * from './app-config';
export * from './config.module';
export * from './kafka-settings';
export * from './launch-config';
export * from './runtime';
export * from './secrets';
export * from './service-config';
