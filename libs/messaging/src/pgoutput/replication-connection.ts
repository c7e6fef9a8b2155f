import type { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import { openClient, type Role, type SessionClient } from '@holdfast/postgres';
import type { Lsn } from './lsn';

const END_GRACE_MS = 1_000; // for the last acknowledgement to leave; then the socket is cut
const XLOG_DATA = 0x77; // 'w'
const KEEPALIVE = 0x6b; // 'k'
const STATUS_UPDATE = 0x72; // 'r'
const STATUS_UPDATE_BYTES = 34;
const PG_EPOCH_MS = 946_684_800_000; // 2000-01-01

/** The part of pg's connection that speaks the COPY protocol: not in its types, but what every replication client on pg builds upon. */
interface CopyConnection extends EventEmitter {
  stream: Socket;
  sendCopyFromChunk(chunk: Buffer): void;
  end(): void;
}

export interface WalListener {
  /** One message of the output plugin, and the position of the record that it was made of. */
  onData(lsn: Lsn, payload: Buffer): void;
  /** The server has sent everything up to `end`; with `replyNow` it wants to hear from us. */
  onKeepalive(end: Lsn, replyNow: boolean): void;
}

/**
 * A connection in replication mode.
 * Source: PostgreSQL 18 manual, "Streaming Replication Protocol" and "Logical Streaming Replication Protocol".
 *
 * The package pg-logical-replication has such a connection too, but it acknowledges one byte more than it was told. A transaction whose commit
 * record begins exactly there is then skipped after a restart: seen to happen when two commits stand side by side in the log
 * (test/integration/stream-delivery). So only its decoder is used.
 */
export class ReplicationConnection {
  private readonly wire: CopyConnection;
  private ended = false;

  private constructor(private readonly client: SessionClient) {
    this.wire = (client as unknown as { connection: CopyConnection }).connection;
    client.on('end', () => (this.ended = true));
  }

  static async open(url: string, role: Role): Promise<ReplicationConnection> {
    // Making a slot waits for every open transaction of the server, and a stream is a statement without an end.
    const patience = { statementTimeoutMs: 0, lockTimeoutMs: 0 };
    return new ReplicationConnection(
      await openClient({ url, name: 'holdfast-stream', role, replication: true, ...patience }),
    );
  }

  /** A replication command such as CREATE_REPLICATION_SLOT. */
  async command(text: string): Promise<void> {
    await this.client.query(text);
  }

  /** Streams until the connection ends, which is always a rejection: a stream has no last row. */
  async stream(start: (client: SessionClient) => Promise<unknown>, listener: WalListener): Promise<never> {
    this.wire.on('copyData', ({ chunk }: { chunk: Buffer }) => {
      if (chunk[0] === XLOG_DATA) listener.onData(chunk.readBigUInt64BE(1), chunk.subarray(25));
      else if (chunk[0] === KEEPALIVE) listener.onKeepalive(chunk.readBigUInt64BE(1), chunk[17] === 1);
    });
    await start(this.client);
    throw new Error('the server ended the replication');
  }

  onStreaming(begun: () => void): void {
    this.wire.once('replicationStart', begun);
  }

  /** Everything before `lsn` has been applied and need not be kept. `lsn` is the position of the first byte still wanted, not of the last one had. */
  acknowledge(lsn: Lsn): void {
    if (this.ended) return;
    const message = Buffer.alloc(STATUS_UPDATE_BYTES);
    message[0] = STATUS_UPDATE;
    for (const offset of [1, 9, 17]) message.writeBigUInt64BE(lsn, offset); // written, flushed, applied
    message.writeBigInt64BE(BigInt(Date.now() - PG_EPOCH_MS) * 1_000n, 25);
    this.wire.sendCopyFromChunk(message);
  }

  /** Stops reading from the socket: the server then waits, and nothing piles up here. */
  pause(): void {
    this.wire.stream.pause();
  }

  resume(): void {
    this.wire.stream.resume();
  }

  /** Ends in order: what was acknowledged is sent first. */
  async end(): Promise<void> {
    if (this.ended) return;
    const gone = new Promise<void>((resolve) => this.client.once('end', () => resolve()));
    const cut = setTimeout(() => this.wire.stream.destroy(), END_GRACE_MS);
    this.wire.end();
    await gone;
    clearTimeout(cut);
  }

  /** Cuts the connection; whoever awaits the stream hears of it. */
  destroy(): void {
    this.wire.stream.destroy();
  }
}
