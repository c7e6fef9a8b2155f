import { type DropSummary, LISTED_ITEMS_MAX } from '@holdfast/contracts';
import { groupBy } from '@holdfast/kernel';
import { type ItemFiguresRow, type ItemRow, toDropItem, toItemFigures } from './drop-rows';
import type { Db } from './read-drops';
import { sql } from './sql/sql.generated';

const DROPS_MAX = 1_000; // 24 items of 300 bytes each: about 7 MB

/** The items of a drop in a list. */
export type Listed = Pick<DropSummary, 'items' | 'itemCount' | 'priceRange'>;

/**
 * The first items of drops, with count and prices of all, cached by the drop's revision: counting 5,000 items
 * takes as long as the rest of a list, and lists are read twice a second under load. Every change of an item
 * has to increase the revision.
 */
export class ListedItems {
  private readonly kept = new Map<string, { revision: string; listed: Listed }>();

  /** By drop id, for drops that have just been read. */
  async of(db: Db, drops: readonly { drop_id: string; revision: string }[]): Promise<Map<string, Listed>> {
    const known = new Map<string, Listed>();
    const unknown: string[] = [];
    for (const { drop_id, revision } of drops) {
      const kept = this.kept.get(drop_id);
      if (kept?.revision === revision) known.set(drop_id, kept.listed);
      else unknown.push(drop_id);
    }
    // Concurrent calls may evict what is known here.
    const read = await this.read(db, unknown);
    const found = new Map<string, Listed>();
    for (const { drop_id, revision } of drops) {
      const listed = (known.get(drop_id) ?? read.get(drop_id))!;
      found.set(drop_id, listed);
      this.kept.delete(drop_id);
      this.kept.set(drop_id, { revision, listed });
    }
    for (const oldest of this.kept.keys()) {
      if (this.kept.size <= DROPS_MAX) break;
      this.kept.delete(oldest);
    }
    return found;
  }

  private async read(db: Db, dropIds: readonly string[]): Promise<Map<string, Listed>> {
    if (dropIds.length === 0) return new Map();
    const items = await db.query<ItemRow>({ ...sql.findListedItems, values: [dropIds, LISTED_ITEMS_MAX] });
    const figures = await db.query<ItemFiguresRow>({ ...sql.findItemFigures, values: [dropIds] });
    const itemsOf = groupBy(items.rows, (row) => row.drop_id);
    const figuresOf = new Map(figures.rows.map((row) => [row.drop_id, row]));
    return new Map(
      dropIds.map((id) => [
        id,
        { items: (itemsOf.get(id) ?? []).map(toDropItem), ...toItemFigures(figuresOf.get(id)) },
      ]),
    );
  }
}
