import type { Subscriber } from 'rxjs';
import type { WireReply } from '../frame';

/**
 * Collects the replies to a frame and sends those that are ready in the same turn of the event loop together.
 * At the callers' deadline it replies `late` for missing ones and ends; later replies are dropped, and the
 * work is not cancelled.
 */
export class ReplyStream {
  private ready: WireReply[] = [];
  private readonly missing: Set<number>;
  private readonly timer: NodeJS.Timeout;
  private sending = false;

  constructor(
    calls: number,
    leftMs: number,
    private readonly subscriber: Subscriber<WireReply[]>,
  ) {
    this.missing = new Set(Array.from({ length: calls }, (_, index) => index));
    this.timer = setTimeout(() => this.giveUp(), leftMs);
  }

  put(reply: WireReply): void {
    if (!this.missing.delete(reply[0])) return;
    this.ready.push(reply);
    if (this.sending) return;
    this.sending = true;
    setImmediate(() => this.send());
  }

  private send(): void {
    this.sending = false;
    const replies = this.ready;
    this.ready = [];
    if (replies.length > 0) this.subscriber.next(replies);
    if (this.missing.size === 0) this.end();
  }

  private giveUp(): void {
    const message = 'the service did not answer in time';
    for (const index of this.missing)
      this.ready.push([index, null, { kind: 'unavailable', message, retryAfterSeconds: 1 }]);
    this.missing.clear();
    if (!this.sending) this.send();
  }

  private end(): void {
    clearTimeout(this.timer);
    this.subscriber.complete();
  }
}
