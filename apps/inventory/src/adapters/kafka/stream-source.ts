import { type KafkaSecurity, OPEN_KAFKA } from '@holdfast/config';
import type { KafkaSource, TopicSpec } from '@holdfast/messaging';
import { ROLES } from '@holdfast/postgres';
import { FACT_TOPICS } from '../../application/projector/count-facts';

const PARTITIONS = 6;

/**
 * Compacted early, so that a consumer without a position reads the newest image of each row and a few minutes
 * of changes.
 */
const STATE = {
  'cleanup.policy': 'compact',
  'segment.bytes': '8388608',
  'segment.ms': '600000',
  'min.cleanable.dirty.ratio': '0.1',
  'max.compaction.lag.ms': '1200000',
};

const state = (table: string): TopicSpec => ({
  topic: `holdfast.inventory.${table}`,
  partitions: PARTITIONS,
  config: STATE,
  from: 'beginning',
});

/**
 * Kafka deletes only closed segments, by their newest record: a fact is retained for the sum of both times.
 * The inbox must keep it longer (`ENTRIES_KEPT_SECONDS`).
 */
const FACTS = { 'retention.ms': '172800000', 'segment.ms': '21600000' };

const facts = (topic: string): TopicSpec => ({
  topic,
  partitions: PARTITIONS,
  config: FACTS,
  from: 'beginning',
});

const HEARTBEAT: TopicSpec = {
  topic: 'holdfast.inventory.cdc_heartbeat',
  partitions: 1,
  config: { 'retention.ms': '3600000', 'segment.ms': '600000' },
  from: 'end',
};

/** The topics of the stream, as configured in infra/debezium/connector.json. */
export const STREAM_TOPICS = {
  state: [state('drop'), state('stock')],
  facts: FACT_TOPICS.map(facts),
  heartbeat: HEARTBEAT,
};

/** The projector's consumer: each inventory instance reads all partitions, in a group of its own. */
export function projectorSource(how: {
  brokers: readonly string[];
  security?: KafkaSecurity;
  instance: string;
  databaseUrl: string;
}): KafkaSource {
  return {
    brokers: how.brokers,
    security: how.security ?? OPEN_KAFKA,
    group: `holdfast-projector-${how.instance}`,
    topics: STREAM_TOPICS.state,
    heartbeat: {
      databaseUrl: how.databaseUrl,
      role: ROLES.cdc,
      table: 'inventory.cdc_heartbeat',
      topic: HEARTBEAT,
    },
  };
}

/** The consumer of facts: the instances share a group, so each fact is read by one of them. */
export function factsSource({
  brokers,
  security = OPEN_KAFKA,
}: {
  brokers: readonly string[];
  security?: KafkaSecurity;
}): KafkaSource {
  return { brokers, security, group: 'holdfast-facts', topics: STREAM_TOPICS.facts, heartbeat: null };
}
