export * from './inventory-peers';
export * from './redis.providers';
export * from './service-parts';
export * from './start-service';
