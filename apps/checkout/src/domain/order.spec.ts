import { isSettled, NEXT, STATE_OF, type Step, STEPS } from './order';

const reachableFrom = (start: Step): Set<Step> => {
  const seen = new Set<Step>([start]);
  for (const step of seen) for (const next of NEXT[step]) seen.add(next);
  return seen;
};

describe('the life of an order', () => {
  it('reaches every step from its beginning', () => {
    expect([...reachableFrom('extending')].sort()).toEqual([...STEPS].sort());
  });

  it.each(STEPS)('can still be settled from %s', (step) => {
    expect([...reachableFrom(step)].some(isSettled)).toBe(true);
  });

  it('takes nothing back once it is paid or refunded', () => {
    expect(NEXT.paid).toEqual([]);
    expect(NEXT.refunded).toEqual([]);
  });

  it('can be begun again after a failure, and in no other way', () => {
    expect(STEPS.filter((step) => NEXT[step].includes('extending'))).toEqual(['failed']);
  });

  it('captures only what is confirmed: units first, money then', () => {
    expect(STEPS.filter((step) => NEXT[step].includes('capturing'))).toEqual(['confirming', 'retaking']);
    expect(STEPS.filter((step) => NEXT[step].includes('paid'))).toEqual(['capturing', 'giving']);
  });

  it('fails only after the hold was given back, or was never taken', () => {
    expect(STEPS.filter((step) => NEXT[step].includes('failed'))).toEqual([
      'extending',
      'returning',
      'yielding',
      'releasing',
    ]);
  });

  it('sells what it captured, or refunds it', () => {
    // From the moment money may be captured late, no way leads to `failed` that does not ask the provider first.
    expect(NEXT.confirming).not.toContain('failed');
    expect(NEXT.retaking).not.toContain('failed');
    expect(NEXT.refunding).toEqual(['refunded']);
  });

  it('tells the shopper of each end by its own name', () => {
    for (const step of STEPS) {
      const named = isSettled(step) || step === 'refunding';
      expect(STATE_OF[step]).toBe(named ? step : 'pending');
    }
  });
});
