import fc from 'fast-check';
import { backoffMs } from './backoff';

const RANGE = { firstMs: 150, maxMs: 15_000 };

describe('delay before a retry', () => {
  it('doubles up to its maximum', () => {
    const delays = [0, 1, 2, 3, 6, 7, 1_000_000].map((failures) => backoffMs(failures, RANGE, () => 1));
    expect(delays).toEqual([150, 300, 600, 1_200, 9_600, 15_000, 15_000]);
  });

  it('is half fixed, half random', () => {
    expect(backoffMs(3, RANGE, () => 0)).toBe(600);
    expect(backoffMs(3, RANGE, () => 0.5)).toBe(900);
  });

  it('is never zero and never above its maximum, after any number of failures', () => {
    const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 1, max: 1_000 }), chance, (failures, firstMs, drawn) => {
        const delay = backoffMs(failures, { firstMs, maxMs: 60_000 }, () => drawn);
        expect(delay).toBeGreaterThanOrEqual(Math.floor(firstMs / 2));
        expect(delay).toBeLessThanOrEqual(60_000);
      }),
    );
  });
});
