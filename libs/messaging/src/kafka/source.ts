import type { KafkaSecurity } from '@holdfast/config';
import type { Role } from '@holdfast/postgres';

/** A topic as a consumer makes it when it is there first. The stream's own topics must be as in infra/debezium/connector.json. */
export interface TopicSpec {
  topic: string;
  partitions: number;
  /** Settings of the topic, in Kafka's words. */
  config: Readonly<Record<string, string>>;
  /** Where a group without a position begins. State begins at the beginning: a compacted topic holds the newest image of every row. */
  from: 'beginning' | 'end';
}

/** The row whose way through PostgreSQL, Debezium and Kafka tells how far the stream is behind. */
export interface HeartbeatSource {
  databaseUrl: string;
  role: Role;
  /** Table with the columns `id` (one row, 1) and `ts`; its changes come in `topic`. */
  table: string;
  topic: TopicSpec;
}

/** What to read, and as whom. */
export interface KafkaSource {
  brokers: readonly string[];
  security: KafkaSecurity;
  /** The consumer group. One per process reads everything in each; a shared one spreads the partitions. */
  group: string;
  topics: readonly TopicSpec[];
  /** Null for a group that shares the partitions: it would see the heartbeat in one of its processes only. */
  heartbeat: HeartbeatSource | null;
}

const DEAD_LETTERS_KEPT_MS = 14 * 24 * 3_600_000; // two weeks to look at what could not be read

/** False for the heartbeat: one that cannot be read is worth nothing, and the next one comes at once. */
export function hasDeadLetters({ heartbeat }: KafkaSource, topic: string): boolean {
  return topic !== heartbeat?.topic.topic;
}

/** Where the records of a topic go that cannot be read. */
export function deadLetterTopic(topic: string): TopicSpec {
  return {
    topic: `${topic}.dlq`,
    partitions: 1,
    config: { 'cleanup.policy': 'delete', 'retention.ms': String(DEAD_LETTERS_KEPT_MS) },
    from: 'beginning',
  };
}
