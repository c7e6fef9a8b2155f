export interface Fact {
  id: string;
  /** E.g. `hold.confirmed.v1`. */
  type: string;
}

/** How often each fact happened in a drop. Facts come at least once; each counts once. */
export abstract class FactCounts {
  /** Returns how many of each type were new. */
  abstract count(dropId: string, facts: readonly Fact[]): Promise<Map<string, number>>;
  /** Drops that remember facts for longer than `ageSeconds`. */
  abstract dropsWithOldEntries(ageSeconds: number, limit: number): Promise<string[]>;
  /** Forgets at most `limit` such facts of a drop, not their counts; returns how many. */
  abstract forget(dropId: string, ageSeconds: number, limit: number): Promise<number>;
}
