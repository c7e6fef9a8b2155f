export * from './change-stream.port';
export * from './pgoutput/pgoutput-change-stream';
export type { PgoutputSource, SnapshotTable } from './pgoutput/source';
export * from './kafka/kafka-change-stream';
export { clientSecurity } from './kafka/client';
export { deadLetterTopic } from './kafka/source';
export { heartbeatTouch } from './lag-meter';
export type { HeartbeatSource, KafkaSource, TopicSpec } from './kafka/source';
