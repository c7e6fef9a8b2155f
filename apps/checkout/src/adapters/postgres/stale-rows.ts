import type { Pool } from 'pg';
import { sql } from './sql/sql.generated';

const DROPS_MAX = 50; // of one round
const ROWS_MAX = 2_000; // of one statement: about ten milliseconds, so payments are not delayed

/** Deletes expired rows: facts that every reader has received, webhooks that cannot arrive again, keys of orders. */
export class StaleRows {
  constructor(private readonly pool: Pool) {}

  /** One run; returns how many rows it deleted. */
  async purge(): Promise<number> {
    const stale = await this.pool.query<{ drop_id: string }>({ ...sql.findStaleRows, values: [DROPS_MAX] });
    let removed = (await this.pool.query({ ...sql.purgeOrderKeys, values: [ROWS_MAX] })).rowCount ?? 0;
    for (const { drop_id: dropId } of stale.rows) {
      for (const statement of [sql.purgeFacts, sql.purgeWebhooks]) {
        removed += (await this.pool.query({ ...statement, values: [dropId, ROWS_MAX] })).rowCount ?? 0;
      }
    }
    return removed;
  }
}
