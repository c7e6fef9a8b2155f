import type { Money } from '@holdfast/kernel';

export const DROP_STATES = ['draft', 'scheduled', 'open', 'paused', 'closed'] as const;
export type DropState = (typeof DROP_STATES)[number];
export type DropMode = 'first-come' | 'queue' | 'draw';

/** What is sold: one SKU of a drop, without its counts. */
export interface DropItem {
  sku: string;
  name: string;
  price: Money;
  imageUrl: string | null;
}

/** A drop as the ledger keeps it, without counts. `state` is already the one by the database's clock when it was read. */
export interface DropRecord {
  id: string;
  merchantId: string;
  name: string;
  description: string;
  imageUrl: string | null;
  state: DropState;
  mode: DropMode;
  /** RFC 3339 UTC, or null when nobody set it. */
  opensAt: string | null;
  closesAt: string | null;
  perCustomerLimit: number;
  holdTtlSeconds: number;
  /** Grows with each change of the record; basis of the ETag and of "newer wins". */
  revision: number;
  createdAt: string;
  items: DropItem[];
}

/** How many of its items a drop has in a list of drops; the others are in the drop itself, which may have thousands. */
export const LISTED_ITEMS_MAX = 24;

/** A drop as a list of drops has it. */
export interface DropSummary extends DropRecord {
  /** Of all its items; `items` are the first ones. */
  itemCount: number;
  /** Over all its items; null when it has none. */
  priceRange: PriceRange | null;
}

export interface PriceRange {
  lowest: Money;
  highest: Money;
}

/**
 * The state of a drop at a moment. A `scheduled` drop opens, and an `open` or `paused` one closes, by time alone: the sweeper writes it down a
 * little later, so every reader asks this function and never the stored word.
 */
export function dropStateAt(
  drop: { state: DropState; opensAt: string | null; closesAt: string | null },
  nowMs: number,
): DropState {
  if (drop.state === 'draft' || drop.state === 'closed') return drop.state;
  if (drop.closesAt !== null && Date.parse(drop.closesAt) <= nowMs) return 'closed';
  if (drop.state === 'scheduled' && drop.opensAt !== null && Date.parse(drop.opensAt) <= nowMs) return 'open';
  return drop.state;
}
