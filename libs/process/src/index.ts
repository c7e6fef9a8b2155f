export * from './lifetime';
export * from './ops-server';
export * from './run-process';
export * from './start-error';
