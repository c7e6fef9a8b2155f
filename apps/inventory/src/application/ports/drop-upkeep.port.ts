import type { StockRow } from '@holdfast/contracts';

/** What the background workers need of the ledger. Lists go over all drops; whatever changes something stays within one. */
export abstract class DropUpkeep {
  /** Drops whose stored state time has overtaken. */
  abstract dueDrops(limit: number): Promise<string[]>;
  /** Writes down the state that the drop has by now; false when there was nothing to write. */
  abstract advance(dropId: string): Promise<boolean>;
  /** Drops whose counts may still change, in pages by id: `after` is the last id seen, '' at first. */
  abstract livelyDrops(after: string, limit: number): Promise<string[]>;
  /** The counts of a drop as the ledger has them now. */
  abstract stockOf(dropId: string): Promise<StockRow[]>;
  /** Drops with facts older than `ageSeconds`. */
  abstract dropsWithOldFacts(ageSeconds: number, limit: number): Promise<string[]>;
  /** Deletes at most `limit` such facts of a drop; returns how many. */
  abstract purgeFacts(dropId: string, ageSeconds: number, limit: number): Promise<number>;
  /** The next drop by id, of all there are; null after the last. */
  abstract nextDrop(after: string): Promise<string | null>;
  /** Looks through `limit` holds of a drop after the one given and removes those that ended without a sale long ago. `last`: null at the end. */
  abstract purgeHolds(
    dropId: string,
    after: string,
    limit: number,
  ): Promise<{ last: string | null; purged: number }>;
}
