import type { ChangeRecord } from '@holdfast/contracts';
import { withDeadline } from '@holdfast/kernel';
import type { Logger } from '@holdfast/observability';
import type { Kafka, Producer } from 'kafkajs';
import type { KafkaMessage } from './decode-record';
import { deadLetterTopic } from './source';

const SEND_MS_MAX = 2_000; // kafkajs has no limit around a send with its retries
const TRIES = 3;

/** Where a record was found. */
export interface Origin {
  topic: string;
  partition: number;
  offset: string;
  timestamp: string;
  message: KafkaMessage;
}

/**
 * Sends unreadable records to `<topic>.dlq`: unchanged, with their coordinates and the reason in the headers.
 * Every group that reads such a record sends its own copy. When that topic is unreachable the record is
 * counted as lost, and the log has its coordinates.
 */
export class DeadLetters {
  private producer: Promise<Producer> | null = null;
  private readonly origins = new WeakMap<ChangeRecord, Origin>();
  private readonly begun = new WeakSet<ChangeRecord>();
  private readonly underWay = new Set<Promise<void>>();
  private kept = 0;
  private lost = 0;

  constructor(
    private readonly kafka: Kafka,
    private readonly group: string,
    private readonly log: Logger,
  ) {}

  get counts(): { kept: number; lost: number } {
    return { kept: this.kept, lost: this.lost };
  }

  /** Call it before the record is handed over: the dead letter is the message as it arrived. */
  cameFrom(record: ChangeRecord, origin: Origin): void {
    this.origins.set(record, origin);
  }

  /** Sends each record once, however often it is called. Never rejects. */
  async put(record: ChangeRecord, reason: string): Promise<void> {
    const origin = this.origins.get(record);
    if (!origin || this.begun.has(record)) return;
    this.begun.add(record);
    const sending = this.send(origin, reason);
    this.underWay.add(sending);
    await sending.finally(() => this.underWay.delete(sending));
  }

  /** Resolves when nothing is in flight. */
  async settled(): Promise<void> {
    await Promise.all(this.underWay);
  }

  async close(): Promise<void> {
    await (await this.producer?.catch(() => null))?.disconnect();
  }

  private async send(origin: Origin, reason: string): Promise<void> {
    const { topic, partition, offset } = origin;
    let failure: unknown;
    for (let tries = 0; tries < TRIES; tries += 1) {
      try {
        await withDeadline('the dead letter topic', SEND_MS_MAX, this.sendOnce(origin, reason));
        this.kept += 1;
        return;
      } catch (error) {
        failure = error;
      }
    }
    this.lost += 1;
    const trouble = String(failure);
    this.log.error(
      { topic, partition, offset, reason, trouble },
      'record could not be decoded, nor written to the dead-letter topic',
    );
  }

  private async sendOnce(
    { topic, partition, offset, timestamp, message }: Origin,
    reason: string,
  ): Promise<void> {
    const producer = await this.connected();
    const found = {
      'dlq-topic': topic,
      'dlq-partition': String(partition),
      'dlq-offset': offset,
      'dlq-timestamp': timestamp,
    };
    const headers = {
      ...(message.headers as Record<string, Buffer>),
      ...found,
      'dlq-group': this.group,
      'dlq-reason': reason,
    };
    const letter = { key: message.key, value: message.value, headers };
    await producer.send({ topic: deadLetterTopic(topic).topic, messages: [letter], timeout: SEND_MS_MAX });
  }

  private connected(): Promise<Producer> {
    const made = (this.producer ??= this.connect());
    // The next letter connects again.
    made.catch(() => (this.producer = null));
    return made;
  }

  private async connect(): Promise<Producer> {
    const producer = this.kafka.producer({ allowAutoTopicCreation: false });
    await producer.connect();
    return producer;
  }
}
