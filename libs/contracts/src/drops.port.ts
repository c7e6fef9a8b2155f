import { z } from 'zod';
import { type DropRecord, dropStateSchema, type DropSummary } from './drop';
import type { Page } from './list-cursor';
import type { Shortage } from './shortage';
import type { StockRow } from './stock-view.port';
import { cursor, pageLimit } from './values';

export const listDropsSchema = z.object({
  /** Only drops that are in this state now; drafts are never listed. */
  state: dropStateSchema.optional(),
  cursor: cursor.optional(),
  limit: pageLimit,
});
export type ListDrops = z.infer<typeof listDropsSchema>;

/**
 * Public drops, read from the ledger. Throws `ServiceUnavailable` if no answer arrives within the deadline.
 */
export abstract class Drops {
  /** Public drops, newest first. Throws `InvalidCursor`. */
  abstract listDrops(query: ListDrops): Promise<Page<DropSummary>>;
  /** Null if unknown or a draft. */
  abstract getDrop(dropId: string): Promise<DropRecord | null>;
  /**
   * The ledger's current counts, by SKU; empty for an unknown drop. Used while the stock view cannot be read.
   */
  abstract stockOf(dropId: string): Promise<StockRow[]>;
  /** What is certainly sold out in the drop; null if nothing is certain. */
  abstract shortageOf(dropId: string): Promise<Shortage | null>;
}
