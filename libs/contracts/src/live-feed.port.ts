import type { StockRow } from './stock-view.port';

/**
 * Messages of the projector to the gateways. Full state, never a difference, so that the next message makes
 * up for a lost one.
 */
export type LiveMessage =
  | { kind: 'stock'; dropId: string; rows: StockRow[] }
  /**
   * The drop's record changed (state, schedule, text): reload it. `revision` is the newest known one, 0 if
   * changes may have been missed.
   */
  | { kind: 'drop'; dropId: string; revision: number }
  /** The source of counts is stale or has recovered. */
  | { kind: 'stale'; since: string }
  | { kind: 'fresh' };

export type LiveListener = (message: LiveMessage) => void;

/** Live messages as a gateway receives them: each at most once, in the order of publishing. */
export abstract class LiveFeed {
  /** Returns a function that unsubscribes. A listener must not throw. */
  abstract subscribe(listener: LiveListener): () => void;
}
