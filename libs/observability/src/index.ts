export * from './logger';
export * from './metrics';
export * from './nest-logger';
export * from './observability.module';
export * from './route-histogram';
export * from './security-events';
