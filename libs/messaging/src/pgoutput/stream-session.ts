import type { ChangeRecord } from '@holdfast/contracts';
import type { Lsn } from './lsn';
import type { ReplicationConnection, WalListener } from './replication-connection';
import type { Transaction, TransactionReader } from './transactions';

const RECORDS_A_BATCH = 2_000; // what waits is handed over together up to here; more only makes the first of them wait
const RECORDS_QUEUED_MAX = 20_000; // about 10 MB; beyond it the socket is left unread and the server waits
const RECORDS_QUEUED_LOW = 5_000;
const SILENCE_MAX_MS = 10_000; // the heartbeat alone speaks every second: this long without a byte is a dead connection that nobody closed

/** One connection's life: reads transactions, hands them to `apply` one batch at a time, and acknowledges what has been applied, never more. */
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

  /** Streams until the connection ends; then waits for the batch in hand, so that no two sessions apply at once. */
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

  /** Takes nothing more, finishes the batch in hand and says so to the server. */
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
    // While idle all that was sent is applied, so the server may also forget what it read past for others. Zero acknowledges nothing.
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
    // A transaction without records leaves nothing to await: without this the end would come before `pumping` is set, and stay unseen.
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
      this.pumping = null; // in the same step in which the queue was seen empty, so that nothing is queued in between
    }
  }

  private nextBatch(): Transaction[] {
    let size = 0;
    let records = 0;
    while (size < this.queue.length && records < RECORDS_A_BATCH)
      records += this.queue[size++]!.records.length;
    return this.queue.splice(0, size);
  }

  /** Ends the session without acknowledging: the next one gets the same again. */
  private fail(error: unknown): void {
    this.failure ??= error;
    this.queue.length = 0;
    this.connection.destroy();
  }

  private watchSilence(): void {
    // A paused socket hears nothing by our own wish.
    if (this.pumping === null && performance.now() - this.heardAt > SILENCE_MAX_MS)
      this.fail(new Error('the replication connection has gone silent'));
  }
}
