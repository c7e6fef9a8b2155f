import type { ConnectionOptions } from 'node:tls';
import { ClientTCP, JsonSocket, type TcpSocket } from '@nestjs/microservices';
import type { Socket } from 'node:net';
import type { Address } from '../address';
import { ANSWER_CHARACTERS_MAX, HALF_FRAME_MS_MAX } from '../settings';

/** The connection is gone: whether the service got the call, and did it, is not known. */
export class ConnectionLost extends Error {
  constructor(message = 'connection lost') {
    super(message);
    this.name = 'ConnectionLost';
  }
}

/**
 * Nest's framing, but it never stops reading while its own frames wait to be written. Nest does so on both sides, and two sides that both wait
 * for the other to read wait for ever; here the number of calls in flight bounds what can wait.
 */
class EagerJsonSocket extends JsonSocket {
  constructor(socket: Socket) {
    super(socket, {
      maxBufferSize: ANSWER_CHARACTERS_MAX,
      incompleteMessageTimeout: HALF_FRAME_MS_MAX,
    });
  }

  protected override handleSend(message: unknown, callback?: (error?: unknown) => void): void {
    const text = JSON.stringify(message);
    this.netSocket.write(`${text.length}#${text}`, 'utf-8', callback);
  }
}

/** One connection of Nest's TCP client, used once: after its end a new one is made, so that no call goes out on a connection that was not greeted. */
export class PeerSocket extends ClientTCP {
  private over = false;

  constructor(
    address: Address,
    tls: ConnectionOptions | undefined,
    private readonly onEnd: (reason: string) => void,
  ) {
    super({ ...address, socketClass: EagerJsonSocket, ...(tls ? { tlsOptions: tls } : {}) });
  }

  override createSocket(): TcpSocket {
    const socket = super.createSocket();
    // Frames are whole messages: to hold back the last bytes of one for the next costs 40 ms.
    socket.netSocket.setNoDelay(true);
    socket.netSocket.setKeepAlive(true, 10_000);
    // Until it is open Nest listens for errors only while somebody waits for it.
    socket.netSocket.on('error', (error) => this.end(reasonOf(error)));
    return socket;
  }

  override connect(): Promise<unknown> {
    return this.over ? Promise.reject(new ConnectionLost()) : super.connect();
  }

  override handleClose(): void {
    this.end('closed');
    super.handleClose();
  }

  /** Said by the owner of the connection, once and in its words. */
  override handleError(): void {}

  /** Ends it now, whatever is on the way. */
  destroy(reason: string): void {
    this.end(reason);
    this.socket?.netSocket.destroy();
  }

  private end(reason: string): void {
    if (this.over) return;
    this.over = true;
    this.onEnd(reason);
  }
}

/** Nest hands on faults of framing as text. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return 'code' in error && typeof error.code === 'string' ? error.code : error.message;
}
