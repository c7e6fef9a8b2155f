export * from './check-redis';
export * from './lua-script';
export * from './open-redis';
export * from './open-subscriber';
export * from './redis-calls';
export * from './redis-connection';
export * from './redis-status';
export * from './view';
