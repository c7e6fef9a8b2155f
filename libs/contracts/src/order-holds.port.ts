import type {
  ConfirmOutcome,
  ExtendOutcome,
  Hold,
  HoldRef,
  PayForHold,
  ReleaseOutcome,
  RetakeOutcome,
  ReturnOutcome,
  YieldOutcome,
} from './hold';

/**
 * Operations of an order on the hold it pays for. Each is idempotent for the same order. Expected outcomes
 * are values; throws `ServiceUnavailable` if no answer arrives within the deadline.
 */
export abstract class OrderHolds {
  /** The merchant who sells the drop; it never changes. Null if unknown, or a ghost. */
  abstract merchantOfDrop(dropId: string): Promise<string | null>;
  /** Which of these ghosts have not been removed. */
  abstract knownGhosts(ghostIds: readonly string[]): Promise<string[]>;
  /**
   * Null if unknown or another customer's. `expired` by the database's clock, even before the sweeper has
   * run.
   */
  abstract getHold(query: HoldRef): Promise<Hold | null>;
  abstract extendHold(command: PayForHold): Promise<ExtendOutcome>;
  abstract confirmHold(command: PayForHold): Promise<ConfirmOutcome>;
  abstract yieldHold(command: PayForHold): Promise<YieldOutcome>;
  /** Release by the paying order: allowed during a payment. */
  abstract releaseForOrder(command: PayForHold): Promise<ReleaseOutcome>;
  abstract retakeHold(command: PayForHold): Promise<RetakeOutcome>;
  abstract returnHold(command: PayForHold): Promise<ReturnOutcome>;
}
