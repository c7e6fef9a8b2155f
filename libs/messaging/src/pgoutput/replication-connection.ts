import type { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import { openClient, type Role, type SessionClient } from '@holdfast/postgres';
import type { Lsn } from './lsn';

const END_GRACE_MS = 1_000; // for sending the last acknowledgement; then the socket is cut
const XLOG_DATA = 0x77; // 'w'
const KEEPALIVE = 0x6b; // 'k'
const STATUS_UPDATE = 0x72; // 'r'
const STATUS_UPDATE_BYTES = 34;
const PG_EPOCH_MS = 946_684_800_000; // 2000-01-01

/** The COPY protocol of pg's connection: missing in its types, but every replication client on pg uses it. */
interface CopyConnection extends EventEmitter {
  stream: Socket;
  sendCopyFromChunk(chunk: Buffer): void;
  end(): void;
}

export interface WalListener {
  /** One message of the output plugin, with the position of its record. */
  onData(lsn: Lsn, payload: Buffer): void;
  /** The server has sent everything up to `end`; with `replyNow` it expects a status update. */
  onKeepalive(end: Lsn, replyNow: boolean): void;
}

/**
 * A connection in replication mode.
 * Source: PostgreSQL 18 manual, "Streaming Replication Protocol" and "Logical Streaming Replication
 * Protocol".
 *
 * The package pg-logical-replication has such a connection too, but it acknowledges one byte too much. A
 * transaction whose commit record begins exactly there is then skipped after a restart: observed when two
 * commits are adjacent in the log (test/integration/stream-delivery). So only its decoder is used.
 */
export class ReplicationConnection {
  private readonly wire: CopyConnection;
  private ended = false;

  private constructor(private readonly client: SessionClient) {
    this.wire = (client as unknown as { connection: CopyConnection }).connection;
    client.on('end', () => (this.ended = true));
  }

  static async open(url: string, role: Role): Promise<ReplicationConnection> {
    // Creating a slot waits for every open transaction of the server, and a stream is a statement without an
    // end.
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

  /**
   * Everything before `lsn` has been applied and need not be kept: `lsn` is the first byte that is still
   * needed.
   */
  acknowledge(lsn: Lsn): void {
    if (this.ended) return;
    const message = Buffer.alloc(STATUS_UPDATE_BYTES);
    message[0] = STATUS_UPDATE;
    for (const offset of [1, 9, 17]) message.writeBigUInt64BE(lsn, offset); // written, flushed, applied
    message.writeBigInt64BE(BigInt(Date.now() - PG_EPOCH_MS) * 1_000n, 25);
    this.wire.sendCopyFromChunk(message);
  }

  /** Stops reading from the socket, so that the server waits and no data is buffered here. */
  pause(): void {
    this.wire.stream.pause();
  }

  resume(): void {
    this.wire.stream.resume();
  }

  /** Closes the connection after the pending acknowledgements are sent. */
  async end(): Promise<void> {
    if (this.ended) return;
    const gone = new Promise<void>((resolve) => this.client.once('end', () => resolve()));
    const cut = setTimeout(() => this.wire.stream.destroy(), END_GRACE_MS);
    this.wire.end();
    await gone;
    clearTimeout(cut);
  }

  /** Cuts the connection; the stream rejects. */
  destroy(): void {
    this.wire.stream.destroy();
  }
}
