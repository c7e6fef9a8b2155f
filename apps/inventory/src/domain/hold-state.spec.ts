import type { HoldState } from '@holdfast/contracts';
import { mayBecome, NEXT_HOLD_STATES } from './hold-state';

const STATES = Object.keys(NEXT_HOLD_STATES) as HoldState[];

describe('the life of a hold', () => {
  it('reaches every state from being held', () => {
    expect(new Set(['held', ...NEXT_HOLD_STATES.held])).toEqual(new Set(STATES));
  });

  it('ends once', () => {
    for (const ended of NEXT_HOLD_STATES.held)
      for (const next of STATES) expect(mayBecome(ended, next)).toBe(false);
  });
});
