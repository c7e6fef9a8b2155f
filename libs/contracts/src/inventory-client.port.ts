import type { DropRecord, DropState, DropSummary } from './drop';
import type {
  ConfirmOutcome,
  ExtendOutcome,
  Hold,
  HoldRef,
  PayForHold,
  PlaceHold,
  PlaceOutcome,
  ReleaseOutcome,
  RetakeOutcome,
  ReturnOutcome,
  YieldOutcome,
} from './hold';
import type { Shortage } from './shortage';
import type { StockRow } from './stock-view.port';

export interface ListDrops {
  /** Only drops that are in this state now; drafts are never listed. */
  state?: DropState;
  cursor?: string;
  limit: number;
}

export interface ListHolds {
  /** Only their own are listed. */
  customerId: string;
  dropId?: string;
  cursor?: string;
  limit: number;
}

export interface Page<T> {
  items: T[];
  nextCursor: string | null;
}

/** Thrown when a cursor is not one that a list gave out. */
export class InvalidCursor extends Error {}

/** Thrown when a service cannot answer in time (database or peer away): nothing is known to have happened. */
export class ServiceUnavailable extends Error {
  constructor(
    message: string,
    readonly retryAfterSeconds = 1,
  ) {
    super(message);
    this.name = 'ServiceUnavailable';
  }
}

/**
 * What gateway and checkout may ask of inventory. In standalone it is called directly, in the cluster over TCP.
 * Expected outcomes are values; `ServiceUnavailable` is thrown when no answer came within the deadline.
 */
export abstract class InventoryClient {
  abstract placeHold(command: PlaceHold): Promise<PlaceOutcome>;
  abstract releaseHold(command: HoldRef): Promise<ReleaseOutcome>;
  /** Null when unknown or another customer's. `expired` by the database's clock even before the sweeper came by. */
  abstract getHold(query: HoldRef): Promise<Hold | null>;
  /** The customer's live holds, newest first: those that read as `held` at this moment. Throws `InvalidCursor`. */
  abstract listHolds(query: ListHolds): Promise<Page<Hold>>;

  abstract extendHold(command: PayForHold): Promise<ExtendOutcome>;
  abstract confirmHold(command: PayForHold): Promise<ConfirmOutcome>;
  abstract yieldHold(command: PayForHold): Promise<YieldOutcome>;
  /** Release by the order that pays: allowed although a payment was in flight. */
  abstract releaseForOrder(command: PayForHold): Promise<ReleaseOutcome>;
  abstract retakeHold(command: PayForHold): Promise<RetakeOutcome>;
  abstract returnHold(command: PayForHold): Promise<ReturnOutcome>;

  /** Public drops, newest first. */
  abstract listDrops(query: ListDrops): Promise<Page<DropSummary>>;
  /** Null when unknown or a draft. */
  abstract getDrop(dropId: string): Promise<DropRecord | null>;

  /** What is surely gone in the drop; null when nothing is sure. */
  abstract shortageOf(dropId: string): Promise<Shortage | null>;
  /** The counts as the ledger has them now, by SKU; empty for an unknown drop. For the time in which the stock view is away. */
  abstract stockOf(dropId: string): Promise<StockRow[]>;
}
