import type { Socket } from 'node:net';
import type { SecurityEvents } from '@holdfast/observability';
import type { ConnectionSettings } from './connection-settings';
import { cutOff } from './cut-off';
import { isLive } from './live-socket';

interface Waiting {
  /** Bytes that had gone out when it was last seen to move. */
  sent: number;
  /** Bytes that the kernel had not taken yet. */
  queued: number;
  sinceMs: number;
}

/**
 * Answers that their clients do not read. They are kept in memory here, and more in the kernel, so they are
 * bounded in time for each client and in bytes for all. Live counts bound their bytes themselves: thousands
 * of readers share the same.
 */
export class UnreadAnswers {
  private waiting = new Map<Socket, Waiting>();

  constructor(
    private readonly settings: Pick<ConnectionSettings, 'unreadMs' | 'unreadBytesMax'>,
    private readonly events: SecurityEvents,
  ) {}

  /** Looks through the open connections and cuts those that wait for too long, or are too much. */
  look(open: Iterable<Socket>, nowMs: number): void {
    const before = this.waiting;
    this.waiting = new Map();
    let bytes = 0;
    for (const socket of open) {
      const pending = socket.writableLength;
      if (pending === 0 || socket.destroyed) continue;
      const sent = socket.bytesWritten - pending;
      const queued = queuedOf(socket);
      const known = before.get(socket);
      const now = known?.sent === sent && known.queued === queued ? known : { sent, queued, sinceMs: nowMs };
      if (nowMs - now.sinceMs >= this.settings.unreadMs) {
        this.cut(socket, `nothing read for ${Math.round((nowMs - now.sinceMs) / 1000)} s`);
        continue;
      }
      this.waiting.set(socket, now);
      if (!isLive(socket)) bytes += pending;
    }
    if (bytes > this.settings.unreadBytesMax) this.makeRoom(bytes);
  }

  /** The longest wait first: who only just asked is most likely to be reading. */
  private makeRoom(bytes: number): void {
    let left = bytes;
    const oldest = [...this.waiting].filter(([socket]) => !isLive(socket));
    oldest.sort(([, a], [, b]) => a.sinceMs - b.sinceMs);
    for (const [socket] of oldest) {
      if (left <= this.settings.unreadBytesMax) return;
      left -= socket.writableLength;
      this.waiting.delete(socket);
      this.cut(socket, 'too many bytes wait for clients that do not read');
    }
  }

  private cut(socket: Socket, detail: string): void {
    this.events.report('slow-reader', { address: socket.remoteAddress ?? '', detail });
    cutOff(socket);
  }
}

/**
 * Counted down during a write: Node counts a big answer as sent only after its last byte, which takes minutes
 * on a slow line.
 */
function queuedOf(socket: Socket): number {
  return (socket as unknown as { _handle?: { writeQueueSize?: number } | null })._handle?.writeQueueSize ?? 0;
}
