import { openPool, ROLES } from '@holdfast/postgres';
import { Pool } from 'pg';
import { LedgerDropUpkeep } from '../../apps/inventory/src/adapters/postgres/drops/ledger-drop-upkeep';
import { purgeOldFacts } from '../../apps/inventory/src/application/drop-facts-purge';
import { HoldPurge } from '../../apps/inventory/src/application/hold-purge';
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

  describe('holds that ended long ago', () => {
    let admin: Pool;
    beforeAll(async () => {
      admin = new Pool({ connectionString: ledger.url, max: 1 });
      await admin.query(`INSERT INTO inventory.merchant (merchant_id, name) VALUES ('mer', 'M')`);
      for (const dropId of ['dpurge1', 'dpurge2', 'dpurge3'])
        await admin.query(
          `INSERT INTO inventory.drop (drop_id, merchant_id, name, state, per_customer_limit, hold_ttl_seconds)
           VALUES ($1, 'mer', 'D', 'closed', 4, 300)`,
          [dropId],
        );
    });
    afterAll(() => admin.end());

    const keep = (dropId: string, state: string, holds: number, endedDaysAgo: number | null) =>
      admin.query(
        `INSERT INTO inventory.hold (drop_id, hold_id, customer_id, state, fingerprint, skus, quantities, prices_minor, currency, units,
           created_at, first_expires_at, expires_at, order_id, ended_at)
         SELECT $1, $1 || '-h' || md5($2 || n::text || coalesce($4::text, '')), 'c' || n, $2, 'f', '{A}', '{1}', '{100}', 'EUR', 1, t, t, t,
           CASE WHEN $2 = 'confirmed' THEN 'o' || n END, CASE WHEN $2 <> 'held' THEN t END
         FROM generate_series(1, $3) n, LATERAL (SELECT now() - make_interval(days => coalesce($4, 60)) AS t) at`,
        [dropId, state, holds, endedDaysAgo],
      );
    const kept = async (dropId: string) => {
      const sums = 'SELECT state, count(*)::int AS n FROM inventory.hold WHERE drop_id = $1 GROUP BY state';
      const { rows } = await admin.query<{ state: string; n: number }>(sums, [dropId]);
      return Object.fromEntries(rows.map(({ state, n }) => [state, n]));
    };

    it('are forgotten after thirty days unless they were sold, and the others are kept', async () => {
      await keep('dpurge1', 'expired', 1_200, 31);
      await keep('dpurge1', 'released', 300, 31);
      await keep('dpurge1', 'expired', 7, 29);
      await keep('dpurge1', 'released', 5, 1);
      await keep('dpurge1', 'confirmed', 600, 400);
      await keep('dpurge1', 'held', 3, null);
      await keep('dpurge2', 'released', 10, 40);
      const purge = new HoldPurge(upkeep);
      expect(await purge.run()).toBe(1_510);
      const left = { expired: 7, released: 5, confirmed: 600, held: 3 };
      expect(await kept('dpurge1')).toEqual(left);
      expect(await kept('dpurge2')).toEqual({});
      // The next round finds what has become old meanwhile.
      await keep('dpurge2', 'released', 10, 40);
      expect(await purge.run()).toBe(10);
      expect(await kept('dpurge1')).toEqual(left);
    });

    it('are forgotten once by several instances at the same moments, a bounded number each turn', async () => {
      await keep('dpurge3', 'expired', 12_000, 31);
      expect(await new HoldPurge(upkeep).run()).toBeLessThan(12_000);
      const purges = Array.from({ length: 4 }, () => new HoldPurge(upkeep));
      await Promise.all(purges.map((it) => it.run()));
      await new HoldPurge(upkeep).run();
      expect(await kept('dpurge3')).toEqual({});
    });

    it('are the only ones that can go', async () => {
      await expect(pool.query('DELETE FROM inventory.hold')).rejects.toThrow(/permission denied/);
    });
  });
});
