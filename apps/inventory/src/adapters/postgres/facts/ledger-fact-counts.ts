import type { Pool } from 'pg';
import { type Fact, FactCounts } from '../../../application/ports/fact-counts.port';
import { sql } from './sql/sql.generated';

/**
 * Inbox and counts in the ledger's database. Derived data: they can be recomputed from the rows that the
 * facts describe.
 */
export class LedgerFactCounts extends FactCounts {
  constructor(private readonly pool: Pool) {
    super();
  }

  override async count(dropId: string, facts: readonly Fact[]): Promise<Map<string, number>> {
    const found = await this.pool.query<{ type: string; fresh: string }>({
      ...sql.countFacts,
      values: [dropId, facts.map(({ id }) => id), facts.map(({ type }) => type)],
    });
    return new Map(found.rows.map(({ type, fresh }) => [type, Number(fresh)]));
  }

  override async dropsWithOldEntries(ageSeconds: number, limit: number): Promise<string[]> {
    const found = await this.pool.query<{ drop_id: string }>({
      ...sql.findStaleInbox,
      values: [`${ageSeconds} seconds`, limit],
    });
    return found.rows.map((row) => row.drop_id);
  }

  override async forget(dropId: string, ageSeconds: number, limit: number): Promise<number> {
    const done = await this.pool.query({
      ...sql.purgeFactInbox,
      values: [dropId, `${ageSeconds} seconds`, limit],
    });
    return done.rowCount ?? 0;
  }
}
