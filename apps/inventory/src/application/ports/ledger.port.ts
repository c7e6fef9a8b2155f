import type { Hold, HoldRef } from '@holdfast/contracts';
import type { StockVersion } from '@holdfast/kernel';
import type { LaneAnswer, LaneCommand } from '../../domain/lane-command';

/** Units of a SKU that are on offer, and the version of the stock row that says so: of two, the newer one counts. */
export interface UnitsOnOffer extends StockVersion {
  units: number;
}

/** How a drop sells at one moment. */
export interface DropSale {
  open: boolean;
  /** Milliseconds until the drop closes by time alone; null when no such time is set. */
  closesInMs: number | null;
  perCustomerLimit: number;
  /** By SKU. */
  available: ReadonlyMap<string, UnitsOnOffer>;
}

/** What a batch tells beside its answers: how the drop stood when it committed, for those SKUs that were asked for or changed. */
export interface LaneNews extends DropSale {
  dropId: string;
  /**
   * Customers of whom this batch shows that they have or had units: it gave them, or the key has a hold already; and the networks, by
   * `networkName`, that could be at their limit with the next place.
   */
  customers: readonly string[];
  /** Ids of the holds whose place this batch has decided, whatever the answer. */
  decided: readonly string[];
}

export interface BatchResult {
  /** In the order of the commands. */
  answers: LaneAnswer[];
  /** Null when there is nothing to learn, for example because there is no such drop. */
  news: LaneNews | null;
}

/** Where a hold stands in its customer's list. */
export interface HoldPosition {
  /** Microseconds since the epoch, as a decimal number: all that the ledger knows of the moment. */
  placedUs: string;
  holdId: string;
}

export interface LiveHoldsQuery {
  customerId: string;
  /** Null: of all drops. */
  dropId: string | null;
  after: HoldPosition | null;
  limit: number;
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
  /** A customer's live holds, newest first, and where the next page begins. Throws `LedgerUnreachable`. */
  abstract liveHolds(query: LiveHoldsQuery): Promise<{ holds: Hold[]; last: HoldPosition | null }>;
  /** Drops that have holds whose time is over. Throws `LedgerUnreachable`. */
  abstract dueDrops(max: number): Promise<string[]>;
  /** Customers who have or had units in the drop, and networks near their limit as in `LaneNews`; null when there are more than `max`. Throws `LedgerUnreachable`. */
  abstract customersOf(dropId: string, max: number): Promise<string[] | null>;
}

/** The batch was undone because of what is in it. Some command of it will be refused again, its neighbours will not. */
export class BatchRefused extends Error {}

/** No answer: the batch may have been committed or not. Sending the same batch again settles it. */
export class LedgerUnreachable extends Error {}
