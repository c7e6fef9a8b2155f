import type { Pool } from 'pg';
import { GhostRecords } from '../../application/ports/ghost-records.port';

const ROWS_A_PIECE = 500; // some ms of row locks

interface Statement {
  name: string;
  text: string;
}

/** Of one schema, by its two statements. */
export class PgGhostRecords extends GhostRecords {
  constructor(
    private readonly pool: Pool,
    private readonly statements: { find: Statement; remove: Statement },
  ) {
    super();
  }

  async drops(limit: number): Promise<string[]> {
    const { rows } = await this.pool.query<{ drop_id: string }>({ ...this.statements.find, values: [limit] });
    return rows.map((row) => row.drop_id);
  }

  async remove(ghostId: string): Promise<number> {
    for (let total = 0; ;) {
      const values = [ghostId, ROWS_A_PIECE];
      const { rows } = await this.pool.query<{ removed: number }>({ ...this.statements.remove, values });
      const { removed } = rows[0]!;
      if (removed === 0) return total;
      total += removed;
    }
  }
}
