import { z } from 'zod';
import { actorSchema } from './merchant-command';
import { anyId, id, pageLimit } from './values';

/** What the timeline of a drop tells of holds, orders and stock; besides, every `drop.*` of the audit. */
export const HOLD_KINDS = ['hold.placed', 'hold.confirmed', 'hold.released', 'hold.expired'] as const;
export const ORDER_KINDS = [
  'order.created',
  'order.failed',
  'order.cancelled',
  'order.paid',
  'order.refunded',
] as const;
export const DROP_KINDS = [
  'drop.created',
  'drop.changed',
  'drop.scheduled',
  'drop.opened',
  'drop.paused',
  'drop.resumed',
  'drop.closed',
  'drop.duplicated',
  'drop.deleted',
] as const;
export const TIMELINE_KINDS = [...HOLD_KINDS, ...ORDER_KINDS, ...DROP_KINDS, 'stock.adjusted'] as const;
export type TimelineKind = (typeof TIMELINE_KINDS)[number];

/** RFC 3339 UTC with microseconds: texts are in the order of the times. */
const precise = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);

/**
 * Where an entry stands. The order is that of the fields: time, source (`TIMELINE_RANKS`), id of the thing, entry of the thing. It never changes for an
 * entry, and no two have the same.
 */
export const timelineKeySchema = z.object({
  at: precise,
  rank: z.int().min(0).max(9),
  id: z.string().max(200),
  n: z.int().min(0).max(999_999_999),
});
export type TimelineKey = z.infer<typeof timelineKeySchema>;

/** Sources in the order of what they tell of the same microsecond. Each source has one, and its own order below it. */
export const TIMELINE_RANKS = { drop: 0, stock: 1, placed: 2, order: 3, ended: 4 } as const;

const text = z.string().nullable();

export const timelineEntrySchema = z.object({
  key: timelineKeySchema,
  kind: z.enum(TIMELINE_KINDS),
  customerId: text,
  holdId: text,
  orderId: text,
  sku: text,
  quantity: z.int().nullable(),
  outcome: text,
  reason: text,
  actor: actorSchema.or(z.object({ kind: z.literal('shopper'), id })),
});
export type TimelineEntry = z.infer<typeof timelineEntrySchema>;

export const timelineQuerySchema = z.object({
  merchantId: anyId,
  dropId: anyId,
  /** Entries after this one; null: from the first. */
  after: timelineKeySchema.nullable(),
  limit: pageLimit,
  customerId: anyId.optional(),
  kind: z.enum(TIMELINE_KINDS).optional(),
});
export type TimelineQuery = z.infer<typeof timelineQuerySchema>;

/** What one service has of a drop's timeline, in order. */
export const timelinePartSchema = z.object({
  entries: z.array(timelineEntrySchema),
  /** Every entry up to here is in `entries`; a later one may be, too. */
  upTo: timelineKeySchema,
  /** There is nothing more below the horizon: whatever comes later is newer. */
  isLast: z.boolean(),
});
export type TimelinePart = z.infer<typeof timelinePartSchema>;

/** Before every entry of a moment. */
export const startOfMoment = (at: string): TimelineKey => ({ at, rank: 0, id: '', n: 0 });

export function compareKeys(a: TimelineKey, b: TimelineKey): number {
  if (a.at !== b.at) return a.at < b.at ? -1 : 1;
  if (a.rank !== b.rank) return a.rank - b.rank;
  if (a.id !== b.id) return a.id < b.id ? -1 : 1;
  return a.n - b.n;
}

/**
 * Joins parts of one timeline: all entries up to where every part is complete, `limit` of them at most. An entry beyond that is left for the next page,
 * because another part may still have earlier ones.
 */
export function joinTimeline(parts: readonly TimelinePart[], limit: number): TimelinePart {
  const upTo = parts.map((part) => part.upTo).reduce((a, b) => (compareKeys(a, b) <= 0 ? a : b));
  const complete = parts
    .flatMap(({ entries }) => entries)
    .filter(({ key }) => compareKeys(key, upTo) <= 0)
    .sort((a, b) => compareKeys(a.key, b.key));
  const entries = complete.slice(0, limit);
  const isCut = complete.length > limit;
  return {
    entries,
    upTo: isCut ? entries.at(-1)!.key : upTo,
    isLast: !isCut && parts.every((part) => part.isLast || compareKeys(part.upTo, upTo) > 0),
  };
}
