import { localAddresses } from './patient-client';
import { seededRandom, weightedPicker } from './random';
import { percentile } from './tally';

describe('parts of a rush', () => {
  it('picks SKUs in proportion to what there is of them, and none that is sold out', () => {
    const pick = weightedPicker(
      [
        { sku: 'A', n: 0 },
        { sku: 'B', n: 30 },
        { sku: 'C', n: 10 },
      ],
      ({ n }) => n,
      seededRandom(7),
    );
    const picked = { A: 0, B: 0, C: 0 } as Record<string, number>;
    for (let i = 0; i < 4_000; i += 1) picked[pick().sku]! += 1;
    expect(picked['A']).toBe(0);
    expect(picked['B']! / picked['C']!).toBeCloseTo(3, 0);
  });

  it('comes from as many addresses as its connections need, where this machine has them', () => {
    expect(localAddresses('http://127.0.0.1:3000', 1)).toEqual([null]);
    expect(localAddresses('http://shop.example', 3)).toEqual([null]);
    const many = process.platform === 'linux' ? ['127.0.0.1', '127.0.0.2', '127.0.0.3'] : [null];
    expect(localAddresses('http://127.0.0.1:3000', 3)).toEqual(many);
  });

  it('still asks when everything is sold out', () => {
    expect(weightedPicker(['A'], () => 0, seededRandom(1))()).toBe('A');
  });

  it('gives percentiles by nearest rank', () => {
    const hundred = Array.from({ length: 100 }, (_, at) => at + 1);
    expect([0.5, 0.95, 0.99].map((share) => percentile(hundred, share))).toEqual([50, 95, 99]);
    expect(percentile([], 0.5)).toBeNull();
    expect(percentile([3.14159], 0.99)).toBe(3.1);
  });
});
