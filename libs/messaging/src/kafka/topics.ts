import { setTimeout as sleep } from 'node:timers/promises';
import type { Admin, Kafka } from 'kafkajs';
import { deadLetterTopic, hasDeadLetters, type KafkaSource, type TopicSpec } from './source';

const LEADERS_MS_MAX = 5_000;
const LEADERS_LOOK_MS = 50;

/**
 * Creates the missing topics, including dead-letter topics: a consumer cannot subscribe to a missing topic,
 * and Debezium creates its topics only with their first record. Rejects soon when no broker answers.
 */
export async function ensureTopics(kafka: Kafka, source: KafkaSource): Promise<void> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    const wanted = topicsOf(source).flatMap((spec) =>
      hasDeadLetters(source, spec.topic) ? [spec, deadLetterTopic(spec.topic)] : [spec],
    );
    const there = new Set(await admin.listTopics());
    const missing = wanted.filter(({ topic }) => !there.has(topic));
    if (missing.length === 0) return;
    // Waiting for leaders would fail on a topic that another process is creating just now.
    await admin.createTopics({ topics: missing.map(forKafka), waitForLeaders: false });
    await untilLed(
      admin,
      missing.map(({ topic }) => topic),
    );
  } finally {
    await admin.disconnect();
  }
}

export function topicsOf({ topics, heartbeat }: KafkaSource): TopicSpec[] {
  return heartbeat ? [...topics, heartbeat.topic] : [...topics];
}

/** A new topic has no leaders yet, and a consumer that finds it so gives up. */
async function untilLed(admin: Admin, topics: string[]): Promise<void> {
  const patience = AbortSignal.timeout(LEADERS_MS_MAX);
  for (;;) {
    try {
      const found = await admin.fetchTopicMetadata({ topics });
      if (
        found.topics.every(
          ({ partitions }) => partitions.length > 0 && partitions.every((it) => it.leader >= 0),
        )
      )
        return;
    } catch (error) {
      if (patience.aborted) throw error;
    }
    if (patience.aborted) return;
    await sleep(LEADERS_LOOK_MS);
  }
}

function forKafka({ topic, partitions, config }: TopicSpec) {
  const configEntries = Object.entries(config).map(([name, value]) => ({ name, value }));
  return { topic, numPartitions: partitions, replicationFactor: -1, configEntries };
}

/** The current end offset of a topic's only partition. Rejects soon when no broker answers. */
export async function endOf(kafka: Kafka, topic: string): Promise<bigint> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    const [partition] = await admin.fetchTopicOffsets(topic);
    return BigInt(partition?.high ?? 0);
  } finally {
    await admin.disconnect();
  }
}
