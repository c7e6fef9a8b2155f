export * from './pool';
export * from './roles';
