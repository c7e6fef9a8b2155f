import { setTimeout as sleep } from 'node:timers/promises';
import type { ChangeRecord } from '@holdfast/contracts';
import { backoffMs, withDeadline } from '@holdfast/kernel';
import type { Logger } from '@holdfast/observability';
import { openPool } from '@holdfast/postgres';
import type { Pool } from 'pg';
import {
  type ChangeHandler,
  ChangeStream,
  ChangeStreamMisconfigured,
  type ChangeStreamStatus,
} from '../change-stream.port';
import { LagMeter } from '../lag-meter';
import type { ReplicationConnection } from './replication-connection';
import { checkSource, ensureSlot, openReplication } from './slot';
import { sendSnapshot } from './snapshot';
import type { PgoutputSource } from './source';
import { StreamSession } from './stream-session';
import { TransactionReader } from './transactions';

const POOL_MAX = 2; // one for the heartbeat, one for snapshots
const START_PATIENCE_MS = 5_000; // an unreachable source must not keep the product from starting
const STOP_PATIENCE_MS = 3_000; // of the 10 s in which the whole product ends
// Readers wait for it: reconnects to a restarted PostgreSQL within a second.
const RETRY = { firstMs: 100, maxMs: 1_000 };

/** Reads PostgreSQL's logical replication (`pgoutput`) from a permanent slot, in this process. */
export class PgoutputChangeStream extends ChangeStream {
  private readonly db: Pool;
  private readonly meter: LagMeter;
  private readonly stopped = new AbortController();
  private handler: ChangeHandler = async () => undefined;
  private supervising: Promise<void> | null = null;
  private session: StreamSession | null = null;
  private connected = false;
  private slot: string | null = null;
  /** What must precede the stream: an interrupted snapshot is repeated in full. */
  private owed: 'nothing' | 'state' | 'state and facts' = 'state';
  private starting = true;
  private connection: ReplicationConnection | null = null;
  private lastComplaint = '';

  constructor(
    private readonly source: PgoutputSource,
    private readonly log: Logger,
  ) {
    super();
    this.db = openPool({
      url: source.url,
      role: source.role,
      max: POOL_MAX,
      name: 'holdfast-stream-control',
    });
    this.meter = new LagMeter(
      this.db,
      source.heartbeatTable,
      `${source.topicPrefix}.${source.heartbeatTable}`,
    );
  }

  override async start(handler: ChangeHandler): Promise<void> {
    this.handler = handler;
    this.meter.start();
    let giveUp: (reason: Error) => void = () => undefined;
    const hopeless = new Promise<never>((_, reject) => (giveUp = reject));
    this.supervising = this.supervise(giveUp);
    try {
      await Promise.race([hopeless, this.untilFlowing()]);
    } catch (error) {
      await this.stop();
      throw error;
    } finally {
      this.starting = false;
    }
  }

  override async stop(): Promise<void> {
    this.stopped.abort();
    // A server that hangs must not delay the shutdown: unacknowledged changes are sent again.
    await withDeadline('the end of the change stream', STOP_PATIENCE_MS, this.windDown()).catch(
      (error: Error) => this.log.warn({ reason: error.message }, 'change stream did not stop cleanly'),
    );
  }

  override status(): ChangeStreamStatus {
    return { connected: this.connected, lagMs: this.meter.lagMs, slot: this.slot };
  }

  /** There is no dead-letter topic here; the caller has logged the record. */
  override async putAside(): Promise<void> {}

  private async windDown(): Promise<void> {
    if (this.session) await this.session.stop();
    // Creating a slot waits for every open transaction of the server: this ends that wait.
    else this.connection?.destroy();
    await this.supervising;
    await this.meter.stop();
    if (!this.db.ended) await this.db.end();
  }

  private async untilFlowing(): Promise<void> {
    const patience = AbortSignal.timeout(START_PATIENCE_MS);
    while (this.meter.lagMs === null && !patience.aborted && !this.stopped.signal.aborted) await sleep(10);
  }

  /**
   * Runs sessions until `stop`. Only during the start it may give up: a running product waits for the
   * settings to be corrected.
   */
  private async supervise(giveUp: (reason: Error) => void): Promise<void> {
    let failures = 0;
    while (!this.stopped.signal.aborted) {
      try {
        await this.oneSession();
      } catch (error) {
        if (this.connected) failures = 0;
        else if (error instanceof ChangeStreamMisconfigured && this.starting) return giveUp(error);
        if (!this.stopped.signal.aborted) this.complain(error);
      }
      this.connected = false;
      this.session = null;
      const delayMs = backoffMs(failures, RETRY);
      failures += 1;
      await sleep(delayMs, undefined, { signal: this.stopped.signal }).catch(() => undefined);
    }
  }

  private async oneSession(): Promise<void> {
    const { signal } = this.stopped;
    const slot = (this.slot = await checkSource(this.db, this.source));
    const connection = (this.connection = await openReplication(this.source));
    try {
      // A `stop` before this line found no connection to cut, or no session to stop.
      signal.throwIfAborted();
      const found = await ensureSlot(this.db, connection, slot);
      if (found === 'made') {
        this.owed = 'state and facts';
        this.log.info({ slot }, 'created a replication slot, reading a snapshot first');
      }
      await this.payOff();
      signal.throwIfAborted();
      const { publication, topicPrefix, outbox } = this.source;
      const reader = new TransactionReader(publication, topicPrefix, outbox.name);
      this.session = new StreamSession(connection, reader, (records) => this.apply(records));
      await this.session.run(slot, () => this.flowing());
    } finally {
      await connection.end();
    }
  }

  private async payOff(): Promise<void> {
    if (this.owed === 'nothing') return;
    await sendSnapshot(this.db, this.source, this.owed === 'state and facts', async (records) => {
      this.stopped.signal.throwIfAborted();
      await this.apply(records);
    });
    this.owed = 'nothing';
  }

  private async apply(records: ChangeRecord[]): Promise<void> {
    await this.handler(records);
    this.meter.applied(records);
  }

  private flowing(): void {
    this.connected = true;
    if (this.lastComplaint) this.log.info({ slot: this.slot }, 'change stream has resumed');
    this.lastComplaint = '';
    this.meter.beat();
  }

  /** Once for each reason, not at each retry. */
  private complain(error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error);
    if (reason === this.lastComplaint) return;
    this.lastComplaint = reason;
    this.log.warn({ slot: this.slot, reason }, 'change stream interrupted, reconnecting');
  }
}
