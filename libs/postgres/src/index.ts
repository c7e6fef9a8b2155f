export * from './migrate';
export * from './pool';
export * from './roles';
export * from './embedded/embedded-postgres';
export * from './embedded/folder-lock';
