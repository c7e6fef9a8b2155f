import type { DropRecord, DropState, DropSummary } from '@holdfast/contracts';

/** Where a page of a list ends: the last drop on it. `createdAt` keeps its microseconds, so that no two drops are mistaken for one. */
export interface DropPosition {
  createdAt: string;
  dropId: string;
}

export interface DropPageQuery {
  state: DropState | null;
  after: DropPosition | null;
  limit: number;
}

/** The records of drops in the ledger, read for shoppers. States are effective by the database's clock. */
export abstract class DropRecords {
  /** Newest first, drafts left out, each with its first items only. `last` is the position of the last one, null when nothing follows. */
  abstract page(query: DropPageQuery): Promise<{ drops: DropSummary[]; last: DropPosition | null }>;
  /** Null when unknown; a draft is found. */
  abstract find(dropId: string): Promise<DropRecord | null>;
  /** Which of these there are, in whatever state. */
  abstract existing(dropIds: readonly string[]): Promise<string[]>;
}
