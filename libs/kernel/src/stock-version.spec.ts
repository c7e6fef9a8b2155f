import fc from 'fast-check';
import { isNewer, publicVersion } from './stock-version';

const position = fc.record({
  epoch: fc.integer({ min: 0, max: 8_000 }),
  version: fc.integer({ min: 0, max: 2 ** 40 - 1 }),
});

describe('stock version', () => {
  it('orders by epoch first, and the public number has the same order', () => {
    fc.assert(
      fc.property(position, position, (a, b) => {
        expect(publicVersion(a) > publicVersion(b)).toBe(isNewer(a, b));
        expect(Number.isSafeInteger(publicVersion(a))).toBe(true);
      }),
    );
  });

  it('does not consider a state newer than itself', () => {
    expect(isNewer({ epoch: 1, version: 5 }, { epoch: 1, version: 5 })).toBe(false);
    expect(isNewer({ epoch: 2, version: 1 }, { epoch: 1, version: 5 })).toBe(true);
  });
});
