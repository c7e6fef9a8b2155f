export * from './descriptors';
export * from './lifetime';
export * from './local-caller';
export * from './ops-server';
export * from './product-version';
export * from './run-process';
export * from './shared-answer';
export * from './start-error';
