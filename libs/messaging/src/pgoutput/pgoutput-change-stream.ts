import { setTimeout as sleep } from 'node:timers/promises';
import type { ChangeRecord } from '@holdfast/contracts';
import { withDeadline } from '@holdfast/kernel';
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
const START_PATIENCE_MS = 5_000; // a source that is away must not keep the product from starting
const STOP_PATIENCE_MS = 3_000; // of the 10 s in which the whole product ends
const RETRY_FIRST_MS = 100;
const RETRY_MAX_MS = 1_000; // readers wait for it: a restarted PostgreSQL is found again within a second

/** Reads PostgreSQL's own logical replication (`pgoutput`) from a lasting slot, in this process. */
export class PgoutputChangeStream extends ChangeStream {
  private readonly db: Pool;
  private readonly meter: LagMeter;
  private readonly stopped = new AbortController();
  private handler: ChangeHandler = async () => undefined;
  private supervising: Promise<void> | null = null;
  private session: StreamSession | null = null;
  private connected = false;
  private slot: string | null = null;
  /** What has to go before the stream: a snapshot that broke off is owed in full again. */
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
    // A server that hangs must not hang our end: what was not acknowledged comes again.
    await withDeadline('the end of the change stream', STOP_PATIENCE_MS, this.windDown()).catch(
      (error: Error) => this.log.warn({ reason: error.message }, 'the change stream did not end in order'),
    );
  }

  override status(): ChangeStreamStatus {
    return { connected: this.connected, lagMs: this.meter.lagMs, slot: this.slot };
  }

  /** The log itself keeps nothing for later: whoever could not read the record has said so. */
  override async putAside(): Promise<void> {}

  private async windDown(): Promise<void> {
    if (this.session) await this.session.stop();
    // Making a slot waits for every transaction of the server that is open: that wait ends here.
    else this.connection?.destroy();
    await this.supervising;
    await this.meter.stop();
    if (!this.db.ended) await this.db.end();
  }

  private async untilFlowing(): Promise<void> {
    const patience = AbortSignal.timeout(START_PATIENCE_MS);
    while (this.meter.lagMs === null && !patience.aborted && !this.stopped.signal.aborted) await sleep(10);
  }

  /** One session after the other until `stop`. Only while starting it may give up: a running product waits for the settings to be mended. */
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
      const delayMs = Math.min(RETRY_FIRST_MS * 2 ** failures, RETRY_MAX_MS);
      failures += 1;
      await sleep(delayMs, undefined, { signal: this.stopped.signal }).catch(() => undefined);
    }
  }

  private async oneSession(): Promise<void> {
    const { signal } = this.stopped;
    const slot = (this.slot = await checkSource(this.db, this.source));
    const connection = (this.connection = await openReplication(this.source));
    try {
      // An end that was asked for until now found no connection to cut, and one until the last step no session to end.
      signal.throwIfAborted();
      const found = await ensureSlot(this.db, connection, slot);
      if (found === 'made') {
        this.owed = 'state and facts';
        this.log.info({ slot }, 'made a replication slot: reading the rows as they are first');
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
    if (this.lastComplaint) this.log.info({ slot: this.slot }, 'the change stream flows again');
    this.lastComplaint = '';
    this.meter.beat();
  }

  /** Once for each reason, not at each retry. */
  private complain(error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error);
    if (reason === this.lastComplaint) return;
    this.lastComplaint = reason;
    this.log.warn({ slot: this.slot, reason }, 'the change stream is interrupted: trying again');
  }
}
