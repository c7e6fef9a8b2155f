export * from './database';
export * from './random';
export * from './wait-for';
