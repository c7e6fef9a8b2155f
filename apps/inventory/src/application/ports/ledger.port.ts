import type { Hold, HoldRef } from '@holdfast/contracts';
import type { StockVersion } from '@holdfast/kernel';
import type { LaneAnswer, LaneCommand } from '../../domain/lane-command';

/** Available units of a SKU, with the version of the stock row. */
export interface UnitsOnOffer extends StockVersion {
  units: number;
}

/** The state of a drop's sale at one moment. */
export interface DropSale {
  open: boolean;
  /** Milliseconds until the drop closes by time; null if no closing time is set. */
  closesInMs: number | null;
  perCustomerLimit: number;
  /** By SKU. */
  available: ReadonlyMap<string, UnitsOnOffer>;
}

/**
 * A batch's report besides its answers: the drop's state at the commit, with the SKUs that were requested or
 * changed.
 */
export interface LaneNews extends DropSale {
  dropId: string;
  /**
   * Customers that have or had units according to this batch: it granted them, or the key has a hold already;
   * and the networks, by `networkName`, that could reach their limit with the next place.
   */
  customers: readonly string[];
  /** Ids of the holds whose place this batch has decided, with any answer. */
  decided: readonly string[];
}

export interface BatchResult {
  /** In the order of the commands. */
  answers: LaneAnswer[];
  /** Null if there is nothing to report, e.g. for an unknown drop. */
  news: LaneNews | null;
}

/** The position of a hold in its customer's list. */
export interface HoldPosition {
  /** Microseconds since the epoch, as a decimal number. */
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
 * The source of truth for stock and holds. A batch is decided in one transaction; its commands have different
 * subjects, and a rare command (`runsAlone`) is a batch of its own.
 */
export abstract class Ledger {
  /** Throws `BatchRefused` or `LedgerUnreachable`; after either the same batch may be run again. */
  abstract runBatch(dropId: string, commands: readonly LaneCommand[]): Promise<BatchResult>;
  /** Null if unknown or another customer's; an overdue hold reads as expired. Throws `LedgerUnreachable`. */
  abstract getHold(query: HoldRef): Promise<Hold | null>;
  /** A customer's live holds, newest first, and the start of the next page. Throws `LedgerUnreachable`. */
  abstract liveHolds(query: LiveHoldsQuery): Promise<{ holds: Hold[]; last: HoldPosition | null }>;
  /** Drops that have overdue holds. Throws `LedgerUnreachable`. */
  abstract dueDrops(max: number): Promise<string[]>;
}

/**
 * The batch was rolled back because of an invalid command in it; the other commands can succeed without it.
 */
export class BatchRefused extends Error {}

/** No answer: the outcome of the batch is unknown. Sending the same batch again settles it. */
export class LedgerUnreachable extends Error {}
