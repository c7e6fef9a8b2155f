export * from './migrate';
export * from './not-a-session';
export * from './pool';
export * from './roles';
export * from './server-facts';
export { openClient, type SessionClient, type SessionOptions } from './session';
export * from './embedded/embedded-postgres';
export * from './embedded/folder-lock';
