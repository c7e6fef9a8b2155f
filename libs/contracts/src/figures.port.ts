import type {
  AddTicks,
  DropLife,
  DropStats,
  RecentTicksQuery,
  SentTick,
  SeriesPoint,
  SeriesQuery,
} from './figures';

/** What happened in a merchant's drop. Throws `ServiceUnavailable` if no answer arrives within the deadline. */
export abstract class Figures {
  /** Each tick counts once, however often it is added. */
  abstract addTicks(command: AddTicks): Promise<{ kind: 'added' }>;
  /**
   * What all gateways sent for a drop since a second, oldest first; the newest 1,000. Besides the newest tick of each
   * gateway in the `READERS_COUNT_SECONDS` before, for its readers. Null: not a drop of this merchant.
   */
  abstract recentTicks(query: RecentTicksQuery): Promise<SentTick[] | null>;
  /** Null: not a drop of this merchant. */
  abstract dropStats(query: { merchantId: string; dropId: string }): Promise<DropStats | null>;
  abstract dropLife(query: { merchantId: string; dropId: string }): Promise<DropLife | null>;
  /** The steps in which something happened, in order of time. */
  abstract dropSeries(query: SeriesQuery): Promise<SeriesPoint[]>;
}
