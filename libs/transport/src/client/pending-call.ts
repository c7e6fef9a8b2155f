import type { WireCall } from '../frame';

export interface CallRequest {
  call: WireCall;
  /** Calls with the same key go to the same peer; without a key, to any. */
  key: string | undefined;
  /** Sent in a frame of its own. */
  alone: boolean;
  /** Not to be sent again when it may have been executed. */
  once: boolean;
  /** Covers all attempts. By the monotonic clock, in ms. */
  deadlineAt: number;
}

/**
 * One call until it is answered, however often it is sent. Settled by its current owner: a frame, or the
 * queue of waiting calls.
 */
export class PendingCall {
  readonly answer: Promise<unknown>;
  attempts = 0;
  succeed!: (value: unknown) => void;
  fail!: (error: Error) => void;

  constructor(readonly request: CallRequest) {
    this.answer = new Promise((resolve, reject) => {
      this.succeed = resolve;
      this.fail = reject;
    });
  }

  get method(): string {
    return this.request.call[0];
  }
}
