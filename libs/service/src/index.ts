export * from './service-parts';
export * from './start-service';
