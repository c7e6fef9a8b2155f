import type { ConnectionOptions } from 'node:tls';
import { withDeadline } from '@holdfast/kernel';
import { firstValueFrom, type Observable } from 'rxjs';
import type { Address } from '../address';
import { HELLO, PROOF, PULSE } from '../frame';
import { newNonce, type ServiceKeys } from '../security';
import type { TransportSettings } from '../settings';
import { ConnectionLost, PeerSocket } from './peer-socket';

export interface LinkTarget {
  address: Address;
  tls: ConnectionOptions | undefined;
  keys: ServiceKeys;
  settings: TransportSettings;
}

/** The other side listens but does not have our service key. */
export class WrongKey extends Error {}

/**
 * A connection on which both sides have shown the service key. While it lives it feels the peer's pulse: a process that was stopped, or a machine
 * that is gone, keeps its connection open and says nothing, and the calls on it would wait until their time is over.
 */
export class Link {
  private readonly pulse: NodeJS.Timeout;
  private silentPulses = 0;

  private constructor(
    private readonly socket: PeerSocket,
    /** Resolves with the reason when the link is gone. */
    readonly ended: Promise<string>,
    private readonly settings: TransportSettings,
  ) {
    this.pulse = setInterval(() => this.feel(), settings.pulseEveryMs);
    this.pulse.unref();
    void ended.then(() => clearInterval(this.pulse));
  }

  /** Throws `WrongKey`, or whatever the network says. */
  static async open({ address, tls, keys, settings }: LinkTarget): Promise<Link> {
    let onEnd: (reason: string) => void = () => undefined;
    const ended = new Promise<string>((resolve) => (onEnd = resolve));
    const socket = new PeerSocket(address, tls, onEnd);
    const lost = ended.then((reason): never => {
      throw new ConnectionLost(reason);
    });
    try {
      const greeting = Promise.race([greet(socket, keys), lost]);
      await withDeadline('the greeting', settings.connectTimeoutMs, greeting);
    } catch (error) {
      socket.destroy('not greeted');
      throw error;
    }
    return new Link(socket, ended, settings);
  }

  send(pattern: string, data: unknown): Observable<unknown> {
    return this.socket.send<unknown>(pattern, data);
  }

  /** Something was heard of the peer. */
  heard(): void {
    this.silentPulses = 0;
  }

  close(reason: string): void {
    this.socket.destroy(reason);
  }

  /** Counted in turns of this process, not in time: after a pause of our own the answers that wait to be read still count. */
  private feel(): void {
    this.silentPulses += 1;
    if (this.silentPulses > this.settings.silentPulsesMax) {
      this.close('no pulse');
      return;
    }
    firstValueFrom(this.socket.send(PULSE, 0)).then(
      () => this.heard(),
      () => undefined, // it ended, which `ended` tells
    );
  }
}

async function greet(socket: PeerSocket, keys: ServiceKeys): Promise<void> {
  await socket.connect();
  const mine = newNonce();
  const { nonce, proof } = await firstValueFrom(
    socket.send<{ nonce: string; proof: string }>(HELLO, { nonce: mine }),
  );
  if (typeof nonce !== 'string' || !keys.proves(proof, 'server', mine, nonce))
    throw new WrongKey('the other side does not have our service key');
  await firstValueFrom(socket.send(PROOF, { proof: keys.proof('client', mine, nonce) }));
}
