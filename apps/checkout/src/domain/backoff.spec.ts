import { backoffMs } from './backoff';

describe('the pause before the next check', () => {
  it('doubles and ends at fifteen seconds', () => {
    const pauses = Array.from({ length: 12 }, (_, tries) => backoffMs(tries, () => 1));
    expect(pauses.slice(0, 4)).toEqual([150, 300, 600, 1200]);
    expect(Math.max(...pauses)).toBe(15_000);
    expect(backoffMs(100_000, () => 1)).toBe(15_000);
  });

  it('leaves half of it to chance', () => {
    expect(backoffMs(3, () => 0)).toBe(600);
    expect(backoffMs(3, () => 1)).toBe(1200);
  });
});
