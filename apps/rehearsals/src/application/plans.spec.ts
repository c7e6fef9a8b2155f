import { FAULT_TARGETS } from '@holdfast/contracts';
import type { LoadResult } from '@holdfast/load';
import { stepsBesides } from './evidence';
import { planFaults } from './fault-plan';
import { recoveredAfterMs } from './recovery';

describe('the plan of the faults', () => {
  it.each([5, 8, 30, 1_800])('puts all of them one after the other into the middle of %d s', (seconds) => {
    const planned = planFaults(FAULT_TARGETS, seconds);
    expect(planned.map(({ target }) => target)).toEqual(FAULT_TARGETS);
    for (const { atSecond, forMs } of planned) {
      expect(atSecond).toBeGreaterThanOrEqual(Math.floor(seconds * 0.3));
      expect(atSecond).toBeLessThan(seconds * 0.7);
      expect(forMs).toBeGreaterThanOrEqual(1_000);
      // A rehearsal without a beat for 10 s is ended, and beats need the ledger.
      expect(forMs).toBeLessThanOrEqual(4_000);
    }
  });

  it('leaves time to recover in', () => {
    const [only] = planFaults(['postgres'], 30);
    expect(only!.atSecond * 1_000 + only!.forMs).toBeLessThan(20_000);
  });
});

describe('the time to recover', () => {
  const second = (at: number, held: number, errors = 0, refused = 0) => ({
    second: at,
    held,
    errors,
    refused,
  });

  it('lasts until the end of the first second in which shoppers were served without an error', () => {
    const seconds = [second(9, 5), second(10, 0), second(11, 3, 1), second(12, 4), second(13, 5)];
    expect(recoveredAfterMs(seconds, { fromMs: 9_400, toMs: 10_400 })).toBe(2_600);
  });

  it('counts refusals as service: after the last unit nobody gets a hold', () => {
    expect(recoveredAfterMs([second(11, 0, 0, 8)], { fromMs: 9_000, toMs: 11_000 })).toBe(1_000);
  });

  it('ignores what was before the end of the fault', () => {
    expect(recoveredAfterMs([second(9, 5)], { fromMs: 9_000, toMs: 10_000 })).toBeNull();
  });

  it('ignores the second in which a service was killed: its answers may be older', () => {
    const seconds = [second(9, 5), second(10, 0), second(11, 4)];
    expect(recoveredAfterMs(seconds, { fromMs: 9_300, toMs: 9_300 })).toBe(2_700);
  });

  it('is unknown when nobody was served any more', () => {
    expect(recoveredAfterMs([second(11, 0, 4), second(12, 0)], { fromMs: 9_000, toMs: 10_000 })).toBeNull();
  });
});

describe('the answers that are judged', () => {
  const fault = { target: 'postgres', how: 'paused', fromSecond: 10, toSecond: 14 } as const;
  const load = (...hold: { dueMs: number; ms: number }[]) => {
    const steps = { hold: { count: hold.length, p50Ms: 1, p95Ms: 1, p99Ms: 9_000 } };
    return { steps, spans: { hold, pay: [] } } as unknown as LoadResult;
  };

  it('are all of them without a fault', () => {
    expect(stepsBesides(load({ dueMs: 0, ms: 5 }), []).hold!.p99Ms).toBe(9_000);
  });

  it('are those that no fault has held up, nor the queue behind it', () => {
    const spans = [
      { dueMs: 9_000, ms: 100 },
      { dueMs: 9_900, ms: 4_200 },
      { dueMs: 12_000, ms: 3_000 },
      { dueMs: 19_900, ms: 2_500 },
      { dueMs: 20_000, ms: 200 },
    ];
    const { hold } = stepsBesides(load(...spans), [{ ...fault, recoveredAfterMs: 1_000 }]);
    expect(hold!.count).toBe(2);
    expect(hold!.p99Ms).toBeLessThan(210);
  });

  it('are those before a fault that nothing recovered from', () => {
    const spans = [
      { dueMs: 9_000, ms: 100 },
      { dueMs: 29_000, ms: 9_000 },
    ];
    expect(stepsBesides(load(...spans), [{ ...fault, recoveredAfterMs: null }]).hold!.count).toBe(1);
  });

  it('are all of them when a fault held up every one', () => {
    const { hold } = stepsBesides(load({ dueMs: 12_000, ms: 3_000 }), [
      { ...fault, recoveredAfterMs: 1_000 },
    ]);
    expect(hold!.p99Ms).toBe(9_000);
  });
});
