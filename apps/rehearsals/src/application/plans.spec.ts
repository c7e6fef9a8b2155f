import { FAULT_TARGETS } from '@holdfast/contracts';
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
    expect(recoveredAfterMs(seconds, 10_400)).toBe(2_600);
  });

  it('counts refusals as service: after the last unit nobody gets a hold', () => {
    expect(recoveredAfterMs([second(11, 0, 0, 8)], 11_000)).toBe(1_000);
  });

  it('ignores what was before the end of the fault', () => {
    expect(recoveredAfterMs([second(9, 5)], 10_000)).toBeNull();
  });

  it('is unknown when nobody was served any more', () => {
    expect(recoveredAfterMs([second(11, 0, 4), second(12, 0)], 10_000)).toBeNull();
  });
});
