import { setTimeout as sleep } from 'node:timers/promises';
import type { ChangeRecord } from '@holdfast/contracts';
import { backoffMs, withDeadline } from '@holdfast/kernel';
import type { Consumer, EachBatchPayload, Kafka } from 'kafkajs';
import type { DeadLetters } from './dead-letters';
import { decodeRecord } from './decode-record';
import { ReadPositions } from './read-positions';
import { hasDeadLetters, type KafkaSource } from './source';
import { topicsOf } from './topics';

/**
 * A consumer that was killed, or lost its broker, keeps its place in the group for this long, and its
 * successor waits: so as short as possible. A process that stalls for longer only has to rejoin.
 */
export const SESSION_MS = 3_000;
/** The minimum of a broker with the default group.min.session.timeout.ms. */
export const SESSION_MS_ANYWHERE = 6_000;
const HEARTBEATS_A_SESSION = 3;
const REBALANCE_MS = 10_000;
const FETCH_WAIT_MS = 200; // of a fetch without records; also the longest that a stop waits
// Delivered again after a crash, which is safe; a commit for each batch would cost a round trip each.
const COMMIT_EVERY_MS = 1_000;
const COMMIT_MS_MAX = 1_000;
const BATCH_RETRY = { firstMs: 100, maxMs: 1_000 };
const SILENT_MS = 2_000; // ten fetches without records

export interface SessionHooks {
  /** Applies a batch; when it throws, the same batch is applied again. */
  apply: (records: ChangeRecord[]) => Promise<void>;
  /** A batch could not be applied; called for each try. */
  onTrouble: (error: unknown, tries: number) => void;
  /** Everything committed before this heartbeat record has been applied. */
  onBeat: (beat: ChangeRecord) => void;
  onJoined: () => void;
}

/** One consumer: reads batches, applies them sequentially, and commits only what has been applied. */
export class ConsumerSession {
  private readonly consumer: Consumer;
  private readonly heartbeatMs: number;
  private readonly positions: ReadPositions<ChangeRecord>;
  private readonly ending = new AbortController();
  private end: (reason?: Error) => void = () => undefined;
  private inHand: Promise<void> | null = null;
  private stopping: Promise<void> | null = null;
  private joined = false;
  /** How often the group has rebalanced. */
  private joins = 0;
  private heardAt = 0;

  constructor(
    kafka: Kafka,
    private readonly source: KafkaSource,
    private readonly letters: DeadLetters,
    private readonly hooks: SessionHooks,
    sessionMs: number,
  ) {
    this.heartbeatMs = sessionMs / HEARTBEATS_A_SESSION;
    this.positions = new ReadPositions((beat) => hooks.onBeat(beat));
    this.consumer = kafka.consumer({
      groupId: source.group,
      sessionTimeout: sessionMs,
      heartbeatInterval: this.heartbeatMs,
      rebalanceTimeout: REBALANCE_MS,
      maxWaitTimeInMs: FETCH_WAIT_MS,
      allowAutoTopicCreation: false,
      // The supervisor of this session starts the next one, and logs it.
      retry: { restartOnFailure: () => Promise.resolve(false) },
    });
  }

  /** In the group, and the broker answers; or a batch is in progress. */
  get flowing(): boolean {
    return this.joined && (this.inHand !== null || performance.now() - this.heardAt < SILENT_MS);
  }

  /** Busy with a batch, so that a stalled position is not the broker's fault. */
  get busy(): boolean {
    return this.inHand !== null;
  }

  /** Offset in the heartbeat topic; null before its first batch. */
  get heartbeatPosition(): bigint | null {
    return this.positions.next(this.source.heartbeat?.topic.topic ?? '', 0);
  }

  /**
   * Reads until `stop`; rejects when the consumer has crashed or `fail` was called. Either way it must be
   * stopped afterwards.
   */
  async run(): Promise<void> {
    const ended = new Promise<void>((resolve, reject) => {
      this.end = (reason) => (reason ? reject(reason) : resolve());
    });
    ended.catch(() => undefined);
    this.listen();
    const begun = (async () => {
      await this.consumer.connect();
      for (const { topic, from } of topicsOf(this.source))
        await this.consumer.subscribe({ topic, fromBeginning: from === 'beginning' });
      await this.consumer.run({
        autoCommit: false,
        autoCommitInterval: COMMIT_EVERY_MS,
        eachBatchAutoResolve: false,
        partitionsConsumedConcurrently: 1,
        eachBatch: (payload) => this.take(payload),
      });
    })();
    begun.catch((error: Error) => this.end(error));
    await ended;
  }

  /** For the supervisor of a stalled consumer. */
  fail(reason: Error): void {
    this.end(reason);
  }

  /**
   * Drains: waits for the batch in progress, commits, and leaves the group, so that the next consumer need
   * not wait for the session timeout.
   */
  stop(): Promise<void> {
    return (this.stopping ??= this.windDown());
  }

  private async windDown(): Promise<void> {
    this.ending.abort();
    this.end();
    await this.inHand;
    const applied = this.positions.positions();
    if (this.joined && applied.length > 0)
      await withDeadline('the last commit', COMMIT_MS_MAX, this.consumer.commitOffsets(applied)).catch(
        () => undefined,
      );
    await this.consumer.disconnect();
  }

  private listen(): void {
    const { consumer } = this;
    const { CRASH, FETCH_START, GROUP_JOIN, REQUEST } = consumer.events;
    consumer.on(CRASH, ({ payload }) => this.end(payload.error));
    consumer.on(GROUP_JOIN, () => {
      this.joined = true;
      this.joins += 1;
      this.positions.joined();
      this.heardAt = performance.now();
      this.hooks.onJoined();
    });
    consumer.on(FETCH_START, ({ payload }) => this.positions.fetchBegins(Number(payload.nodeId)));
    consumer.on(REQUEST, ({ payload }) => {
      if (payload.apiName === 'Fetch') this.heardAt = performance.now();
    });
  }

  private async take(payload: EachBatchPayload): Promise<void> {
    if (this.ending.signal.aborted || !payload.isRunning() || payload.isStale()) return;
    const work = this.handOver(payload);
    // Keep sending heartbeats while a batch is applied, so that the group does not evict this consumer. A
    // failed heartbeat surfaces at the next fetch.
    const alive = setInterval(() => payload.heartbeat().catch(() => undefined), this.heartbeatMs / 2);
    this.inHand = work.then(
      () => undefined,
      () => undefined,
    );
    let applied: boolean;
    try {
      applied = await work;
    } finally {
      clearInterval(alive);
      this.inHand = null;
    }
    if (!applied || this.ending.signal.aborted) return;
    await payload.commitOffsetsIfNecessary();
    await payload.heartbeat();
  }

  /**
   * False when it was stopped, or the partition may have been reassigned: then nothing of the batch counts as
   * applied.
   */
  private async handOver({ batch, resolveOffset }: EachBatchPayload): Promise<boolean> {
    const { joins } = this;
    const records = this.decode(batch);
    if (records.length > 0 && !(await this.applied(records))) return false;
    // Unreadable records are stored before the position moves past them.
    await this.letters.settled();
    if (joins !== this.joins) return false;
    const last = batch.lastOffset();
    resolveOffset(last);
    const { topic, partition, highWatermark } = batch;
    if (topic === this.source.heartbeat?.topic.topic)
      for (const beat of records.slice(-1)) this.positions.beatCame(beat);
    this.positions.applied(topic, partition, BigInt(last) + 1n, BigInt(highWatermark));
    return true;
  }

  private decode({ topic, partition, messages }: EachBatchPayload['batch']): ChangeRecord[] {
    const records: ChangeRecord[] = [];
    for (const message of messages) {
      const record = decodeRecord(topic, message);
      if (record === null) continue;
      const { offset, timestamp } = message;
      if (hasDeadLetters(this.source, topic)) {
        this.letters.cameFrom(record, { topic, partition, offset, timestamp, message });
        if (record.unreadable !== undefined) void this.letters.put(record, record.unreadable);
      }
      records.push(record);
    }
    return records;
  }

  /** Retries until it succeeds: later records must not overtake it. */
  private async applied(records: ChangeRecord[]): Promise<boolean> {
    const { signal } = this.ending;
    for (let tries = 1; !signal.aborted; tries += 1) {
      try {
        await this.hooks.apply(records);
        return true;
      } catch (error) {
        this.hooks.onTrouble(error, tries);
        await sleep(backoffMs(tries - 1, BATCH_RETRY), undefined, { signal }).catch(() => undefined);
      }
    }
    return false;
  }
}
