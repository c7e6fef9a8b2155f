import { type Clock, DeadlineExceeded, withDeadline } from '@holdfast/kernel';
import {
  BrokenCircuitError,
  BulkheadRejectedError,
  bulkhead,
  circuitBreaker,
  ExponentialBackoff,
  handleWhen,
  type IPolicy,
  retry,
  SamplingBreaker,
  wrap,
} from 'cockatiel';
import {
  type AuthoriseRequest,
  type CallOptions,
  PaymentProvider,
  type ProviderAnswer,
  type TokenVerdict,
} from '../../application/ports/payment-provider.port';

const CALLS_AT_ONCE = 100; // a slow provider blocks this many payments, not all connections and memory
const CALLS_QUEUED = 2_000; // for a burst of shoppers; a call that waits past its deadline is unknown anyway
const RETRIES_MAX = 2; // within the deadline; after that the completer retries
const RETRY_FIRST_MS = 30;
const RETRY_LAST_MS = 300;
/** Opens when most calls of ten seconds fail: single payments that time out do not show that the provider is down. */
const BREAKER = { threshold: 0.7, duration: 10_000, minimumRps: 2 };
const HALF_OPEN_AFTER_MS = 1_000;

/** Wraps a provider with a deadline, a bulkhead, a circuit breaker and bounded retries. A failure here is `unknown`, never a refusal. */
export class GuardedProvider extends PaymentProvider {
  /** New payments have a separate bulkhead: however many of them hang, pending payments can still be settled. */
  private readonly paying: IPolicy;
  private readonly settling: IPolicy;

  constructor(
    private readonly inner: PaymentProvider,
    private readonly clock: Clock,
    private readonly deadlineMs: number,
  ) {
    super();
    // A full bulkhead is our own load and no failure of the provider.
    const breaker = circuitBreaker(
      handleWhen((error) => !(error instanceof BulkheadRejectedError)),
      { halfOpenAfter: HALF_OPEN_AFTER_MS, breaker: new SamplingBreaker(BREAKER) },
    );
    const policy = () =>
      wrap(
        // A call that timed out is settled by a lookup, not by a resend; one that was not sent must not be repeated at once.
        retry(handleWhen(isWorthRetrying), {
          maxAttempts: RETRIES_MAX,
          backoff: new ExponentialBackoff({ initialDelay: RETRY_FIRST_MS, maxDelay: RETRY_LAST_MS }),
        }),
        breaker,
        bulkhead(CALLS_AT_ONCE, CALLS_QUEUED),
      );
    this.paying = policy();
    this.settling = policy();
  }

  get name(): string {
    return this.inner.name;
  }

  judgeToken(token: string): TokenVerdict {
    return this.inner.judgeToken(token);
  }

  authorise(request: AuthoriseRequest, options?: CallOptions): Promise<ProviderAnswer> {
    return this.guard(this.paying, 'authorise', options, (it) => this.inner.authorise(request, it));
  }

  capture(key: string, options?: CallOptions): Promise<ProviderAnswer> {
    return this.guard(this.settling, 'capture', options, (it) => this.inner.capture(key, it));
  }

  void(key: string, options?: CallOptions): Promise<ProviderAnswer> {
    return this.guard(this.settling, 'void', options, (it) => this.inner.void(key, it));
  }

  refund(key: string, refundKey: string, options?: CallOptions): Promise<ProviderAnswer> {
    return this.guard(this.settling, 'refund', options, (it) => this.inner.refund(key, refundKey, it));
  }

  lookup(key: string, options?: CallOptions): Promise<ProviderAnswer> {
    return this.guard(this.settling, 'lookup', options, (it) => this.inner.lookup(key, it));
  }

  private async guard(
    policy: IPolicy,
    what: string,
    options: CallOptions | undefined,
    call: (options: CallOptions) => Promise<ProviderAnswer>,
  ): Promise<ProviderAnswer> {
    const budgetMs = Math.min(this.deadlineMs, options?.deadlineMs ?? this.deadlineMs);
    const end = this.clock.now() + budgetMs;
    try {
      // The outer deadline also bounds the wait for a permit and the pauses between retries.
      return await withDeadline(
        `provider: ${what}`,
        budgetMs,
        policy.execute(() => this.once(what, end - this.clock.now(), call)),
      );
    } catch (error) {
      return { kind: 'unknown', why: (error as Error).message };
    }
  }

  private async once(
    what: string,
    leftMs: number,
    call: (options: CallOptions) => Promise<ProviderAnswer>,
  ): Promise<ProviderAnswer> {
    if (leftMs <= 0) throw new DeadlineExceeded(`provider: ${what}`, 0);
    const abort = new AbortController();
    try {
      return await withDeadline(
        `provider: ${what}`,
        leftMs,
        call({ deadlineMs: leftMs, signal: abort.signal }),
      );
    } finally {
      abort.abort();
    }
  }
}

const isWorthRetrying = (error: Error): boolean =>
  !(
    error instanceof DeadlineExceeded ||
    error instanceof BrokenCircuitError ||
    error instanceof BulkheadRejectedError
  );
