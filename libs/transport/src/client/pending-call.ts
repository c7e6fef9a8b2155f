import { ServiceUnavailable } from '@holdfast/contracts';
import type { WireCall } from '../frame';

/** Who has the call at the moment, and must hear that it needs no answer any more. */
export interface CallHolder {
  settled(call: PendingCall): void;
}

export interface CallRequest {
  call: WireCall;
  /** Calls with the same key go to the same peer; without one any peer will do. */
  key: string | undefined;
  /** Sent in a frame of its own. */
  alone: boolean;
  deadlineAt: number;
}

/** One call until it has its answer, however often it is sent. Its deadline stands around all of that. */
export class PendingCall {
  readonly answer: Promise<unknown>;
  attempts = 0;
  holder: CallHolder | null = null;
  private done = false;
  private resolve!: (value: unknown) => void;
  private reject!: (error: Error) => void;
  private readonly timer: NodeJS.Timeout;

  constructor(
    readonly request: CallRequest,
    deadlineMs: number,
  ) {
    this.answer = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
    this.timer = setTimeout(
      () => this.fail(new ServiceUnavailable(`no answer to ${request.call[0]} within ${deadlineMs} ms`)),
      deadlineMs,
    );
  }

  get settled(): boolean {
    return this.done;
  }

  succeed(value: unknown): void {
    if (this.finish()) this.resolve(value);
  }

  fail(error: Error): void {
    if (this.finish()) this.reject(error);
  }

  private finish(): boolean {
    if (this.done) return false;
    this.done = true;
    clearTimeout(this.timer);
    this.holder?.settled(this);
    this.holder = null;
    return true;
  }
}
