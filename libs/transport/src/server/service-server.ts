import { type AddressInfo, createServer, type Server as NetServer, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import { type CustomTransportStrategy, Server } from '@nestjs/microservices';
import { withDeadline } from '@holdfast/kernel';
import type { Logger } from '@holdfast/observability';
import type { Address } from '../address';
import { HEARTBEAT, readFrame, type WireReply } from '../frame';
import type { ServiceKeys } from '../security';
import { Draining } from './draining';
import { LogLimiter } from './log-limiter';
import { type Packet, ServerConnection } from './server-connection';

const HANDSHAKE_MS_MAX = 3_000; // including that of TLS
const FLUSH_MS_MAX = 500; // a client that does not read the last answers for this long will retry
const CONNECTIONS_MAX = 512; // a few per gateway; more is a mistake or an attack
const UNAUTHENTICATED_MAX = 64; // more than a whole cluster needs when it starts
const SOCKET_OPTIONS = { noDelay: true, keepAlive: true, keepAliveInitialDelay: 30_000 };

export interface ServiceServerParts {
  listen: Address;
  keys: ServiceKeys;
  tls: TlsOptions | undefined;
  logger: Logger;
}

/**
 * Serves the `@MessagePattern` handlers of a service to authenticated clients. Invalid input ends the
 * connection at worst, never the process.
 */
export class ServiceServer extends Server implements CustomTransportStrategy {
  private readonly server: NetServer;
  private readonly sockets = new Set<Socket>();
  /** Connections during their handshake, oldest first. */
  private readonly unauthenticated = new Map<string, Socket>();
  private readonly refusals: LogLimiter;
  readonly draining = new Draining();

  constructor(private readonly parts: ServiceServerParts) {
    super();
    const { tls } = parts;
    this.server = tls ? createTlsServer({ ...SOCKET_OPTIONS, ...tls }) : createServer(SOCKET_OPTIONS);
    this.refusals = new LogLimiter((times, reason) =>
      parts.logger.warn({ reason, times }, 'service connection rejected'),
    );
    this.server.maxConnections = CONNECTIONS_MAX;
    this.server.on('connection', (socket: Socket) => this.accepted(socket));
    this.server.on(tls ? 'secureConnection' : 'connection', (socket: Socket) => this.open(socket));
    this.server.on('drop', () => this.refusals.log(`all ${CONNECTIONS_MAX} connections are in use`));
    this.server.on('tlsClientError', (error: Error, socket: Socket) =>
      this.refuse(socket, `no TLS with our service key (${error.message})`),
    );
  }

  /** The listening address, with the actual port if port 0 was configured. */
  get address(): Address {
    const { address, port } = this.server.address() as AddressInfo;
    return { host: address, port };
  }

  override listen(callback: (error?: unknown) => void): void {
    this.server.once('error', callback);
    this.server.listen({ ...this.parts.listen }, () => {
      this.server.off('error', callback);
      this.server.on('error', (err) => this.parts.logger.error({ err }, 'server for other services failed'));
      callback();
    });
  }

  /** Nest awaits this at shutdown: finishes calls in flight, then closes the connections. */
  override async close(): Promise<void> {
    this.draining.begin();
    await this.draining.idle();
    const flushed = [...this.sockets].map((socket) => new Promise<void>((resolve) => socket.end(resolve)));
    await withDeadline('the last answers', FLUSH_MS_MAX, Promise.all(flushed)).catch(() => undefined);
    this.closeNow();
  }

  /** Closes all connections, even with calls in flight. */
  closeNow(): void {
    this.server.close();
    for (const socket of [...this.sockets, ...this.unauthenticated.values()]) socket.destroy();
  }

  override on(): void {
    throw new Error('this server has no events');
  }

  override unwrap<T>(): T {
    return this.server as T;
  }

  /**
   * Closes the oldest unauthenticated connection: a client with the key authenticates within milliseconds.
   */
  private accepted(socket: Socket): void {
    const [oldest] = this.unauthenticated;
    if (this.unauthenticated.size >= UNAUTHENTICATED_MAX && oldest) {
      this.unauthenticated.delete(oldest[0]);
      this.refuse(oldest[1], 'too many connections before their handshake');
    }
    const name = nameOf(socket);
    this.unauthenticated.set(name, socket);
    // A client that reconnects from the same port may be accepted before its previous connection has closed.
    const isWaiting = () => this.unauthenticated.get(name) === socket;
    const late = setTimeout(() => {
      if (isWaiting()) this.refuse(socket, 'no handshake in time');
    }, HANDSHAKE_MS_MAX);
    socket.once('close', () => {
      clearTimeout(late);
      if (isWaiting()) this.unauthenticated.delete(name);
    });
  }

  private open(socket: Socket): void {
    this.sockets.add(socket);
    socket.once('close', () => this.sockets.delete(socket));
    new ServerConnection(socket, {
      keys: this.parts.keys,
      onAuthenticated: () => this.unauthenticated.delete(nameOf(socket)),
      onRefused: (reason) => this.refuse(socket, reason),
      onPacket: (packet, connection) => this.serve(packet, connection),
    });
  }

  private serve({ pattern, id, data }: Packet, connection: ServerConnection): void {
    if (pattern === HEARTBEAT) return connection.respond(id, true);
    const handler = this.messageHandlers.get(pattern);
    const frame = readFrame(data);
    if (!handler || frame === null) return connection.refuse('not a frame of calls');
    const { length } = frame.calls;
    if (this.draining.active) {
      const draining = frame.calls.map((_, index): WireReply => [index, null, { kind: 'draining' }]);
      return connection.respond(id, draining);
    }
    this.draining.entered(length);
    this.transformToObservable<unknown>(handler(frame))
      .subscribe({
        next: (replies) => connection.respond(id, replies),
        error: (err: unknown) => {
          this.parts.logger.error({ err, pattern }, 'handler of calls failed');
          connection.respond(
            id,
            frame.calls.map((_, index): WireReply => [index, null, { kind: 'failed' }]),
          );
        },
      })
      .add(() => this.draining.left(length));
  }

  private refuse(socket: Socket, reason: string): void {
    this.refusals.log(reason);
    socket.destroy();
  }
}

/** The same for a TLS socket and the socket below it. */
function nameOf(socket: Socket): string {
  return `${socket.remoteAddress}:${socket.remotePort}`;
}
