export * from './redis-live-feed';
export * from './redis-view-reader';
export * from './view-codec';
export * from './view-keys';
