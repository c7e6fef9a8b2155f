import type { TimelineEntry } from './types';

type Kind = TimelineEntry['kind'];

/** Of each kind, in the order of a list to choose from. */
export const KIND_WORDS: Readonly<Record<Kind, string>> = {
  'hold.placed': 'Hold placed',
  'hold.confirmed': 'Hold paid',
  'hold.released': 'Hold released',
  'hold.expired': 'Hold expired',
  'order.created': 'Order created',
  'order.paid': 'Order paid',
  'order.failed': 'Order failed',
  'order.cancelled': 'Order cancelled',
  'order.refunded': 'Order refunded',
  'stock.adjusted': 'Stock adjusted',
  'drop.created': 'Drop created',
  'drop.changed': 'Drop changed',
  'drop.scheduled': 'Drop scheduled',
  'drop.opened': 'Drop opened',
  'drop.paused': 'Drop paused',
  'drop.resumed': 'Drop resumed',
  'drop.closed': 'Drop closed',
  'drop.duplicated': 'Drop duplicated',
  'drop.deleted': 'Drop deleted',
};

/** `2 × CUP`; of an adjustment of stock `+5 CUP` or `−5 CUP`. Empty where the entry is of no units. */
export function unitsOf({ kind, sku, quantity }: TimelineEntry): string {
  if (quantity === null) return sku ?? '';
  if (sku === null) return `${quantity} units of several SKUs`;
  if (kind !== 'stock.adjusted') return `${quantity} × ${sku}`;
  return `${quantity < 0 ? '−' : '+'}${Math.abs(quantity)} ${sku}`;
}

/** Who did it: shoppers have no name, but the id by which they are found. */
export function whoOf({ actor }: TimelineEntry): string {
  return actor.kind === 'shopper' ? 'shopper' : `${actor.label} (${actor.kind})`;
}
