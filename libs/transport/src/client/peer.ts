import {
  circuitBreaker,
  type CircuitBreakerPolicy,
  CircuitState,
  ConsecutiveBreaker,
  handleAll,
} from 'cockatiel';
import { type Clock, DeadlineExceeded } from '@holdfast/kernel';
import { Connector, type ConnectorOptions } from './connector';
import type { PendingCall } from './pending-call';
import { type FrameOwner, SentFrame } from './sent-frame';

export type PeerState = 'up' | 'down' | 'draining' | 'circuit-open';

export interface PeerOptions extends ConnectorOptions {
  /** The message pattern of its service. */
  pattern: string;
  clock: Clock;
  /** The peer may be usable again: waiting calls can be sent. */
  onUsable: () => void;
  /** The call may be retried, here or at another peer. */
  onReturned: (call: PendingCall) => void;
}

/**
 * A client of one instance of a service: joins calls into frames, and decides whether the instance can be
 * called.
 */
export class Peer implements FrameOwner {
  private readonly connector: Connector;
  private readonly breaker: CircuitBreakerPolicy;
  private openUntil = 0;
  private isDraining = false;
  private queue: PendingCall[] = [];
  private callsInFlight = 0;

  constructor(private readonly options: PeerOptions) {
    const { settings, onUsable } = options;
    this.breaker = circuitBreaker(handleAll, {
      halfOpenAfter: settings.breakerOpenMs,
      breaker: new ConsecutiveBreaker(settings.breakerTimeouts),
    });
    this.breaker.onBreak(() => this.circuitOpened());
    this.breaker.onReset(onUsable);
    this.connector = new Connector(options, () => {
      this.isDraining = false;
      onUsable();
    });
  }

  get name(): string {
    return this.options.name;
  }

  get clock(): Clock {
    return this.options.clock;
  }

  get inFlight(): number {
    return this.callsInFlight;
  }

  get state(): PeerState {
    if (this.connector.connection === null) return 'down';
    if (this.isDraining) return 'draining';
    return this.mayTry() ? 'up' : 'circuit-open';
  }

  get usable(): boolean {
    return this.state === 'up';
  }

  get hasRoom(): boolean {
    return this.callsInFlight < this.options.settings.inFlightMax;
  }

  /** Sent at the end of this turn of the event loop, together with all calls until then. */
  send(call: PendingCall): void {
    this.callsInFlight += 1;
    this.queue.push(call);
    if (this.queue.length === 1) setImmediate(() => this.flush());
  }

  close(): void {
    this.connector.close();
  }

  onLeft(): void {
    this.callsInFlight -= 1;
  }

  onReturned(call: PendingCall, why: 'lost' | 'draining'): void {
    if (why === 'draining') this.isDraining = true;
    this.options.onReturned(call);
  }

  onFailed(call: PendingCall, why: string): void {
    const { method } = call;
    this.options.logger.error({ peer: this.name, method, why }, 'service call failed');
    call.fail(new Error(`${method}: ${why}`));
  }

  private flush(): void {
    const calls = this.queue;
    this.queue = [];
    for (const call of calls) if (call.request.alone) this.sendFrame([call]);
    const joined = calls.filter((call) => !call.request.alone);
    const { joinMax } = this.options.settings;
    for (let i = 0; i < joined.length; i += joinMax) this.sendFrame(joined.slice(i, i + joinMax));
  }

  private sendFrame(calls: PendingCall[]): void {
    const frame = new SentFrame(calls, this);
    const { connection } = this.connector;
    if (connection === null || !this.usable) return frame.giveBack();
    this.breaker
      .execute(() => frame.send(connection, this.options.pattern, this.leftMs(calls)))
      .catch((error: unknown) => {
        // Circuit open, or a call that cannot be serialized: a frame without replies has settled its calls
        // already.
        if (!(error instanceof DeadlineExceeded)) frame.giveBack();
      });
  }

  /** Time until the latest deadline of the calls; the service stops a little earlier. */
  private leftMs(calls: readonly PendingCall[]): number {
    const { clock, settings } = this.options;
    const last = Math.max(...calls.map((call) => call.request.deadlineAt));
    return Math.max(1, Math.floor(last - clock.monotonicMs() - settings.answerMarginMs));
  }

  /**
   * Checks only the state: an execution while half open would wait for the trial call, and delay the shopper.
   */
  private mayTry(): boolean {
    const { state } = this.breaker;
    if (state === CircuitState.Open) return this.options.clock.monotonicMs() >= this.openUntil;
    return state === CircuitState.Closed;
  }

  private circuitOpened(): void {
    const { settings, clock, logger, onUsable } = this.options;
    const openMs = settings.breakerOpenMs + 1; // the breaker uses its own clock
    this.openUntil = clock.monotonicMs() + openMs;
    logger.warn({ peer: this.name }, 'peer does not answer calls: circuit open');
    setTimeout(onUsable, openMs).unref();
  }
}
