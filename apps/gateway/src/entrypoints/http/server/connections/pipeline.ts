import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { SecurityEvents } from '@holdfast/observability';

/**
 * Bounds the requests that stand behind one another on a connection: one packet can carry thousands, and Node starts them all at once. Only they
 * are counted; a client that waits for each answer costs nothing here.
 */
export class Pipeline {
  private readonly behind = new WeakMap<Socket, number>();

  constructor(
    private readonly pipelinedMax: number,
    private readonly events: SecurityEvents,
  ) {}

  /** False: one too many, and the connection has been ended. */
  admit({ socket }: IncomingMessage, response: ServerResponse): boolean {
    // An answer gets its socket when those before it are out.
    if (response.socket !== null) return true;
    if (socket.destroyed) return false;
    const now = this.count(socket) + 1;
    if (now > this.pipelinedMax) {
      this.events.report('pipelined-requests', { address: socket.remoteAddress ?? '' });
      socket.destroy();
      return false;
    }
    this.behind.set(socket, now);
    response.once('finish', () => this.behind.set(socket, this.count(socket) - 1));
    return true;
  }

  private count(socket: Socket): number {
    return this.behind.get(socket) ?? 0;
  }
}
