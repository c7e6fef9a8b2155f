import type { ChangeRecord } from '@holdfast/contracts';
import type { Lsn } from './lsn';
import type { ReplicationConnection, WalListener } from './replication-connection';
import type { Transaction, TransactionReader } from './transactions';

// Waiting records are handed over together up to this number; more would only delay the first of them.
const RECORDS_A_BATCH = 2_000;
const RECORDS_QUEUED_MAX = 20_000; // about 10 MB; beyond it the socket is not read and the server waits
const RECORDS_QUEUED_LOW = 5_000;
// The heartbeat alone sends data every second: after this long without a byte the connection is dead.
const SILENCE_MAX_MS = 10_000;

/**
 * One connection: reads transactions, hands them to `apply` one batch at a time, and acknowledges only what
 * has been applied.
 */
export class StreamSession implements WalListener {
  private readonly queue: Transaction[] = [];
  private queuedRecords = 0;
  private pumping: Promise<void> | null = null;
  private failure: unknown;
  private stopping = false;
  private heardAt = performance.now();

  constructor(
    private readonly connection: ReplicationConnection,
    private readonly reader: TransactionReader,
    private readonly apply: (records: ChangeRecord[]) => Promise<void>,
  ) {}

  /**
   * Streams until the connection ends; then waits for the batch in progress, so that no two sessions apply
   * concurrently.
   */
  async run(slot: string, begun: () => void): Promise<void> {
    const watch = setInterval(() => this.watchSilence(), SILENCE_MAX_MS / 4);
    this.connection.onStreaming(begun);
    try {
      await this.connection.stream((client) => this.reader.start(client, slot), this);
    } catch (error) {
      if (!this.stopping) throw this.failure ?? error;
    } finally {
      clearInterval(watch);
      await this.pumping;
    }
  }

  /** Drains: finishes the batch in progress and acknowledges it. */
  async stop(): Promise<void> {
    this.stopping = true;
    this.queue.length = 0;
    await this.pumping;
    await this.connection.end();
  }

  onData(lsn: Lsn, payload: Buffer): void {
    this.heardAt = performance.now();
    if (this.stopping || this.failure) return;
    try {
      const transaction = this.reader.take(lsn, payload);
      if (transaction) this.enqueue(transaction);
    } catch (error) {
      this.fail(error);
    }
  }

  onKeepalive(end: Lsn, replyNow: boolean): void {
    this.heardAt = performance.now();
    if (this.stopping || this.failure) return;
    const idle = this.pumping === null && this.queue.length === 0 && !this.reader.midway;
    // While idle everything sent has been applied, so the server may also discard the log of other tables.
    // Zero acknowledges nothing.
    if (idle) this.connection.acknowledge(end);
    else if (replyNow) this.connection.acknowledge(0n);
  }

  private enqueue(transaction: Transaction): void {
    this.queue.push(transaction);
    this.queuedRecords += transaction.records.length;
    if (this.queuedRecords > RECORDS_QUEUED_MAX) this.connection.pause();
    this.pumping ??= this.pump();
  }

  private async pump(): Promise<void> {
    // A transaction without records has nothing to await: without this the loop would end before `pumping` is
    // set, and go unnoticed.
    await Promise.resolve();
    try {
      while (this.queue.length > 0) {
        const batch = this.nextBatch();
        const records = batch.flatMap((transaction) => transaction.records);
        if (records.length > 0) await this.apply(records);
        this.queuedRecords -= records.length;
        this.connection.acknowledge(batch.at(-1)!.end);
        if (this.queuedRecords < RECORDS_QUEUED_LOW) this.connection.resume();
      }
    } catch (error) {
      this.fail(error);
    } finally {
      // In the same turn in which the queue was found empty, so that nothing is queued in the meantime.
      this.pumping = null;
    }
  }

  private nextBatch(): Transaction[] {
    let size = 0;
    let records = 0;
    while (size < this.queue.length && records < RECORDS_A_BATCH)
      records += this.queue[size++]!.records.length;
    return this.queue.splice(0, size);
  }

  /** Ends the session without acknowledging: the next one receives the same again. */
  private fail(error: unknown): void {
    this.failure ??= error;
    this.queue.length = 0;
    this.connection.destroy();
  }

  private watchSilence(): void {
    // A paused socket is silent on purpose.
    if (this.pumping === null && performance.now() - this.heardAt > SILENCE_MAX_MS)
      this.fail(new Error('the replication connection has gone silent'));
  }
}
