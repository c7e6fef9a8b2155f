import { z } from 'zod';
import { shownSchema } from './shown-stock';
import { time } from './values';

/** The four counts of one SKU in a drop: `total = available + held + sold`, each ≥ 0. */
export const stockRowSchema = z.object({
  dropId: z.string(),
  sku: z.string(),
  epoch: z.int(),
  version: z.int(),
  total: z.int(),
  available: z.int(),
  held: z.int(),
  sold: z.int(),
  /** When the ledger committed this state. */
  asOf: time,
  /** What shoppers see instead of the counts; absent: they see the counts. */
  shown: shownSchema.optional(),
  /** Nobody said whether they see the counts: from an instance of before. */
  unmarked: z.literal(true).optional(),
});
export type StockRow = z.infer<typeof stockRowSchema>;

/**
 * Freshness of the view: `staleSince` is null while the change stream keeps up, else the time since when it
 * lags.
 */
export interface ViewFreshness {
  staleSince: string | null;
  /** How far the counts may be behind the ledger, in ms; missing while that is not known. */
  lagMs?: number;
}

/**
 * The cached counts for pages and SSE. They never go back: a row is replaced only by one with a greater
 * (epoch, version), or by one with the same that says what shoppers may see of it where it did not (`completes`).
 */
export abstract class StockView {
  /** All rows of a drop, by SKU; empty if none has arrived. */
  abstract ofDrop(dropId: string): Promise<StockRow[]>;
  abstract freshness(): Promise<ViewFreshness>;

  /**
   * For a reader who saw counts at `seenAtMs`, here or in another process: makes the result of `ofDrop` at
   * least as new. Newer rows are published on the live feed before it resolves. False if that is not possible
   * now.
   */
  abstract catchUp(dropId: string, seenAtMs: number): Promise<boolean>;
}
