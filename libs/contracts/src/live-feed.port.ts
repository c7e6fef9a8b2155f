import type { StockRow } from './stock-view.port';

/** What the projector tells the gateways. Full state, never a difference: losing a message is healed by the next one. */
export type LiveMessage =
  | { kind: 'stock'; dropId: string; rows: StockRow[] }
  /** The drop's record changed (state, schedule, text): read it again. `revision` is the newest one known, 0 when it may have changed unseen. */
  | { kind: 'drop'; dropId: string; revision: number }
  /** The source of counts fell behind or came back. */
  | { kind: 'stale'; since: string }
  | { kind: 'fresh' };

export type LiveListener = (message: LiveMessage) => void;

/** Publish and subscribe between projector and gateways; at most once, in order per publisher. */
export abstract class LiveFeed {
  abstract publish(message: LiveMessage): Promise<void>;
  /** Returns the way to unsubscribe. A listener must not throw. */
  abstract subscribe(listener: LiveListener): () => void;
}
