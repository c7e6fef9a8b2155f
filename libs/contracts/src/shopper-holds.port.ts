import { z } from 'zod';
import type { Hold, HoldRef, PlaceHold, PlaceOutcome, ReleaseOutcome } from './hold';
import type { Page } from './list-cursor';
import { anyId, cursor, pageLimit } from './values';

export const listHoldsSchema = z.object({
  /** Lists only holds of this customer. */
  customerId: anyId,
  dropId: anyId.optional(),
  cursor: cursor.optional(),
  limit: pageLimit,
});
export type ListHolds = z.infer<typeof listHoldsSchema>;

/**
 * A shopper's operations on holds. Expected outcomes are values; throws `ServiceUnavailable` if no answer
 * arrives within the deadline.
 */
export abstract class ShopperHolds {
  abstract placeHold(command: PlaceHold): Promise<PlaceOutcome>;
  abstract releaseHold(command: HoldRef): Promise<ReleaseOutcome>;
  /**
   * Null if unknown or another customer's. `expired` by the database's clock, even before the sweeper has
   * run.
   */
  abstract getHold(query: HoldRef): Promise<Hold | null>;
  /** The customer's live holds (`held` by the database's clock), newest first. Throws `InvalidCursor`. */
  abstract listHolds(query: ListHolds): Promise<Page<Hold>>;
}
