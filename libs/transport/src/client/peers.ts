import { ServiceUnavailable } from '@holdfast/contracts';
import { backoffMs, type Clock, SystemClock } from '@holdfast/kernel';
import type { Logger } from '@holdfast/observability';
import { parseAddress } from '../address';
import { ACCOUNTS_CALLS, CHECKOUT_CALLS, INVENTORY_CALLS, type WireCall } from '../frame';
import { Rendezvous } from '../rendezvous';
import { clientTls, ServiceKeys, type TlsSetting, usesTls } from '../security';
import { TRANSPORT_SETTINGS, type TransportSettings } from '../settings';
import { Peer, type PeerState } from './peer';
import { PendingCall } from './pending-call';

const PATTERNS = { inventory: INVENTORY_CALLS, checkout: CHECKOUT_CALLS, accounts: ACCOUNTS_CALLS };

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
  /** Calls with the same key go to the same peer while it is reachable. */
  key: string | undefined;
  deadlineMs: number;
  /** Sent in a frame of its own, because it may be large. */
  alone?: boolean;
  /** Not idempotent: never sent again when it may have been executed. */
  once?: boolean;
}

export interface PeerStatus {
  address: string;
  state: PeerState;
  inFlight: number;
}

const isUsable = (peer: Peer): boolean => peer.usable;

/** Connects to all instances of a service in the background. */
export function connectPeers(options: ConnectPeersOptions): Peers {
  return new Peers(options);
}

/**
 * All instances of one service. A call goes to the home of its key, or while that one is unreachable to the
 * next in the key's order. A call whose answer is lost is sent again, unless it is marked as not idempotent.
 * While no instance is reachable a call waits for one, for a bounded time.
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
        onReturned: (call) => this.retry(call),
      });
    });
    this.homes = new Rendezvous(this.peers, (peer) => peer.name);
  }

  /** Throws `ServiceUnavailable` if no answer arrives within the deadline, or is lost and must not be asked for again. */
  call(call: WireCall, { key, deadlineMs, alone = false, once = false }: CallOptions): Promise<unknown> {
    const deadlineAt = this.clock.monotonicMs() + deadlineMs;
    const pending = new PendingCall({ call, key, alone, once, deadlineAt });
    this.dispatch(pending);
    return pending.answer;
  }

  /** Whether at least one instance can be called. */
  get usable(): boolean {
    return this.peers.some((peer) => peer.usable);
  }

  status(): PeerStatus[] {
    return this.peers.map((peer) => ({ address: peer.name, state: peer.state, inFlight: peer.inFlight }));
  }

  /** Closes the connections; calls without an answer fail. */
  close(): void {
    this.closed = true;
    for (const peer of this.peers) peer.close();
    for (const call of [...this.waiting.keys()]) this.stopWaiting(call).fail(shuttingDown());
  }

  /** Called by Nest. */
  onApplicationShutdown(): void {
    this.close();
  }

  private dispatch(call: PendingCall): void {
    const { service } = this.options;
    if (this.closed) return call.fail(shuttingDown());
    if (this.leftMs(call) <= 0)
      return call.fail(new ServiceUnavailable(`no answer to ${call.method} in time`));
    const peer = this.choose(call.request.key);
    if (!peer) return this.wait(call);
    if (!peer.hasRoom) return call.fail(new ServiceUnavailable(`too many calls in flight to ${service}`));
    if (call.attempts >= this.settings.attemptsMax)
      return call.fail(new ServiceUnavailable(`${service} was lost ${call.attempts} times`));
    call.attempts += 1;
    peer.send(call);
  }

  private choose(key: string | undefined): Peer | undefined {
    if (key !== undefined) return this.homes.find(key, isUsable);
    this.turn += 1;
    const usable = this.peers.filter(isUsable);
    return usable[this.turn % usable.length];
  }

  private wait(call: PendingCall): void {
    const { waitingMax, unreachableMsMax } = this.settings;
    const giveUp = () =>
      this.stopWaiting(call).fail(new ServiceUnavailable(`${this.options.service} is unreachable`));
    if (this.waiting.size >= waitingMax) giveUp();
    else this.waiting.set(call, setTimeout(giveUp, Math.min(unreachableMsMax, this.leftMs(call))));
  }

  private stopWaiting(call: PendingCall): PendingCall {
    clearTimeout(this.waiting.get(call));
    this.waiting.delete(call);
    return call;
  }

  private dispatchWaiting(): void {
    for (const call of [...this.waiting.keys()]) this.dispatch(this.stopWaiting(call));
  }

  private retry(call: PendingCall): void {
    const delayMs = backoffMs(call.attempts, this.settings.retry, this.random);
    setTimeout(() => this.dispatch(call), Math.min(delayMs, this.leftMs(call)));
  }

  private leftMs(call: PendingCall): number {
    return call.request.deadlineAt - this.clock.monotonicMs();
  }
}

const shuttingDown = () => new ServiceUnavailable('shutting down');
