import { seededRandomOf } from '@holdfast/kernel';
import { inventedAddress, rentedAddress } from './address';
import { INTENT_SHARES, payingShare, planShopper } from './shopper-plan';

const SHOPPERS = 2_000;
const plans = (seed: number, shares = INTENT_SHARES) =>
  Array.from({ length: SHOPPERS }, (_, index) => planShopper(seededRandomOf(seed, index), shares));

describe('the plan of a shopper', () => {
  it('is the same for the same seed, and another for another', () => {
    expect(plans(7)).toEqual(plans(7));
    expect(plans(8)).not.toEqual(plans(7));
  });

  it('follows the shares', () => {
    const paying = plans(7).filter(({ intent }) => intent === 'pays').length / SHOPPERS;
    expect(paying).toBeCloseTo(0.5, 1);
    expect(new Set(plans(7).map(({ intent }) => intent)).size).toBe(INTENT_SHARES.length);
    expect(INTENT_SHARES.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1);
  });

  it('changes nothing but the intent when the shares change', () => {
    const without = (shares = INTENT_SHARES) => plans(7, shares).map((plan) => ({ ...plan, intent: '' }));
    expect(without(payingShare(1))).toEqual(without());
    expect(plans(7, payingShare(1)).every(({ intent }) => intent === 'pays')).toBe(true);
    expect(plans(7, payingShare(0)).every(({ intent }) => intent === 'forgets')).toBe(true);
  });

  it('gives shoppers addresses of many networks', () => {
    const addresses = Array.from({ length: SHOPPERS }, (_, i) => inventedAddress(seededRandomOf(1, i)));
    const networks = new Set(addresses.map((address) => address.split('.').slice(0, 3).join('.')));
    expect(networks.size).toBeGreaterThan(SHOPPERS * 0.99);
    // Nobody has one of these.
    for (const address of addresses) expect(address).toMatch(/^2(4\d|5[0-3])\.(\d{1,3}\.){2}\d{1,3}$/);
    expect(rentedAddress(seededRandomOf(1, 1))).toMatch(/^254\.[0-3]\.[0-3]\.\d{1,3}$/);
  });
});
