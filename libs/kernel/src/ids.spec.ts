import {
  deriveHoldId,
  deriveOrderId,
  dropIdOf,
  isDropId,
  isGhostId,
  newDropId,
  newGhostId,
  randomId,
} from './ids';

const scope = { dropId: 'd1234567', customerId: 'cus_a', route: 'POST /v1/drops/d1234567/holds', key: 'k1' };

describe('ids', () => {
  it('gives the same hold id for the same key, and another id if anything differs', () => {
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

  it('gives another id if characters move between the parts', () => {
    expect(deriveHoldId({ ...scope, customerId: 'ab', key: 'c' })).not.toBe(
      deriveHoldId({ ...scope, customerId: 'a', key: 'bc' }),
    );
  });

  it('finds the drop in the id of a hold or an order, and none in other text', () => {
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

  it('creates drop ids that the ledger accepts and that never repeat', () => {
    const ids = Array.from({ length: 2_000 }, newDropId);
    expect(new Set(ids).size).toBe(2_000);
    for (const id of ids) expect(id).toMatch(/^d[0-9a-hjkmnp-tv-z]{7}$/);
    expect(randomId(51)).toHaveLength(51);
  });

  it('creates ids of ghosts that are told from those of drops, also in the ids of their holds and orders', () => {
    const ids = Array.from({ length: 500 }, newGhostId);
    expect(new Set(ids).size).toBe(500);
    for (const id of ids) {
      expect([isGhostId(id), isDropId(id)]).toEqual([true, true]);
      expect(dropIdOf(deriveHoldId({ ...scope, dropId: id }))).toBe(id);
      expect(dropIdOf(deriveOrderId({ ...scope, dropId: id }))).toBe(id);
    }
    const others = [
      newDropId(),
      'demo',
      'gadget',
      `g${'0'.repeat(12)}`,
      `g${'0'.repeat(10)}`,
      `g${'u'.repeat(11)}`,
    ];
    for (const text of [...others, `${ids[0]!}\n`, `d${'0'.repeat(11)}`]) expect(isGhostId(text)).toBe(false);
  });

  it('recognizes the format of drop ids, which every new one has', () => {
    for (const id of [newDropId(), 'demo', 'abc', `d${'0'.repeat(31)}`]) expect(isDropId(id)).toBe(true);
    for (const text of ['', 'd1', '1abc', 'Demo', 'no drop', 'd1234567\n', 'a\u0000b', `d${'0'.repeat(32)}`])
      expect(isDropId(text)).toBe(false);
  });
});
