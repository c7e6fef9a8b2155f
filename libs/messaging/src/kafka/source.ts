import type { KafkaSecurity } from '@holdfast/config';
import type { Role } from '@holdfast/postgres';

/**
 * A topic, with the settings for creating it when it is missing. The stream's own topics must match
 * infra/debezium/connector.json.
 */
export interface TopicSpec {
  topic: string;
  partitions: number;
  /** Kafka's topic settings. */
  config: Readonly<Record<string, string>>;
  /**
   * Where a group without a position starts. State starts at the beginning: a compacted topic holds the
   * newest image of every row.
   */
  from: 'beginning' | 'end';
}

/** The row whose changes, through PostgreSQL, Debezium and Kafka, show how far the stream is behind. */
export interface HeartbeatSource {
  databaseUrl: string;
  role: Role;
  /** Table with the columns `id` (one row, 1) and `ts`; its changes arrive in `topic`. */
  table: string;
  topic: TopicSpec;
}

/** What to read, and with which login. */
export interface KafkaSource {
  brokers: readonly string[];
  security: KafkaSecurity;
  /**
   * The consumer group. With a group of its own each process reads everything; a shared group distributes the
   * partitions.
   */
  group: string;
  topics: readonly TopicSpec[];
  /** Null for a shared group: only one of its processes would receive the heartbeat. */
  heartbeat: HeartbeatSource | null;
}

const DEAD_LETTERS_KEPT_MS = 14 * 24 * 3_600_000; // two weeks to examine unreadable records

/** False for the heartbeat: an unreadable one is useless, and the next one comes soon. */
export function hasDeadLetters({ heartbeat }: KafkaSource, topic: string): boolean {
  return topic !== heartbeat?.topic.topic;
}

/** The dead-letter topic of a topic. */
export function deadLetterTopic(topic: string): TopicSpec {
  return {
    topic: `${topic}.dlq`,
    partitions: 1,
    config: { 'cleanup.policy': 'delete', 'retention.ms': String(DEAD_LETTERS_KEPT_MS) },
    from: 'beginning',
  };
}
