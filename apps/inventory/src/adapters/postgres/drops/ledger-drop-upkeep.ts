import type { StockRow } from '@holdfast/contracts';
import type { Pool } from 'pg';
import { DropUpkeep } from '../../../application/ports/drop-upkeep.port';
import { sql as requests } from '../merchants/sql/sql.generated';
import { sql as products } from '../products/sql/sql.generated';
import { readStock } from './read-drops';
import { sql } from './sql/sql.generated';

// The longest hold lasts a day, its payment an hour: later changes are refunds only, which the stream
// delivers.
const ACTIVE_AFTER_CLOSE = '2 days';

export class LedgerDropUpkeep extends DropUpkeep {
  constructor(private readonly pool: Pool) {
    super();
  }

  override dueDrops(limit: number): Promise<string[]> {
    return this.ids(sql.findDueDrops, [limit]);
  }

  override async advance(dropId: string): Promise<boolean> {
    const done = await this.pool.query({ ...sql.advanceDrop, values: [dropId] });
    return done.rowCount === 1;
  }

  override activeDrops(after: string, limit: number): Promise<string[]> {
    return this.ids(sql.listActiveDrops, [after, limit, ACTIVE_AFTER_CLOSE]);
  }

  override stockOf(dropId: string): Promise<StockRow[]> {
    return readStock(this.pool, [dropId]);
  }

  override dropsWithOldFacts(ageSeconds: number, limit: number): Promise<string[]> {
    return this.ids(sql.findStaleOutbox, [`${ageSeconds} seconds`, limit]);
  }

  override async purgeFacts(dropId: string, ageSeconds: number, limit: number): Promise<number> {
    const done = await this.pool.query({
      ...sql.purgeDropOutbox,
      values: [dropId, `${ageSeconds} seconds`, limit],
    });
    return done.rowCount ?? 0;
  }

  override async purgeRequests(ageSeconds: number, limit: number): Promise<number> {
    const values = [`${ageSeconds} seconds`, limit];
    const done = await this.pool.query({ ...requests.purgeRequests, values });
    return done.rowCount ?? 0;
  }

  override async purgeImports(): Promise<void> {
    await this.pool.query(products.purgeImports);
  }

  override dropsWithOldTicks(ageSeconds: number, limit: number): Promise<string[]> {
    return this.ids(sql.findOldTicks, [`${ageSeconds} seconds`, limit]);
  }

  override async foldTicks(dropId: string, ageSeconds: number, limit: number): Promise<number> {
    const values = [dropId, `${ageSeconds} seconds`, limit];
    const done = await this.pool.query<{ folded: number }>({ ...sql.foldTicks, values });
    return done.rows[0]?.folded ?? 0;
  }

  override async nextDrop(after: string): Promise<string | null> {
    return (await this.ids(sql.nextDrop, [after]))[0] ?? null;
  }

  override async purgeHolds(dropId: string, after: string, limit: number) {
    const done = await this.pool.query<{ last_hold_id: string | null; purged: number }>({
      ...sql.purgeHolds,
      values: [dropId, after, limit],
    });
    const [row] = done.rows;
    return { last: row?.last_hold_id ?? null, purged: row?.purged ?? 0 };
  }

  private async ids(statement: { name: string; text: string }, values: unknown[]): Promise<string[]> {
    const found = await this.pool.query<{ drop_id: string }>({ ...statement, values });
    return found.rows.map((row) => row.drop_id);
  }
}
