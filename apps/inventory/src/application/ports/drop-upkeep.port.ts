import type { StockRow } from '@holdfast/contracts';

/** The background workers' access to the ledger. Lists read all drops; changes affect one drop only. */
export abstract class DropUpkeep {
  /** Drops whose stored state is behind the clock. */
  abstract dueDrops(limit: number): Promise<string[]>;
  /** Stores the drop's current state; false if it was up to date. */
  abstract advance(dropId: string): Promise<boolean>;
  /**
   * Drops whose counts may still change, in pages by id: `after` is the last id seen, '' for the first page.
   */
  abstract activeDrops(after: string, limit: number): Promise<string[]>;
  /** The current counts of a drop. */
  abstract stockOf(dropId: string): Promise<StockRow[]>;
  /** Drops with facts older than `ageSeconds`. */
  abstract dropsWithOldFacts(ageSeconds: number, limit: number): Promise<string[]>;
  /** Deletes at most `limit` such facts of a drop; returns how many. */
  abstract purgeFacts(dropId: string, ageSeconds: number, limit: number): Promise<number>;
  /** Deletes at most `limit` answers of merchants' requests that are older than `ageSeconds`; returns how many. */
  abstract purgeRequests(ageSeconds: number, limit: number): Promise<number>;
  /** Forgets the parts of imports that were given up more than an hour ago. */
  abstract purgeImports(): Promise<void>;
  /** Drops with ticks older than `ageSeconds`. */
  abstract dropsWithOldTicks(ageSeconds: number, limit: number): Promise<string[]>;
  /**
   * Replaces about `limit` such ticks of a drop by their minutes; returns how many. 0: none is left, or another
   * process does it.
   */
  abstract foldTicks(dropId: string, ageSeconds: number, limit: number): Promise<number>;
  /** The next drop by id; null after the last. */
  abstract nextDrop(after: string): Promise<string | null>;
  /**
   * Scans `limit` holds of a drop after the given one and deletes those that ended without a sale long ago.
   * `last`: null at the end.
   */
  abstract purgeHolds(
    dropId: string,
    after: string,
    limit: number,
  ): Promise<{ last: string | null; purged: number }>;
}
