import type { Socket } from 'node:net';
import { HANDSHAKE_HELLO, HANDSHAKE_PROOF } from '../frame';
import { MessageSocket } from '../message-socket';
import { newNonce, type ServiceKeys } from '../security';
import { REQUEST_CHARACTERS_MAX } from '../settings';

// Ten times what a handshake needs; an unauthenticated client gets no more memory.
const HANDSHAKE_LENGTH_MAX = 4 * 1024;

export interface Packet {
  pattern: string;
  data: unknown;
  id: string;
}

export interface ServerConnectionHooks {
  keys: ServiceKeys;
  onAuthenticated: () => void;
  /** Called once at most. */
  onRefused: (reason: string) => void;
  /** A message of an authenticated client. */
  onPacket: (packet: Packet, connection: ServerConnection) => void;
}

/**
 * A connection on which client and server prove to each other that they have the service key, before any
 * other message is handled.
 */
export class ServerConnection {
  private readonly messages: MessageSocket;
  private readonly serverNonce = newNonce();
  private clientNonce = '';
  private isAuthenticated = false;
  private isRefused = false;

  constructor(
    readonly socket: Socket,
    private readonly hooks: ServerConnectionHooks,
  ) {
    this.messages = new MessageSocket(socket, {
      lengthMax: HANDSHAKE_LENGTH_MAX,
      readsOnlyWhenWritten: true,
      onMessage: (message) => this.handle(message),
      onInvalid: (reason) => this.refuse(reason),
    });
    socket.on('error', () => undefined); // `close` follows
    socket.on('close', () => this.closed());
  }

  respond(id: string, response: unknown): void {
    this.messages.send({ id, response });
  }

  refuse(reason: string): void {
    if (this.isRefused) return;
    this.isRefused = true;
    this.hooks.onRefused(reason);
    this.socket.destroy();
  }

  private handle(message: unknown): void {
    if (!isPacket(message)) this.refuse('unknown kind of message');
    else if (this.isAuthenticated) this.hooks.onPacket(message, this);
    else this.shakeHands(message);
  }

  private shakeHands({ pattern, id, data }: Packet): void {
    const { keys, onAuthenticated } = this.hooks;
    const { nonce, proof } = (data ?? {}) as Record<string, unknown>;
    const { clientNonce, serverNonce } = this;
    if (pattern === HANDSHAKE_HELLO && typeof nonce === 'string' && nonce !== '' && clientNonce === '') {
      this.clientNonce = nonce;
      this.respond(id, { nonce: serverNonce, proof: keys.proof('server', nonce, serverNonce) });
    } else if (
      pattern === HANDSHAKE_PROOF &&
      clientNonce !== '' &&
      keys.proves(proof, 'client', clientNonce, serverNonce)
    ) {
      this.isAuthenticated = true;
      this.messages.lengthMax = REQUEST_CHARACTERS_MAX;
      onAuthenticated();
      this.respond(id, true);
    } else {
      this.refuse('wrong service key');
    }
  }

  /** A client with another key detects it first, by the server's proof. */
  private closed(): void {
    if (!this.isAuthenticated && this.clientNonce !== '')
      this.refuse('closed during the handshake, most likely because it has another service key');
  }
}

function isPacket(message: unknown): message is Packet {
  if (typeof message !== 'object' || message === null) return false;
  const { pattern, id } = message as Partial<Packet>;
  return typeof pattern === 'string' && typeof id === 'string' && id.length <= 100;
}
