import type { Server as NetServer, AddressInfo, Socket } from 'node:net';
import type { TlsOptions } from 'node:tls';
import { ServerTCP, type TcpSocket } from '@nestjs/microservices';
import { withDeadline } from '@holdfast/kernel';
import type { Logger } from '@holdfast/observability';
import type { Address } from '../address';
import { HELLO, PROOF, PULSE, readFrame, type WireReply } from '../frame';
import { newNonce, type ServiceKeys } from '../security';
import { HALF_FRAME_MS_MAX, REQUEST_CHARACTERS_MAX } from '../settings';
import { Draining } from './draining';
import { Seldom } from './seldom';

const GREETING_MS_MAX = 3_000; // who has not shown the key by then is not one of us
const FLUSH_MS_MAX = 500; // the last answers are bytes in memory; who does not read them for so long will ask again
const CONNECTIONS_MAX = 512; // a few per gateway; more is a mistake or an attack
const GREETING_BYTES_MAX = 4 * 1024; // ten times what a greeting needs; who has not shown the key gets no more memory
const STRANGERS_MAX = 64; // a whole cluster that starts at once greets with fewer

interface Visit {
  clientNonce: string;
  serverNonce: string;
  known: boolean;
  refused: boolean;
  timer: NodeJS.Timeout;
}

interface Packet {
  pattern: string;
  data: unknown;
  id: string;
}

export interface ServiceServerParts {
  listen: Address;
  keys: ServiceKeys;
  tls: TlsOptions | undefined;
  logger: Logger;
}

/**
 * Nest's TCP server behind a door: a connection must prove that it has the service key before any of its messages reaches a handler, and the
 * server proves the same, so that a stranger on the port learns nothing. Garbage ends the connection, never the process.
 */
export class ServiceServer extends ServerTCP {
  private readonly visits = new WeakMap<Socket, Visit>();
  /** Connections that have not shown the key, by their address and port, the oldest first. With TLS the handshake counts, too. */
  private readonly strangers = new Map<string, Socket>();
  private readonly refusals: Seldom;
  readonly draining = new Draining();

  constructor(private readonly parts: ServiceServerParts) {
    super({
      ...parts.listen,
      maxBufferSize: REQUEST_CHARACTERS_MAX,
      incompleteMessageTimeout: HALF_FRAME_MS_MAX,
      ...(parts.tls ? { tlsOptions: parts.tls } : {}),
    });
    this.refusals = new Seldom((times, reason) =>
      parts.logger.warn({ reason, times }, 'a connection of another service was refused'),
    );
    this.server.maxConnections = CONNECTIONS_MAX;
    this.server.on('connection', (socket: Socket) => this.welcome(socket));
    this.server.on('drop', () => this.refusals.say(`all ${CONNECTIONS_MAX} connections are taken`));
    this.server.on('tlsClientError', (error: Error, socket: Socket) =>
      this.refuse(socket, `no TLS with our service key (${error.message})`),
    );
  }

  /** Where it listens; the port that the system chose when it was asked for port 0. */
  get address(): Address {
    const { address, port } = this.unwrap<NetServer>().address() as AddressInfo;
    return { host: address, port };
  }

  /** Nest's own passes on only two kinds of errors, and would wait for ever after any other. */
  override listen(callback: (error?: unknown) => void): void {
    this.server.once('error', callback);
    this.server.listen(this.port, this.host, () => {
      this.server.off('error', callback);
      callback();
    });
  }

  override bindHandler(socket: Socket): void {
    // Frames are whole messages: to hold back the last bytes of one for the next costs 40 ms.
    socket.setNoDelay(true);
    socket.setKeepAlive(true, 30_000);
    const timer = setTimeout(() => this.refuse(socket, 'no greeting in time'), GREETING_MS_MAX);
    this.visits.set(socket, {
      clientNonce: '',
      serverNonce: newNonce(),
      known: false,
      refused: false,
      timer,
    });
    this.boundGreeting(socket);
    socket.once('close', () => this.gone(socket));
    super.bindHandler(socket);
    // What Nest says about bytes that are no frame is text. It then closes only its own side, and would go on reading.
    socket.on('error', (error: unknown) => {
      if (typeof error === 'string') this.refuse(socket, kindOf(error));
    });
  }

  override async handleMessage(socket: TcpSocket, raw: unknown): Promise<void> {
    const visit = this.visits.get(socket.netSocket);
    if (!visit || socket.netSocket.destroyed) return;
    if (!isPacket(raw)) {
      this.refuse(socket.netSocket, 'not one of our messages');
    } else if (!visit.known) {
      this.greet(socket, visit, raw);
    } else if (raw.pattern === PULSE) {
      answer(socket, raw, true);
    } else {
      await this.serve(socket, raw);
    }
  }

  override handleError(error: unknown): void {
    // A connection that broke is its caller's trouble, and garbage has been spoken of.
    if (error instanceof Error && error.constructor.name === 'InvalidTcpDataReceptionException') return;
    this.parts.logger.error({ err: error }, 'the server for other services');
  }

  /** Nest waits for this when the service shuts down: first nobody new is served, then those under way are, then the connections end. */
  override async close(): Promise<void> {
    this.draining.begin();
    await this.draining.idle();
    const flushed = [...this.openSockets].map(
      (socket) => new Promise<void>((resolve) => socket.end(resolve)),
    );
    await withDeadline('the last answers', FLUSH_MS_MAX, Promise.all(flushed)).catch(() => undefined);
    this.closeNow();
  }

  /** Ends all connections, whatever is under way. */
  closeNow(): void {
    super.close();
  }

  private async serve(socket: TcpSocket, packet: Packet): Promise<void> {
    const calls = readFrame(packet.data)?.calls ?? [];
    if (this.draining.active) {
      answer(
        socket,
        packet,
        calls.map((_, index): WireReply => [index, null, { kind: 'draining' }]),
      );
      return;
    }
    this.draining.entered(calls.length);
    const counted = new CountedAnswer(socket, () => this.draining.left(calls.length));
    await super.handleMessage(counted as unknown as TcpSocket, packet);
  }

  /** Room for who is new: the oldest stranger goes, since who has the key shows it within milliseconds. */
  private welcome(socket: Socket): void {
    const [oldest] = this.strangers.values();
    if (this.strangers.size >= STRANGERS_MAX && oldest)
      this.refuse(oldest, 'too many connections without a greeting');
    const name = nameOf(socket);
    this.strangers.set(name, socket);
    socket.once('close', () => this.strangers.delete(name));
  }

  /** Before Nest hears of the bytes, which buffers a message of any length that we take from those who are known. */
  private boundGreeting(socket: Socket): void {
    let bytes = 0;
    const count = (chunk: Buffer) => {
      bytes += chunk.length;
      if (this.visits.get(socket)?.known) socket.off('data', count);
      else if (bytes > GREETING_BYTES_MAX) this.refuse(socket, 'more bytes than a greeting has');
    };
    socket.on('data', count);
  }

  private greet(socket: TcpSocket, visit: Visit, packet: Packet): void {
    const { keys } = this.parts;
    const data = (packet.data ?? {}) as Record<string, unknown>;
    if (packet.pattern === HELLO && typeof data['nonce'] === 'string' && visit.clientNonce === '') {
      visit.clientNonce = data['nonce'];
      const proof = keys.proof('server', visit.clientNonce, visit.serverNonce);
      answer(socket, packet, { nonce: visit.serverNonce, proof });
    } else if (
      packet.pattern === PROOF &&
      visit.clientNonce !== '' &&
      keys.proves(data['proof'], 'client', visit.clientNonce, visit.serverNonce)
    ) {
      visit.known = true;
      this.strangers.delete(nameOf(socket.netSocket));
      clearTimeout(visit.timer);
      answer(socket, packet, true);
    } else {
      this.refuse(socket.netSocket, 'it does not have our service key');
    }
  }

  private gone(socket: Socket): void {
    const visit = this.visits.get(socket);
    clearTimeout(visit?.timer);
    // Who has another key sees it first, from our side of the greeting.
    if (visit && !visit.known && visit.clientNonce !== '' && !visit.refused)
      this.refuse(socket, 'it left in the greeting, most likely because it has another service key');
  }

  private refuse(socket: Socket, reason: string): void {
    const visit = this.visits.get(socket);
    if (visit) visit.refused = true;
    this.strangers.delete(nameOf(socket));
    this.refusals.say(reason);
    socket.destroy();
  }
}

/** Nest tells nobody when a handler is done; the last message of its answer does. It goes through here, and on to the socket. */
class CountedAnswer {
  private done = false;

  constructor(
    private readonly socket: TcpSocket,
    private readonly onLast: () => void,
  ) {}

  get netSocket(): Socket {
    return this.socket.netSocket;
  }

  sendMessage(message: { isDisposed?: boolean; err?: unknown }): void {
    this.socket.sendMessage(message);
    if (this.done || !(message.isDisposed || message.err)) return;
    this.done = true;
    this.onLast();
  }
}

/** Tells a connection apart, also after its end, and is the same for TLS and the socket below it. */
function nameOf(socket: Socket): string {
  return `${socket.remoteAddress}:${socket.remotePort}`;
}

/** Nest's text carries what was sent, which may be a secret and may be long. */
function kindOf(fault: string): string {
  if (fault.startsWith('The packet length')) return 'a message beyond the longest';
  if (fault.startsWith('Corrupted length')) return 'bytes that are no message';
  if (fault.startsWith('Could not parse')) return 'a message that is no JSON';
  return 'half a message';
}

function isPacket(raw: unknown): raw is Packet {
  if (typeof raw !== 'object' || raw === null) return false;
  const { pattern, id } = raw as Partial<Packet>;
  // Without an id it would be an event for Nest, and we have none.
  return typeof pattern === 'string' && typeof id === 'string' && id.length <= 100;
}

function answer(socket: TcpSocket, { id }: Packet, response: unknown): void {
  socket.sendMessage({ id, response, isDisposed: true });
}
