import type { Metrics } from '@holdfast/observability';
import type { LatchedInventory } from './latched-inventory';

/** Shows what a latch does. */
export function publishLatch(metrics: Metrics, latch: LatchedInventory): void {
  const { counts } = latch;
  metrics.gauge(
    'holdfast_latch_refusals',
    'Holds refused from memory as sold out since the start.',
    () => counts.refused,
  );
  metrics.gauge(
    'holdfast_latch_certificates',
    'Certificates of shortage since the start.',
    () => counts.certificates,
  );
  metrics.gauge(
    'holdfast_latch_unsure',
    'Questions for a certificate that brought none since the start.',
    () => counts.unsure,
  );
}
