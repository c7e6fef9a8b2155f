import { type RushPlan, visitOf } from './run-rush';

const SHOPPERS = 1_000;
const visits = (change: Partial<RushPlan> = {}) => {
  const skus = [
    { sku: 'A', available: 30 },
    { sku: 'B', available: 10 },
  ];
  const plan = { dropId: 'd', skus, unitsEach: 2, pay: 0.4, seed: 7, ...change } as RushPlan;
  return Array.from({ length: SHOPPERS }, (_, index) => visitOf(plan, index));
};
const share = (of: unknown[]) => of.length / SHOPPERS;

describe('the visits of a rush', () => {
  it('are the same for the same seed', () => {
    expect(visits()).toEqual(visits());
    expect(visits({ seed: 8 })).not.toEqual(visits());
  });

  it('ask more often for what there is more of, and as many pay as are meant to', () => {
    expect(share(visits().filter(({ sku }) => sku === 'A'))).toBeCloseTo(0.75, 1);
    expect(share(visits().filter(({ pays }) => pays))).toBeCloseTo(0.4, 1);
    expect(visits({ pay: 1 }).every(({ pays }) => pays)).toBe(true);
    expect(visits({ pay: 0 }).some(({ pays }) => pays)).toBe(false);
  });
});
