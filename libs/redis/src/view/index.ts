export * from './redis-live-publisher';
export * from './redis-view-reader';
export * from './view-codec';
export * from './view-keys';
