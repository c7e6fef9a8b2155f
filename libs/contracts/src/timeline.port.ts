import type { TimelinePart, TimelineQuery } from './timeline';

/** What inventory has of a drop's timeline: holds, stock, changes of the drop. Throws `ServiceUnavailable`. */
export abstract class DropTimeline {
  /** Null: not a drop of this merchant. */
  abstract dropTimeline(query: TimelineQuery): Promise<TimelinePart | null>;
}

/** What checkout has of it: orders. Throws `ServiceUnavailable`. */
export abstract class OrderTimeline {
  abstract orderTimeline(query: TimelineQuery): Promise<TimelinePart>;
}
