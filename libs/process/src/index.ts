export * from './descriptors';
export * from './lifetime';
export * from './ops-server';
export * from './product-version';
export * from './run-process';
export * from './start-error';
