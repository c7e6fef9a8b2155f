import type { DropRecord, DropSummary } from '@holdfast/contracts';
import { orServiceUnavailable } from '@holdfast/postgres';
import type { Pool } from 'pg';
import {
  type DropPageQuery,
  type DropPosition,
  DropRecords,
} from '../../../application/ports/drop-records.port';
import { ListedItems } from './listed-items';
import { readDrops, readDropSummaries } from './read-drops';
import { sql } from './sql/sql.generated';

export class LedgerDropRecords extends DropRecords {
  private readonly listedItems = new ListedItems();

  constructor(private readonly pool: Pool) {
    super();
  }

  override page(query: DropPageQuery): Promise<{ drops: DropSummary[]; last: DropPosition | null }> {
    return orServiceUnavailable('drops', this.readPage(query));
  }

  override async find(dropId: string): Promise<DropRecord | null> {
    const [drop] = await orServiceUnavailable('drops', readDrops(this.pool, [dropId]));
    return drop ?? null;
  }

  override existing(dropIds: readonly string[]): Promise<string[]> {
    const found = this.pool.query<{ drop_id: string }>({ ...sql.findKnownDrops, values: [dropIds] });
    return orServiceUnavailable(
      'drops',
      found.then(({ rows }) => rows.map((row) => row.drop_id)),
    );
  }

  override async knownGhosts(ghostIds: readonly string[]): Promise<string[]> {
    const found = await this.pool.query<{ drop_id: string }>({ ...sql.findKnownGhosts, values: [ghostIds] });
    return found.rows.map((row) => row.drop_id);
  }

  override async merchantOf(dropId: string): Promise<string | null> {
    const found = this.pool.query<{ merchant_id: string }>({ ...sql.findMerchantOfDrop, values: [dropId] });
    const { rows } = await orServiceUnavailable('drops', found);
    return rows[0]?.merchant_id ?? null;
  }

  private async readPage({ state, after, limit }: DropPageQuery) {
    // One more than requested, to know whether there is a next page.
    const values = [false, state, after?.createdAt ?? null, after?.dropId ?? null, limit + 1, null];
    const found = await this.pool.query<{ drop_id: string; created_at: string }>({
      ...sql.listDrops,
      values,
    });
    const rows = found.rows.slice(0, limit);
    const drops = await readDropSummaries(
      this.pool,
      this.listedItems,
      rows.map((row) => row.drop_id),
    );
    const end = found.rows.length > limit ? rows.at(-1) : undefined;
    return { drops, last: end ? { createdAt: end.created_at, dropId: end.drop_id } : null };
  }
}
