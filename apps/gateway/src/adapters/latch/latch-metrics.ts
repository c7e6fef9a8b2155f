import type { Metrics } from '@holdfast/observability';
import type { LatchedInventory } from './latched-inventory';

/** Shows what a latch does. */
export function publishLatch(metrics: Metrics, latch: LatchedInventory): void {
  const { counts } = latch;
  metrics.counterOf(
    'holdfast_latch_refusals_total',
    'Holds refused from memory as sold out.',
    () => counts.refused,
  );
  metrics.counterOf(
    'holdfast_latch_certificates_total',
    'Certificates of shortage.',
    () => counts.certificates,
  );
  metrics.counterOf(
    'holdfast_latch_unsure_total',
    'Questions for a certificate that brought none.',
    () => counts.unsure,
  );
}
