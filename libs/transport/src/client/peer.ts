import {
  BrokenCircuitError,
  circuitBreaker,
  type CircuitBreakerPolicy,
  CircuitState,
  ConsecutiveBreaker,
  handleAll,
} from 'cockatiel';
import type { CallFrame } from '../frame';
import { Dialler } from './dialler';
import type { PeerParts } from './peer-parts';
import type { PendingCall } from './pending-call';
import { type FrameOwner, SentFrame } from './sent-frame';

export type PeerState = 'up' | 'down' | 'draining' | 'resting';

/** One instance of a service as its callers see it: joins calls into frames, and knows whether it is worth asking. */
export class Peer implements FrameOwner {
  private readonly dialler: Dialler;
  private readonly breaker: CircuitBreakerPolicy;
  private restUntil = 0;
  private draining = false;
  private queue: PendingCall[] = [];
  private callsInFlight = 0;
  private readonly waitingRoom = { settled: () => this.left() };

  constructor(private readonly parts: PeerParts) {
    const { settings } = parts;
    this.breaker = circuitBreaker(handleAll, {
      halfOpenAfter: settings.breakerRestMs,
      breaker: new ConsecutiveBreaker(settings.breakerTimeouts),
    });
    this.breaker.onBreak(() => this.rest());
    this.breaker.onReset(() => parts.onUsable());
    this.dialler = new Dialler(parts, () => {
      this.draining = false;
      parts.onUsable();
    });
  }

  get name(): string {
    return this.parts.name;
  }

  get inFlight(): number {
    return this.callsInFlight;
  }

  get state(): PeerState {
    if (this.dialler.link === null) return 'down';
    if (this.draining) return 'draining';
    return this.mayAsk() ? 'up' : 'resting';
  }

  get usable(): boolean {
    return this.dialler.link !== null && !this.draining && this.mayAsk();
  }

  get hasRoom(): boolean {
    return this.callsInFlight < this.parts.settings.inFlightMax;
  }

  /** Sent at the end of this turn of the event loop, together with what else comes until then. */
  take(call: PendingCall): void {
    this.callsInFlight += 1;
    call.holder = this.waitingRoom;
    this.queue.push(call);
    if (this.queue.length === 1) setImmediate(() => this.flush());
  }

  close(): void {
    this.dialler.close();
  }

  private flush(): void {
    const calls = this.queue.filter((call) => !call.settled);
    this.queue = [];
    const joined: PendingCall[] = [];
    for (const call of calls) {
      if (call.request.alone) this.send([call]);
      else joined.push(call);
    }
    const { joinMax } = this.parts.settings;
    for (let i = 0; i < joined.length; i += joinMax) this.send(joined.slice(i, i + joinMax));
  }

  private send(calls: PendingCall[]): void {
    const sent = new SentFrame(calls, this);
    const link = this.dialler.link;
    if (link === null || !this.usable) {
      sent.giveBack();
      return;
    }
    const replies = link.send(this.parts.pattern, this.frameOf(calls));
    this.breaker
      .execute(() => sent.follow(replies, link))
      .catch((error: unknown) => {
        if (error instanceof BrokenCircuitError) sent.giveBack();
      });
  }

  /** Called by a frame: it has one call less. */
  left(): void {
    this.callsInFlight -= 1;
  }

  /** Called by a frame: the peer did not do the call, or nobody knows. */
  again(call: PendingCall, why: 'lost' | 'draining'): void {
    if (why === 'draining') this.draining = true;
    this.parts.again(call);
  }

  /** Called by a frame: the peer failed at the call, or says that it is none. */
  odd(call: PendingCall, why: string): void {
    const [method] = call.request.call;
    this.parts.logger.error({ peer: this.name, method, why }, 'a call to another service came to nothing');
    call.fail(new Error(`${method}: ${why}`));
  }

  private frameOf(calls: readonly PendingCall[]): CallFrame {
    const now = this.parts.clock.monotonicMs();
    const last = Math.max(...calls.map((call) => call.request.deadlineAt));
    const left = Math.max(1, Math.floor(last - now - this.parts.settings.answerMarginMs));
    return { left, calls: calls.map((call) => call.request.call) };
  }

  /** Only the state tells: an execution while half open would wait for the trial, and with it the shopper. */
  private mayAsk(): boolean {
    const { state } = this.breaker;
    if (state === CircuitState.Open) return this.parts.clock.monotonicMs() >= this.restUntil;
    return state === CircuitState.Closed;
  }

  private rest(): void {
    const { settings, clock, logger, onUsable } = this.parts;
    const restMs = settings.breakerRestMs + 1; // the breaker has a clock of its own
    this.restUntil = clock.monotonicMs() + restMs;
    logger.warn({ peer: this.name }, 'a peer does not answer its calls: it gets a rest');
    setTimeout(onUsable, restMs).unref();
  }
}
