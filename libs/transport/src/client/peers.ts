import { ServiceUnavailable } from '@holdfast/contracts';
import { type Clock, SystemClock } from '@holdfast/kernel';
import type { Logger } from '@holdfast/observability';
import { parseAddress } from '../address';
import { CHECKOUT_CALLS, INVENTORY_CALLS, type WireCall } from '../frame';
import { Rendezvous } from '../rendezvous';
import { clientTls, ServiceKeys, type TlsSetting, usesTls } from '../security';
import { TRANSPORT_SETTINGS, type TransportSettings } from '../settings';
import { Peer, type PeerState } from './peer';
import { PendingCall } from './pending-call';

const PATTERNS = { inventory: INVENTORY_CALLS, checkout: CHECKOUT_CALLS };

export interface ConnectPeersOptions {
  service: keyof typeof PATTERNS;
  /** `host:port` of every instance. */
  addresses: readonly string[];
  /** The service key: all services of one product have the same. */
  key: string;
  tls?: TlsSetting;
  logger: Logger;
  settings?: Partial<TransportSettings>;
  clock?: Clock;
  random?: () => number;
}

export interface CallOptions {
  /** Calls with the same key go to the same peer while it is there. */
  key: string | undefined;
  deadlineMs: number;
  /** Sent in a frame of its own, because it may be large. */
  alone?: boolean;
}

export interface PeerStatus {
  address: string;
  state: PeerState;
  inFlight: number;
}

const isUsable = (peer: Peer): boolean => peer.usable;

/** Begins to connect to all instances of a service, and returns at once. */
export function connectPeers(options: ConnectPeersOptions): Peers {
  return new Peers(options);
}

/**
 * All instances of one service. A call goes to the home of its key, and to the next in the order of the key when that one is away; every call
 * may be sent twice, because each is idempotent. When no instance is there it waits for one, for a while.
 */
export class Peers {
  private readonly peers: Peer[];
  private readonly homes: Rendezvous<Peer>;
  private readonly settings: TransportSettings;
  private readonly clock: Clock;
  private readonly random: () => number;
  private readonly waiting = new Map<PendingCall, NodeJS.Timeout>();
  private turn = 0;
  private closed = false;

  constructor(private readonly options: ConnectPeersOptions) {
    const {
      service,
      addresses,
      key,
      tls = 'auto',
      random = Math.random,
      clock = new SystemClock(),
    } = options;
    this.settings = { ...TRANSPORT_SETTINGS, ...options.settings };
    this.clock = clock;
    this.random = random;
    const keys = new ServiceKeys(key);
    const logger = options.logger.child({ part: 'transport', service });
    this.peers = addresses.map((name) => {
      const address = parseAddress(name);
      return new Peer({
        name,
        address,
        pattern: PATTERNS[service],
        tls: usesTls(tls, address.host) ? clientTls(keys) : undefined,
        keys,
        settings: this.settings,
        clock,
        random,
        logger,
        onUsable: () => this.dispatchWaiting(),
        again: (call) => this.again(call),
      });
    });
    this.homes = new Rendezvous(this.peers, (peer) => peer.name);
  }

  /** Throws `ServiceUnavailable` when no answer came within the deadline. */
  call(call: WireCall, { key, deadlineMs, alone = false }: CallOptions): Promise<unknown> {
    if (this.closed) return Promise.reject(new ServiceUnavailable('shutting down'));
    const deadlineAt = this.clock.monotonicMs() + deadlineMs;
    const pending = new PendingCall({ call, key, alone, deadlineAt }, deadlineMs);
    this.dispatch(pending);
    return pending.answer;
  }

  /** Whether at least one instance can be asked. */
  get usable(): boolean {
    return this.peers.some((peer) => peer.usable);
  }

  status(): PeerStatus[] {
    return this.peers.map((peer) => ({ address: peer.name, state: peer.state, inFlight: peer.inFlight }));
  }

  /** Waits until an instance can be asked, at most so long. */
  async ready(deadlineMs: number): Promise<boolean> {
    const end = this.clock.monotonicMs() + deadlineMs;
    while (!this.usable && this.clock.monotonicMs() < end)
      await new Promise((resolve) => setTimeout(resolve, this.settings.redialMsMin));
    return this.usable;
  }

  /** Ends the connections; what still waits for an answer fails. */
  close(): void {
    this.closed = true;
    for (const peer of this.peers) peer.close();
    for (const call of [...this.waiting.keys()]) call.fail(new ServiceUnavailable('shutting down'));
  }

  /** Called by Nest. */
  onApplicationShutdown(): void {
    this.close();
  }

  private dispatch(call: PendingCall): void {
    if (call.settled) return;
    const peer = this.choose(call.request.key);
    if (!peer) this.wait(call);
    else if (peer.hasRoom) this.hand(call, peer);
    else call.fail(new ServiceUnavailable(`too many calls under way to ${this.options.service}`));
  }

  private hand(call: PendingCall, peer: Peer): void {
    if (call.attempts >= this.settings.attemptsMax) {
      call.fail(new ServiceUnavailable(`${this.options.service} was lost ${call.attempts} times`));
      return;
    }
    call.attempts += 1;
    peer.take(call);
  }

  private choose(key: string | undefined): Peer | undefined {
    if (key !== undefined) return this.homes.find(key, isUsable);
    this.turn += 1;
    const usable = this.peers.filter((peer) => peer.usable);
    return usable[this.turn % usable.length];
  }

  private wait(call: PendingCall): void {
    if (this.closed) {
      call.fail(new ServiceUnavailable('shutting down'));
    } else if (this.waiting.size >= this.settings.waitingMax) {
      call.fail(new ServiceUnavailable(`${this.options.service} is away`));
    } else {
      const away = () => call.fail(new ServiceUnavailable(`${this.options.service} is away`));
      this.waiting.set(call, setTimeout(away, this.settings.awayMsMax));
      call.holder = { settled: () => this.forget(call) };
    }
  }

  private forget(call: PendingCall): void {
    clearTimeout(this.waiting.get(call));
    this.waiting.delete(call);
  }

  private dispatchWaiting(): void {
    for (const call of [...this.waiting.keys()]) {
      this.forget(call);
      call.holder = null;
      this.dispatch(call);
    }
  }

  /** After a pause that grows and is half left to chance: a crowd whose peer went away must not fall on the next one as one. */
  private again(call: PendingCall): void {
    const { pauseMsMin, pauseMsMax } = this.settings;
    const pauseMs = Math.min(pauseMsMax, pauseMsMin * 2 ** call.attempts) * (0.5 + this.random() / 2);
    setTimeout(() => this.dispatch(call), pauseMs);
  }
}
