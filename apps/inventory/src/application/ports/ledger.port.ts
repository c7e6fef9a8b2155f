import type { Hold, HoldRef } from '@holdfast/contracts';
import type { LaneAnswer, LaneCommand } from '../../domain/lane-command';

/** What a batch tells beside its answers: how the drop stood when it committed. Feeds the gate and whoever wants fresher counts. */
export interface LaneNews {
  dropId: string;
  open: boolean;
  /** Milliseconds until the drop closes by time alone; null when no such time is set. */
  closesInMs: number | null;
  perCustomerLimit: number;
  /** Units on offer after the batch, by SKU: those asked for and those changed. */
  available: ReadonlyMap<string, number>;
  /** Customers to whom this batch gave units. */
  customers: readonly string[];
}

export interface BatchResult {
  /** In the order of the commands. */
  answers: LaneAnswer[];
  /** Null when there is nothing to learn, for example because there is no such drop. */
  news: LaneNews | null;
}

/**
 * The truth about stock and holds. A batch is decided in one transaction; its commands are about different subjects, and a rare command
 * (`runsAlone`) comes alone.
 */
export abstract class Ledger {
  /** Throws `BatchRefused` or `LedgerUnreachable`; after either the same batch may be run again. */
  abstract runBatch(dropId: string, commands: readonly LaneCommand[]): Promise<BatchResult>;
  /** Null when unknown or another customer's; a hold whose time is over reads as expired. Throws `LedgerUnreachable`. */
  abstract getHold(query: HoldRef): Promise<Hold | null>;
  /** Drops that have holds whose time is over. Throws `LedgerUnreachable`. */
  abstract dueDrops(max: number): Promise<string[]>;
  /** Customers who have or had units in the drop; null when there are more than `max`. Throws `LedgerUnreachable`. */
  abstract customersOf(dropId: string, max: number): Promise<string[] | null>;
}

/** The batch was undone because of what is in it. Some command of it will be refused again, its neighbours will not. */
export class BatchRefused extends Error {}

/** No answer: the batch may have been committed or not. Sending the same batch again settles it. */
export class LedgerUnreachable extends Error {}
