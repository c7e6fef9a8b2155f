import { withDeadline } from '@holdfast/kernel';
import type { Kafka } from 'kafkajs';
import type { ConsumerSession } from './consumer-session';
import type { KafkaSource } from './source';
import { endOf } from './topics';

const LAG_SUSPECT_MS = 10_000; // the restart of a broker, and of the group after it, takes less
const ASK_MS_MAX = 3_000;

/**
 * Finds a consumer that does not read although there are records. Lag alone is no proof: with Debezium or the
 * broker down a new consumer would read nothing either, and would have lost its place in the group.
 */
export class StalledWatch {
  static readonly everyMs = 5_000;

  private before: { session: ConsumerSession; position: bigint | null; end: bigint } | null = null;
  private asking = false;

  constructor(
    private readonly kafka: Kafka,
    private readonly source: KafkaSource,
    private readonly lagMs: () => number | null,
  ) {}

  /** Stalled: between two checks heartbeats arrived in Kafka, but none here, and no batch was in progress. */
  async look(session: ConsumerSession): Promise<void> {
    const { heartbeat } = this.source;
    const lagMs = this.lagMs();
    if (this.asking || !heartbeat) return;
    if (session.busy || (lagMs !== null && lagMs < LAG_SUSPECT_MS)) return void (this.before = null);
    this.asking = true;
    try {
      const end = await withDeadline('the broker', ASK_MS_MAX, endOf(this.kafka, heartbeat.topic.topic));
      const { before } = this;
      const position = session.heartbeatPosition;
      const seen = (this.before = session.busy ? null : { session, position, end });
      if (seen && before?.session === session && before.position === position && before.end < end)
        session.fail(new Error(`consumer stalled at offset ${position}; heartbeat topic is at ${end}`));
    } catch {
      // An unreachable broker is a reason to wait, not to replace the consumer.
      this.before = null;
    } finally {
      this.asking = false;
    }
  }
}
