import { InvalidCursor, ServiceUnavailable } from '@holdfast/contracts';
import { type Clock, DeadlineExceeded } from '@holdfast/kernel';
import { readReplies, type WireFault, type WireReply } from '../frame';
import type { Connection } from './connection';
import type { PendingCall } from './pending-call';

export interface FrameOwner {
  clock: Clock;
  /** A call of the frame is settled. */
  onLeft(): void;
  /** The peer did not execute the call, or the outcome is unknown: it may be retried. */
  onReturned(call: PendingCall, why: 'lost' | 'draining'): void;
  /** The peer reported an error, or refused the call as malformed. */
  onFailed(call: PendingCall, why: string): void;
}

/**
 * Calls that are sent together, until each is settled, its deadline has passed, or the connection is lost.
 */
export class SentFrame {
  private readonly calls: (PendingCall | null)[];
  private missing: number;
  /** Until the first reply. */
  private isSilent = true;
  private isSent = false;
  private timer: NodeJS.Timeout | undefined;
  private done: (error?: Error) => void = () => undefined;

  constructor(
    calls: readonly PendingCall[],
    private readonly owner: FrameOwner,
  ) {
    this.calls = [...calls];
    this.missing = calls.length;
  }

  /**
   * Resolves when no call is left. Rejects with `DeadlineExceeded` if all calls timed out without a reply,
   * which counts as a failure of the peer.
   */
  send(connection: Connection, pattern: string, left: number): Promise<void> {
    const calls = this.calls.map((call) => call!.request.call);
    return new Promise((resolve, reject) => {
      const onResponse = (response: unknown) => this.receive(response);
      const id = connection.send(pattern, { left, calls }, { onResponse, onLost: () => this.giveBack() });
      this.isSent = true;
      this.done = (error) => {
        clearTimeout(this.timer);
        connection.release(id);
        if (error) reject(error);
        else resolve();
      };
      this.expire();
    });
  }

  /** Calls without an answer may be retried, but for those that may have been executed and are not idempotent. */
  giveBack(): void {
    this.isSilent = false;
    for (const index of this.calls.keys()) {
      const call = this.remove(index);
      if (call && this.isSent && call.request.once) call.fail(answerLost(call.method));
      else if (call) this.owner.onReturned(call, 'lost');
    }
  }

  private receive(response: unknown): void {
    const replies = readReplies(response, this.calls.length);
    if (replies === null) return;
    this.isSilent = false;
    for (const reply of replies) this.settle(reply);
  }

  private settle([index, value, fault]: WireReply): void {
    const call = this.remove(index);
    if (!call) return; // answered twice, or too late
    if (fault === undefined) call.succeed(value);
    else if (fault.kind === 'draining') this.owner.onReturned(call, 'draining');
    else this.fail(call, fault);
  }

  private fail(call: PendingCall, fault: Exclude<WireFault, { kind: 'draining' }>): void {
    if (fault.kind === 'unavailable')
      call.fail(new ServiceUnavailable(fault.message, fault.retryAfterSeconds));
    else if (fault.kind === 'invalid-cursor') call.fail(new InvalidCursor(fault.message));
    else this.owner.onFailed(call, fault.kind === 'bad-request' ? `bad request: ${fault.message}` : 'failed');
  }

  /** One timer for all calls, set to the next deadline. */
  private expire(): void {
    const now = this.owner.clock.monotonicMs();
    let next = Infinity;
    for (const [index, call] of this.calls.entries()) {
      if (call === null) continue;
      const { deadlineAt } = call.request;
      if (deadlineAt > now) next = Math.min(next, deadlineAt);
      else this.remove(index)!.fail(new ServiceUnavailable(`no answer to ${call.method} in time`));
    }
    if (next < Infinity) this.timer = setTimeout(() => this.expire(), Math.ceil(next - now));
  }

  private remove(index: number): PendingCall | null {
    const call = this.calls[index] ?? null;
    if (call === null) return null;
    this.calls[index] = null;
    this.missing -= 1;
    this.owner.onLeft();
    if (this.missing === 0) this.done(this.isSilent ? new DeadlineExceeded('a peer', 0) : undefined);
    return call;
  }
}

const answerLost = (method: string) =>
  new ServiceUnavailable(`the connection was lost before ${method} was answered: look whether it was done`);
