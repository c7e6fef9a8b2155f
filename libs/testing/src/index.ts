export * from './database';
export * from './least-of';
export * from './random';
export * from './wait-for';
export * from './heap-growth';
