import type { DropRecord, DropState, DropSummary } from '@holdfast/contracts';

/** The end of a page of a list: its last drop. `createdAt` has microseconds, so that positions are unique. */
export interface DropPosition {
  createdAt: string;
  dropId: string;
}

export interface DropPageQuery {
  state: DropState | null;
  after: DropPosition | null;
  limit: number;
}

/** The records of drops in the ledger, for shoppers. States are computed by the database's clock. */
export abstract class DropRecords {
  /**
   * Newest first, without drafts, each with its first items. `last` is the position of the last one, null on
   * the last page.
   */
  abstract page(query: DropPageQuery): Promise<{ drops: DropSummary[]; last: DropPosition | null }>;
  /** Null if unknown; drafts are returned. */
  abstract find(dropId: string): Promise<DropRecord | null>;
  /** Which of these exist, in any state. */
  abstract existing(dropIds: readonly string[]): Promise<string[]>;
  /** Whose drop it is, in any state; null if unknown, or a ghost. */
  abstract merchantOf(dropId: string): Promise<string | null>;
  /** Which of these are ghosts that have not been removed. */
  abstract knownGhosts(ghostIds: readonly string[]): Promise<string[]>;
}
