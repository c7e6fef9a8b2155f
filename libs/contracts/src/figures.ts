import { z } from 'zod';
import { anyId, id, time } from './values';

const count = z.int().min(0).max(Number.MAX_SAFE_INTEGER);
const counts = z.record(z.string().max(100), count);

/**
 * A gateway tells the readers of a drop when they change, and in each slot of this length as long as there are any:
 * what it told holds until its next tick or the end of the slot (define-tick-sums.sql). Divides a minute.
 */
export const READERS_SLOT_SECONDS = 30;
/** How old the newest tick of a gateway may be that still counts as its readers now: a slot, and the way of the next tick. */
export const READERS_COUNT_SECONDS = READERS_SLOT_SECONDS + 5;

/** What one gateway answered for a drop in one second. */
export const tickSchema = z.object({
  dropId: id.max(100),
  /** Since 1970, in seconds. */
  second: count,
  /** Answers to placing a hold. */
  arrivals: count,
  /** Those among them that were refusals, by the code of the problem. */
  refusals: counts,
  /** How long they took, see `LATENCY_BOUNDS_MS`. */
  latencies: counts,
  /** Of the live counts, at the end of the second. */
  readers: count,
});
export type Tick = z.infer<typeof tickSchema>;

export const addTicksSchema = z.object({
  /** The gateway process. */
  source: z.string().min(1).max(100),
  ticks: z.array(tickSchema).max(1_000),
});
export type AddTicks = z.infer<typeof addTicksSchema>;

export const recentTicksQuerySchema = z.object({
  merchantId: anyId,
  dropId: anyId,
  /** Ticks of this second and later ones, since 1970. */
  sinceSecond: count,
});
export type RecentTicksQuery = z.infer<typeof recentTicksQuerySchema>;

/** A tick with the gateway process that sent it: together with its second it is counted once. */
export const sentTickSchema = tickSchema.omit({ dropId: true }).extend({ source: z.string() });
export type SentTick = z.infer<typeof sentTickSchema>;

export const dropStatsSchema = z.object({
  asOf: time,
  items: z.array(z.object({ sku: z.string(), total: count, available: count, held: count, sold: count })),
  holds: z.object({ placed: count, confirmed: count, released: count, expired: count, active: count }),
  refusals: counts,
  /** Of its prices. */
  currency: z.string(),
  /** Null until no SKU has had a unit. */
  soldOutAt: time.nullable(),
  readers: count,
});
export type DropStats = z.infer<typeof dropStatsSchema>;

export const STEP_SECONDS = { '1s': 1, '10s': 10, '1m': 60, '1h': 3_600 } as const;
export type SeriesStep = keyof typeof STEP_SECONDS;
export const SERIES_POINTS_MAX = 10_000;

export const seriesQuerySchema = z.object({
  merchantId: anyId,
  dropId: anyId,
  /** Whole steps; `to` is exclusive. */
  from: time,
  to: time,
  stepSeconds: z.int().min(1).max(3_600),
});
export type SeriesQuery = z.infer<typeof seriesQuerySchema>;

export const seriesPointSchema = z.object({
  t: time,
  arrivals: count,
  holds: count,
  refusals: counts,
  released: count,
  expired: count,
  readers: count,
  p99Ms: z.number().nullable(),
});
export type SeriesPoint = z.infer<typeof seriesPointSchema>;

/** When something happened first, and the ledger's clock. */
export const dropLifeSchema = z.object({ firstAt: time.nullable(), now: time });
export type DropLife = z.infer<typeof dropLifeSchema>;

export const orderStatsSchema = z.object({
  /** By state. */
  orders: counts,
  /** Minor units by currency. */
  captured: counts,
  refunded: counts,
});
export type OrderStats = z.infer<typeof orderStatsSchema>;

export const orderPointSchema = z.object({ t: time, paid: count, failed: count });
export type OrderPoint = z.infer<typeof orderPointSchema>;
