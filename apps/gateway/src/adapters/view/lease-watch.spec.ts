import type { LiveMessage } from '@holdfast/contracts';
import { TestClock, waitFor } from '@holdfast/testing';
import { LeaseWatch } from './lease-watch';

const renewal = { lastsMs: 2_000, asOf: '2026-11-22T04:00:00.000Z' };

describe('watching the lease of the view', () => {
  let clock: TestClock;
  let told: LiveMessage[];
  let lease: LeaseWatch;
  beforeEach(() => {
    clock = new TestClock();
    told = [];
    lease = new LeaseWatch(clock, (message) => told.push(message));
    lease.start();
  });
  afterEach(() => lease.stop());

  it('takes counts for stale until somebody renews the lease', () => {
    expect(lease.since).toBe(new Date(clock.ms).toISOString());
    lease.open();
    lease.renewed(renewal);
    expect(lease.since).toBeNull();
    expect(told).toEqual([{ kind: 'fresh' }]);
  });

  it('tells once when the lease has run out, as of the last renewal, and once when it is back', async () => {
    lease.open();
    lease.renewed(renewal);
    clock.ms += 1_999;
    lease.renewed({ ...renewal, asOf: '2026-11-22T04:00:02.000Z' });
    clock.ms += 2_000;
    await waitFor('stale', () => lease.since !== null, { deadlineMs: 1_000 });
    expect(lease.since).toBe('2026-11-22T04:00:02.000Z');
    lease.renewed(renewal);
    lease.renewed(renewal);
    expect(told.map(({ kind }) => kind)).toEqual(['fresh', 'stale', 'fresh']);
  });

  it('ignores renewals while counts may be missing', () => {
    lease.renewed(renewal);
    expect(lease.since).not.toBeNull();
    lease.open();
    lease.close();
    lease.renewed(renewal);
    expect(lease.since).not.toBeNull();
    expect(lease.isIntact).toBe(false);
  });

  it('takes the view for intact only when somebody renewed the lease since it was lost', () => {
    lease.open();
    expect(lease.isIntact).toBe(false);
    lease.renewed(renewal);
    expect(lease.isIntact).toBe(true);
    lease.close();
    expect(lease.isIntact).toBe(false);
    expect(lease.since).toBeNull(); // the lease lasts until its end
    lease.open();
    expect(lease.isIntact).toBe(false);
    lease.renewed(renewal);
    expect(lease.isIntact).toBe(true);
  });
});
