export * from './migrate';
export * from './pool';
export * from './roles';
