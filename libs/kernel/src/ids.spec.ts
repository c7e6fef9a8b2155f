import { deriveHoldId, deriveOrderId, dropIdOf, newDropId, randomId } from './ids';

const scope = { dropId: 'd1234567', customerId: 'cus_a', route: 'POST /v1/drops/d1234567/holds', key: 'k1' };

describe('ids', () => {
  it('gives the same hold for the same key and another for anything else', () => {
    const id = deriveHoldId(scope);
    expect(deriveHoldId({ ...scope })).toBe(id);
    const others = [
      deriveHoldId({ ...scope, key: 'k2' }),
      deriveHoldId({ ...scope, customerId: 'cus_b' }),
      deriveHoldId({ ...scope, dropId: 'd7654321' }),
      deriveHoldId({ ...scope, route: 'POST /v1/orders' }),
      deriveOrderId(scope),
    ];
    expect(new Set([id, ...others]).size).toBe(6);
  });

  it('cannot be led to the same id by moving characters between the parts', () => {
    expect(deriveHoldId({ ...scope, customerId: 'ab', key: 'c' })).not.toBe(
      deriveHoldId({ ...scope, customerId: 'a', key: 'bc' }),
    );
  });

  it('finds the home drop in the id of a hold or an order, and none in anything else', () => {
    expect(dropIdOf(deriveHoldId(scope))).toBe('d1234567');
    expect(dropIdOf(deriveOrderId(scope))).toBe('d1234567');
    for (const odd of [
      '',
      'd1234567',
      'd1234567-h',
      "d1' OR 1=1--h00000000000000000000000000",
      `x-h${'0'.repeat(27)}`,
    ]) {
      expect(dropIdOf(odd)).toBeUndefined();
    }
  });

  it('makes drop ids that fit the ledger and never repeat', () => {
    const ids = Array.from({ length: 2_000 }, newDropId);
    expect(new Set(ids).size).toBe(2_000);
    for (const id of ids) expect(id).toMatch(/^d[0-9a-hjkmnp-tv-z]{7}$/);
    expect(randomId(51)).toHaveLength(51);
  });
});
