export * from './contention';
export * from './database';
export * from './least-of';
export * from './wait-for';
export * from './heap-growth';
export * from './test-clock';
export * from './sample-rehearsal';
