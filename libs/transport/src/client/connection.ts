import { connect, type Socket } from 'node:net';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';
import { withDeadline } from '@holdfast/kernel';
import type { Address } from '../address';
import { HANDSHAKE_HELLO, HANDSHAKE_PROOF, HEARTBEAT } from '../frame';
import { MessageSocket } from '../message-socket';
import { newNonce, type ServiceKeys } from '../security';
import { ANSWER_CHARACTERS_MAX, type TransportSettings } from '../settings';

/** Receives the responses to a message. */
export interface Receiver {
  onResponse: (response: unknown) => void;
  onLost: () => void;
}

export interface ConnectionTarget {
  address: Address;
  tls: ConnectionOptions | undefined;
  keys: ServiceKeys;
  settings: TransportSettings;
}

/**
 * A connection on which both sides have proved that they have the service key. Heartbeats detect a dead peer:
 * the connection to a stopped process or a machine without power stays open, and calls on it would wait until
 * their deadline.
 */
export class Connection {
  private readonly socket: Socket;
  private readonly messages: MessageSocket;
  private readonly receivers = new Map<string, Receiver>();
  private heartbeat: NodeJS.Timeout | undefined;
  private missedHeartbeats = 0;
  private sent = 0;
  private end!: (reason: string) => void;
  /** Resolves with the reason when the connection is lost or closed. */
  readonly ended = new Promise<string>((resolve) => (this.end = resolve));

  private constructor(private readonly target: ConnectionTarget) {
    const { address, tls } = target;
    this.socket = tls ? connectTls({ ...address, ...tls }) : connect({ ...address });
    // tls.connect ignores these as options.
    this.socket.setNoDelay(true).setKeepAlive(true, 10_000);
    this.messages = new MessageSocket(this.socket, {
      lengthMax: ANSWER_CHARACTERS_MAX,
      onMessage: (message) => this.receive(message),
      onInvalid: (reason) => this.close(reason),
    });
    this.socket.on('error', (error: NodeJS.ErrnoException) => this.end(error.code ?? error.message));
    this.socket.on('close', () => this.close('closed'));
  }

  /** Throws if the peer is unreachable, does not have the service key, or does not answer in time. */
  static async open(target: ConnectionTarget): Promise<Connection> {
    const connection = new Connection(target);
    const lost = connection.ended.then((reason) => Promise.reject(new Error(`no connection (${reason})`)));
    const opened = Promise.race([connection.shakeHands(), lost]);
    try {
      await withDeadline('the handshake', target.settings.connectTimeoutMs, opened);
    } catch (error) {
      connection.close('no handshake');
      throw error;
    }
    connection.heartbeat = setInterval(() => connection.beat(), target.settings.heartbeatEveryMs).unref();
    return connection;
  }

  get isOpen(): boolean {
    return !this.socket.destroyed;
  }

  /**
   * Sends a message. The receiver gets all responses to it, until `release` is called with the returned id.
   */
  send(pattern: string, data: unknown, receiver: Receiver): string {
    this.sent += 1;
    const id = String(this.sent);
    this.messages.send({ pattern, data, id });
    this.receivers.set(id, receiver);
    return id;
  }

  release(id: string): void {
    this.receivers.delete(id);
  }

  close(reason: string): void {
    clearInterval(this.heartbeat);
    this.end(reason);
    this.socket.destroy();
    const receivers = [...this.receivers.values()];
    this.receivers.clear();
    for (const { onLost } of receivers) onLost();
  }

  private receive(message: unknown): void {
    this.missedHeartbeats = 0;
    const { id, response } = (message ?? {}) as { id?: unknown; response?: unknown };
    if (typeof id === 'string') this.receivers.get(id)?.onResponse(response);
  }

  private request(pattern: string, data: unknown): Promise<unknown> {
    return new Promise((resolve) => {
      const onResponse = (response: unknown) => {
        this.release(id);
        resolve(response);
      };
      const id = this.send(pattern, data, { onResponse, onLost: () => undefined });
    });
  }

  private async shakeHands(): Promise<void> {
    const { keys } = this.target;
    const mine = newNonce();
    const hello = await this.request(HANDSHAKE_HELLO, { nonce: mine });
    const { nonce, proof } = hello as { nonce?: unknown; proof?: unknown };
    if (typeof nonce !== 'string' || !keys.proves(proof, 'server', mine, nonce))
      throw new Error('the peer does not have our service key');
    await this.request(HANDSHAKE_PROOF, { proof: keys.proof('client', mine, nonce) });
  }

  /**
   * Counted in timer turns of this process, not in time: after a pause of this process, answers that are
   * already buffered still count.
   */
  private beat(): void {
    this.missedHeartbeats += 1;
    if (this.missedHeartbeats > this.target.settings.missedHeartbeatsMax) this.close('no heartbeat');
    else void this.request(HEARTBEAT, 0);
  }
}
