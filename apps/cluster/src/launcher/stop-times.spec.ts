import { EMBEDDED_STOP_MS_MAX } from '@holdfast/postgres';
import { WATCHDOG_MS } from '@holdfast/process';
import { ORDERLY_MS_MAX } from './cluster-parts';
import { HALF_STARTED_MS, STOP_MS } from '../servers/stop-times';

// Timers of a busy machine fire late.
const LATE_MS = 500;

describe('the times to stop', () => {
  it('add up to less than the safeguard, the ledger included', () => {
    const { gateways, checkouts, inventories, servers } = STOP_MS;
    const steps = gateways + checkouts + inventories;
    expect(ORDERLY_MS_MAX).toBeGreaterThanOrEqual(steps + servers);
    expect(ORDERLY_MS_MAX).toBeGreaterThanOrEqual(steps + EMBEDDED_STOP_MS_MAX);
    expect(ORDERLY_MS_MAX + LATE_MS).toBeLessThanOrEqual(WATCHDOG_MS);
  });

  it('leave time for the ledger after a start that was interrupted', () => {
    expect(HALF_STARTED_MS + EMBEDDED_STOP_MS_MAX + LATE_MS).toBeLessThanOrEqual(WATCHDOG_MS);
  });
});
