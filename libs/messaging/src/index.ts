export * from './change-stream.port';
export * from './pgoutput/pgoutput-change-stream';
export type { PgoutputSource, SnapshotTable } from './pgoutput/source';
