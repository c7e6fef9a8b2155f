import { openPool, ROLES } from '@holdfast/postgres';
import type { Pool } from 'pg';
import { LedgerDropUpkeep } from '../../apps/inventory/src/adapters/postgres/drops/ledger-drop-upkeep';
import { purgeOldFacts } from '../../apps/inventory/src/application/drop-facts-purge';
import { createLedger, type TestLedger } from '../support/database';

/** With the rights that the product has, or a missing one would only show in production. */
describe('the upkeep of drops', () => {
  let ledger: TestLedger;
  let pool: Pool;
  let upkeep: LedgerDropUpkeep;
  beforeAll(async () => {
    ledger = await createLedger('drops_upkeep');
    pool = openPool({ url: ledger.url, role: ROLES.inventory, max: 6, name: 'test' });
    upkeep = new LedgerDropUpkeep(pool);
  });
  afterAll(async () => {
    await pool.end();
    await ledger.drop();
  });

  const tell = (dropId: string, facts: number, ageHours: number) =>
    pool.query(
      `INSERT INTO inventory.outbox (drop_id, aggregatetype, aggregateid, type, payload, created_at)
       SELECT $1, 'hold', 'h', 't', '{}', now() - make_interval(hours => $3) FROM generate_series(1, $2)`,
      [dropId, facts, ageHours],
    );
  const left = async () => {
    const found = await pool.query<{ n: number }>('SELECT count(*)::int AS n FROM inventory.outbox');
    return found.rows[0]!.n;
  };

  it('purges facts older than a day, all of them, and keeps the younger', async () => {
    await tell('done', 2_500, 25);
    await tell('done', 10, 23);
    expect(await purgeOldFacts(upkeep)).toBe(2_500);
    expect(await purgeOldFacts(upkeep)).toBe(0);
    expect(await left()).toBe(10);
  });

  it('purges each fact once when several instances do so at the same moments', async () => {
    for (const dropId of ['dtwo', 'dthree', 'dfour']) await tell(dropId, 3_500, 25);
    const purged = await Promise.all(Array.from({ length: 4 }, () => purgeOldFacts(upkeep)));
    expect(purged.reduce((sum, n) => sum + n)).toBe(10_500);
    expect(await left()).toBe(10);
  });
});
