import { InvalidCursor, ServiceUnavailable } from '@holdfast/contracts';
import { DeadlineExceeded } from '@holdfast/kernel';
import type { Observable, Subscription } from 'rxjs';
import { readReplies, type WireFault, type WireReply } from '../frame';
import type { CallHolder, PendingCall } from './pending-call';

export interface FrameOwner {
  /** The frame has one call less. */
  left(): void;
  /** The peer did not do the call, or nobody knows: it may be tried again. */
  again(call: PendingCall, why: 'lost' | 'draining'): void;
  /** The peer sent what is no answer, or says that it failed. */
  odd(call: PendingCall, why: string): void;
}

/** Calls that went out together, until each is settled or the connection is gone. */
export class SentFrame implements CallHolder {
  private missing: number;
  private anyReply = false;
  private subscription: Subscription | null = null;
  private over: ((error?: Error) => void) | null = null;

  constructor(
    private readonly calls: readonly PendingCall[],
    private readonly owner: FrameOwner,
  ) {
    this.missing = calls.length;
    for (const call of calls) call.holder = this;
  }

  /** Rejects with `DeadlineExceeded` only when all calls ran out of time with not a word from the peer; that speaks against the peer. */
  follow(replies: Observable<unknown>, link: { heard(): void }): Promise<void> {
    return new Promise((resolve, reject) => {
      this.over = (error) => (error ? reject(error) : resolve());
      this.subscription = replies.subscribe({
        next: (raw) => {
          link.heard();
          this.take(raw);
        },
        error: () => this.giveBack(),
        complete: () => this.giveBack(),
      });
      if (this.missing === 0) this.subscription.unsubscribe();
    });
  }

  /** Its answer came, or its time is over. */
  settled(): void {
    this.missing -= 1;
    this.owner.left();
    if (this.missing > 0) return;
    this.subscription?.unsubscribe();
    this.end(this.anyReply ? undefined : new DeadlineExceeded('a peer', 0));
  }

  private take(raw: unknown): void {
    const replies = readReplies(raw, this.calls.length);
    if (replies === null) return;
    this.anyReply = true;
    for (const reply of replies) this.takeOne(reply);
  }

  private takeOne([index, value, fault]: WireReply): void {
    const call = this.calls[index]!;
    if (call.holder !== this) return; // answered twice, or too late
    if (fault === undefined) call.succeed(value);
    else if (fault.kind === 'draining') this.release(call, 'draining');
    else this.refuse(call, fault);
  }

  private refuse(call: PendingCall, fault: Exclude<WireFault, { kind: 'draining' }>): void {
    switch (fault.kind) {
      case 'unavailable':
        call.fail(new ServiceUnavailable(fault.message, fault.retryAfterSeconds));
        return;
      case 'invalid-cursor':
        call.fail(new InvalidCursor(fault.message));
        return;
      case 'bad-request':
        this.owner.odd(call, `refused as a bad request: ${fault.message}`);
        return;
      default:
        this.owner.odd(call, 'failed there');
    }
  }

  /** The connection is gone, or the peer has nothing more to say. */
  giveBack(): void {
    for (const call of this.calls) if (call.holder === this) this.release(call, 'lost');
    this.end();
  }

  private release(call: PendingCall, why: 'lost' | 'draining'): void {
    call.holder = null;
    this.missing -= 1;
    this.owner.left();
    this.owner.again(call, why);
    if (this.missing === 0) this.end();
  }

  private end(error?: Error): void {
    this.over?.(error);
    this.over = null;
  }
}
