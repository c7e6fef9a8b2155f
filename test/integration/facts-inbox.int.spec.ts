import { randomUUID } from 'node:crypto';
import { openPool, ROLES } from '@holdfast/postgres';
import { seededRandom, shuffled } from '@holdfast/kernel';
import type { Pool } from 'pg';
import { LedgerFactCounts } from '../../apps/inventory/src/adapters/postgres/facts/ledger-fact-counts';
import { createLedger, type TestLedger } from '../support/database';

describe('the inbox of facts', () => {
  let ledger: TestLedger;
  let pool: Pool;
  let counts: LedgerFactCounts;
  beforeAll(async () => {
    ledger = await createLedger('facts_inbox');
    pool = openPool({ url: ledger.url, role: ROLES.inventory, max: 8, name: 'test' });
    counts = new LedgerFactCounts(pool);
  });
  afterAll(async () => {
    await pool.end();
    await ledger.drop();
  });
  const counted = async (dropId: string) => {
    const found = await pool.query<{ type: string; facts: string }>(
      'SELECT type, facts FROM inventory.fact_count WHERE drop_id = $1 ORDER BY type',
      [dropId],
    );
    return Object.fromEntries(found.rows.map(({ type, facts }) => [type, Number(facts)]));
  };
  const facts = (type: string, n: number) => Array.from({ length: n }, () => ({ id: randomUUID(), type }));

  it('counts a fact once, twice in one batch and again later', async () => {
    const [one, other] = [facts('hold.confirmed.v1', 1)[0]!, facts('order.paid.v1', 1)[0]!];
    expect(await counts.count('done', [one, other, one])).toEqual(
      new Map([
        ['hold.confirmed.v1', 1],
        ['order.paid.v1', 1],
      ]),
    );
    expect(await counts.count('done', [other, one])).toEqual(new Map());
    expect(await counted('done')).toEqual({ 'hold.confirmed.v1': 1, 'order.paid.v1': 1 });
  });

  it('tells facts of different drops apart', async () => {
    const same = facts('hold.expired.v1', 2);
    await counts.count('dtwo', same);
    await counts.count('dthree', same);
    expect([await counted('dtwo'), await counted('dthree')]).toEqual([
      { 'hold.expired.v1': 2 },
      { 'hold.expired.v1': 2 },
    ]);
  });

  it('counts each once when many count the same at once, in any order', async () => {
    const all = [...facts('a', 60), ...facts('b', 40)];
    const random = seededRandom(7);
    await Promise.all(
      Array.from({ length: 24 }, () =>
        counts.count('drace', shuffled([...all, ...all.slice(0, 30)], random)),
      ),
    );
    expect(await counted('drace')).toEqual({ a: 60, b: 40 });
  });

  it('forgets entries by their age, not their counts', async () => {
    const old = facts('a', 5);
    await counts.count('dold', old);
    await pool.query(
      `UPDATE inventory.fact_inbox SET seen_at = seen_at - interval '4 days' WHERE drop_id = 'dold'`,
    );
    await counts.count('dold', facts('a', 1));
    expect(await counts.dropsWithOldEntries(3 * 86_400, 10)).toEqual(['dold']);
    expect(await counts.forget('dold', 3 * 86_400, 3)).toBe(3);
    expect(await counts.forget('dold', 3 * 86_400, 3)).toBe(2);
    expect(await counts.dropsWithOldEntries(3 * 86_400, 10)).toEqual([]);
    expect(await counted('dold')).toEqual({ a: 6 });
  });
});
