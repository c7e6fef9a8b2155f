import type { Clock } from '@holdfast/kernel';
import type { Logger, Metrics } from '@holdfast/observability';

/**
 * After this time without a failure the limits count as shared again, so that one unreachable cluster node
 * does not fill the log.
 */
const SETTLED_MS = 2_000;

/** Tells operators whether the limits are shared or each gateway's own. */
export class SharingState {
  private isAlone = false;
  private lastFailureMs = -Infinity;
  private leases = 0;
  private leasedRequests = 0;
  private failures = 0;

  constructor(
    private readonly clock: Clock,
    private readonly logger: Logger,
    metrics: Metrics,
  ) {
    metrics.gauge(
      'holdfast_limits_shared',
      '1 while the public limits are shared by the gateways, 0 while each applies them by itself.',
      () => (this.isSettled() ? 1 : 0),
    );
    metrics.counterOf(
      'holdfast_limit_leases_total',
      'Leases of public limits that were given.',
      () => this.leases,
    );
    metrics.counterOf(
      'holdfast_limit_leased_requests_total',
      'Requests in these leases.',
      () => this.leasedRequests,
    );
    metrics.counterOf(
      'holdfast_limit_lease_failures_total',
      'Leases that got no answer.',
      () => this.failures,
    );
  }

  shared(requests: number): void {
    this.leases += 1;
    this.leasedRequests += requests;
    if (!this.isAlone || !this.isSettled()) return;
    this.isAlone = false;
    this.logger.info({}, 'gateways share the public rate limits again');
  }

  alone(error: unknown): void {
    this.failures += 1;
    this.lastFailureMs = this.clock.monotonicMs();
    if (this.isAlone) return;
    this.isAlone = true;
    this.logger.warn(
      { reason: reasonOf(error) },
      'public rate limits cannot be shared: each gateway enforces them on its own',
    );
  }

  private isSettled(): boolean {
    return this.clock.monotonicMs() - this.lastFailureMs >= SETTLED_MS;
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : 'unknown';
}
