import { seededRandom, shuffled, weightedPicker } from './random';

describe('seeded random choices', () => {
  it('repeat with the seed, and differ without it', () => {
    const three = (seed: number) => Array.from({ length: 3 }, seededRandom(seed));
    expect(three(7)).toEqual(three(7));
    expect(three(7)).not.toEqual(three(8));
    // The numbers of mulberry32, so that a seed printed by an old run still repeats it.
    expect(three(7)).toEqual([0.011704753153026104, 0.06195825757458806, 0.97690763277933]);
  });

  it('shuffle without losing anything', () => {
    const items = [1, 2, 3, 4, 5];
    expect(shuffled(items, seededRandom(1)).sort()).toEqual(items);
  });

  it('pick in proportion to the weights, and never an item of weight 0', () => {
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
    for (let i = 0; i < 4_000; i += 1) picked[pick()!.sku]! += 1;
    expect(picked['A']).toBe(0);
    expect(picked['B']! / picked['C']!).toBeCloseTo(3, 0);
  });

  it('pick any item if all weights are 0, and undefined from an empty list', () => {
    expect(weightedPicker(['A'], () => 0, seededRandom(1))()).toBe('A');
    expect(weightedPicker([], () => 1, seededRandom(1))()).toBeUndefined();
  });
});
