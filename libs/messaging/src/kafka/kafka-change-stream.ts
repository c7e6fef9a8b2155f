import { setTimeout as sleep } from 'node:timers/promises';
import type { ChangeRecord } from '@holdfast/contracts';
import { backoffMs, withDeadline } from '@holdfast/kernel';
import type { Logger } from '@holdfast/observability';
import { openPool } from '@holdfast/postgres';
import type { Kafka } from 'kafkajs';
import type { Pool } from 'pg';
import { type ChangeHandler, ChangeStream, type ChangeStreamStatus } from '../change-stream.port';
import { LagMeter } from '../lag-meter';
import { BRIEF, ENDLESS, openKafka } from './client';
import { ConsumerSession, SESSION_MS, SESSION_MS_ANYWHERE } from './consumer-session';
import { DeadLetters } from './dead-letters';
import { Sockets } from './sockets';
import type { HeartbeatSource, KafkaSource } from './source';
import { StalledWatch } from './stalled-watch';
import { ensureTopics } from './topics';

const POOL_MAX = 1; // the heartbeat
const START_PATIENCE_MS = 5_000; // an unreachable source must not keep the product from starting
const STOP_PATIENCE_MS = 2_500; // of the 10 s in which the whole product ends
const SESSION_RETRY = { firstMs: 100, maxMs: 2_000 };
const SAID_AGAIN_MS = 30_000;
const SILENCE_LOOK_MS = 1_000;

/** Reads Debezium's topics as one consumer group. A consumer that crashes or stalls is replaced. */
export class KafkaChangeStream extends ChangeStream {
  private readonly sockets = new Sockets();
  private readonly requests: Kafka;
  private readonly letters: DeadLetters;
  private readonly heartbeat: Heartbeat | null;
  private readonly watch: StalledWatch;
  private readonly stopped = new AbortController();
  private handler: ChangeHandler = () => Promise.resolve();
  private session: ConsumerSession | null = null;
  private supervising: Promise<void> | null = null;
  private joined = false;
  private restarted = 0;
  private sessionMs = SESSION_MS;
  private complaint = { reason: '', at: -Infinity };

  constructor(
    private readonly source: KafkaSource,
    private readonly log: Logger,
  ) {
    super();
    this.requests = openKafka(source, BRIEF, this.sockets, log);
    this.letters = new DeadLetters(this.requests, source.group, log);
    this.heartbeat = source.heartbeat && openHeartbeat(source.heartbeat);
    this.watch = new StalledWatch(this.requests, source, () => this.status().lagMs);
  }

  /**
   * Records that could not be read: `kept` in dead-letter topics, or `lost` because those were unreachable.
   */
  get deadLetters(): { kept: number; lost: number } {
    return this.letters.counts;
  }

  /** How often the consumer had to be replaced. */
  get restarts(): number {
    return this.restarted;
  }

  override async start(handler: ChangeHandler): Promise<void> {
    this.handler = handler;
    this.heartbeat?.meter.start();
    this.supervising = this.supervise();
    const patience = AbortSignal.timeout(START_PATIENCE_MS);
    const flowing = () => (this.heartbeat ? this.heartbeat.meter.lagMs !== null : this.joined);
    while (!flowing() && !patience.aborted && !this.stopped.signal.aborted) await sleep(10);
  }

  override async stop(): Promise<void> {
    this.stopped.abort();
    // A broker that hangs must not delay the shutdown: uncommitted records are delivered again.
    await withDeadline('the end of the change stream', STOP_PATIENCE_MS, this.windDown()).catch(
      (error: Error) =>
        this.log.warn(
          { group: this.source.group, reason: error.message },
          'change stream did not stop cleanly',
        ),
    );
    this.sockets.cut();
    // Not waited for: its database may be what hangs.
    if (this.heartbeat && !this.heartbeat.db.ended) void this.heartbeat.db.end().catch(() => undefined);
  }

  override status(): ChangeStreamStatus {
    return {
      connected: this.session?.flowing ?? false,
      lagMs: this.heartbeat?.meter.lagMs ?? null,
      slot: this.source.group,
    };
  }

  override putAside(record: ChangeRecord, reason: string): Promise<void> {
    return this.letters.put(record, reason);
  }

  private async windDown(): Promise<void> {
    await Promise.all([this.session?.stop(), this.heartbeat?.meter.stop()]);
    await this.supervising;
    await this.letters.close();
  }

  /** Runs sessions until `stop`. */
  private async supervise(): Promise<void> {
    const { signal } = this.stopped;
    for (let failures = 0; !signal.aborted; failures += 1) {
      try {
        await ensureTopics(this.requests, this.source);
        // `stop` found no session to stop.
        if (signal.aborted) return;
        if (await this.oneSession()) failures = 0;
      } catch (error) {
        this.complain(error, 'Kafka is unreachable, retrying');
      }
      await sleep(backoffMs(failures, SESSION_RETRY), undefined, { signal }).catch(() => undefined);
    }
  }

  /** Until it ends, for whatever reason. True when it had joined its group. */
  private async oneSession(): Promise<boolean> {
    const sockets = new Sockets();
    const session = (this.session = this.openSession(sockets));
    this.joined = false;
    const timers = [
      setInterval(() => void this.watch.look(session), StalledWatch.everyMs),
      setInterval(() => this.tellSilence(session), SILENCE_LOOK_MS),
    ];
    try {
      await session.run();
    } catch (error) {
      this.replace(error as Error);
    } finally {
      for (const timer of timers) clearInterval(timer);
      this.session = null;
      await withDeadline('the end of a consumer', STOP_PATIENCE_MS, session.stop()).catch(() => undefined);
      sockets.cut();
    }
    return this.joined;
  }

  private openSession(sockets: Sockets): ConsumerSession {
    const kafka = openKafka(this.source, ENDLESS, sockets, this.log);
    const hooks = {
      apply: (records: ChangeRecord[]) => this.handler(records),
      onTrouble: (error: unknown, tries: number) =>
        this.complain(error, 'batch could not be applied, retrying', { tries }),
      onBeat: (beat: ChangeRecord) => this.heartbeat?.meter.applied([beat]),
      onJoined: () => this.flowing(),
    };
    return new ConsumerSession(kafka, this.source, this.letters, hooks, this.sessionMs);
  }

  private replace(error: Error): void {
    const { type } = (error.cause ?? error) as { type?: string };
    if (type === 'INVALID_SESSION_TIMEOUT') this.sessionMs = SESSION_MS_ANYWHERE;
    this.restarted += 1;
    this.complain(error, 'change stream consumer failed, replacing it');
  }

  private flowing(): void {
    this.joined = true;
    if (this.complaint.reason) this.log.info({ group: this.source.group }, 'change stream has resumed');
    this.complaint = { reason: '', at: -Infinity };
    this.heartbeat?.meter.beat();
  }

  /** A consumer that retries forever reports nothing itself. */
  private tellSilence(session: ConsumerSession): void {
    if (!this.joined) return;
    if (!session.flowing) this.complain('no answer from the broker', 'change stream stalled');
    else if (this.complaint.reason === 'no answer from the broker') this.flowing();
  }

  /** Logs a lasting reason at intervals, not at each try. */
  private complain(error: unknown, what: string, more: object = {}): void {
    const reason = error instanceof Error ? error.message : String(error);
    const now = performance.now();
    if (reason === this.complaint.reason && now - this.complaint.at < SAID_AGAIN_MS) return;
    this.complaint = { reason, at: now };
    this.log.warn({ group: this.source.group, reason, ...more }, what);
  }
}

interface Heartbeat {
  db: Pool;
  meter: LagMeter;
}

function openHeartbeat({ databaseUrl, role, table, topic }: HeartbeatSource): Heartbeat {
  const db = openPool({ url: databaseUrl, role, max: POOL_MAX, name: 'holdfast-stream-control' });
  return { db, meter: new LagMeter(db, table, topic.topic) };
}
