import type { Pool } from 'pg';
import { RehearsalUpkeep, type SilentRehearsal } from '../../../application/ports/rehearsal-upkeep.port';
import { forgetGhosts, removeGhosts } from './ghosts';
import { sql } from './sql/sql.generated';

interface SilentRow {
  rehearsal_id: string;
  runner: string | null;
  heard_at: string;
  overdue: boolean;
}

export class LedgerRehearsalUpkeep extends RehearsalUpkeep {
  constructor(private readonly pool: Pool) {
    super();
  }

  override async silent(limits: Parameters<RehearsalUpkeep['silent']>[0]): Promise<SilentRehearsal[]> {
    const values = [limits.leaseSeconds, limits.takenOverWithinSeconds, limits.pastEndSeconds];
    const { rows } = await this.pool.query<SilentRow>({ ...sql.silentRehearsals, values });
    return rows.map((row) => ({
      rehearsalId: row.rehearsal_id,
      runner: row.runner,
      heardAt: row.heard_at,
      isOverdue: row.overdue,
    }));
  }

  override async claimed(): Promise<{ rehearsalId: string; runner: string }[]> {
    const { rows } = await this.pool.query<{ rehearsal_id: string; runner: string }>(sql.claimedRehearsals);
    return rows.map(({ rehearsal_id: rehearsalId, runner }) => ({ rehearsalId, runner }));
  }

  override async giveUp(rehearsalId: string, heardAt: string | null, detail: string): Promise<boolean> {
    const values = [rehearsalId, heardAt, detail];
    const done = await this.pool.query({ ...sql.giveUpRehearsal, values });
    return done.rowCount === 1;
  }

  override removeGhosts(): Promise<string[]> {
    return removeGhosts(this.pool);
  }

  override forgetGhosts(ageSeconds: number, limit: number): Promise<number> {
    return forgetGhosts(this.pool, ageSeconds, limit);
  }
}
