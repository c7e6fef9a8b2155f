export interface Fact {
  id: string;
  /** E.g. `hold.confirmed.v1`. */
  type: string;
}

/** Number of facts of each type in a drop. Facts are delivered at least once; each counts once. */
export abstract class FactCounts {
  /** Returns how many of each type were new. */
  abstract count(dropId: string, facts: readonly Fact[]): Promise<Map<string, number>>;
  /** Drops with inbox entries older than `ageSeconds`. */
  abstract dropsWithOldEntries(ageSeconds: number, limit: number): Promise<string[]>;
  /** Deletes at most `limit` such entries of a drop, not the counts; returns how many. */
  abstract forget(dropId: string, ageSeconds: number, limit: number): Promise<number>;
}
