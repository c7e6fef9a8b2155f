import { z } from 'zod';
import { shownTotalsSchema, stockDisplaySchema } from './shown-stock';
import { id, moneySchema, time } from './values';

export const DROP_STATES = ['draft', 'scheduled', 'open', 'paused', 'closed'] as const;
export const dropStateSchema = z.enum(DROP_STATES);
export type DropState = z.infer<typeof dropStateSchema>;

/** One SKU of a drop, without its counts. */
export const dropItemSchema = z.object({
  sku: z.string(),
  name: z.string(),
  imageUrl: z.string().nullable(),
  price: moneySchema,
});
export type DropItem = z.infer<typeof dropItemSchema>;

/**
 * How many new holds a minute the drop takes, over all gateways (null: as many as come), and the rehearsal that the figure is
 * from.
 */
export const admissionSchema = z.object({ perMinute: z.int().nullable(), from: z.string().nullable() });
export type Admission = z.infer<typeof admissionSchema>;
export const NO_ADMISSION: Admission = { perMinute: null, from: null };

/**
 * A drop as the ledger stores it, without counts. `state` is computed by the database's clock when it is
 * read.
 */
export const dropRecordSchema = z.object({
  id,
  merchantId: id,
  name: z.string(),
  description: z.string(),
  imageUrl: z.string().nullable(),
  state: dropStateSchema,
  mode: z.enum(['first-come', 'queue', 'draw']),
  /** Null if not set. */
  opensAt: time.nullable(),
  closesAt: time.nullable(),
  perCustomerLimit: z.int(),
  holdTtlSeconds: z.int(),
  /** What shoppers see of the counts. Missing in answers of older services, which know one way only. */
  stockDisplay: stockDisplaySchema.default('exact'),
  /** Not for shoppers. Missing in answers of older services, which let all in. */
  admission: admissionSchema.default(NO_ADMISSION),
  /** Grows with each change of the record; used for the ETag and to ignore older records. */
  revision: z.int(),
  createdAt: time,
  items: z.array(dropItemSchema),
});
export type DropRecord = z.infer<typeof dropRecordSchema>;
export type DropMode = DropRecord['mode'];

/** Maximum number of a drop's items in a list of drops; a drop may have thousands. */
export const LISTED_ITEMS_MAX = 24;

export const priceRangeSchema = z.object({ lowest: moneySchema, highest: moneySchema });

/** A drop in a list of drops. */
export const dropSummarySchema = dropRecordSchema.extend({
  /** Number of all items; `items` contains the first ones. */
  itemCount: z.int(),
  /** Over all items; null if there are none. */
  priceRange: priceRangeSchema.nullable(),
  /** What shoppers see of the totals instead of the numbers. Missing in answers of older services. */
  shownTotals: shownTotalsSchema.optional(),
});
export type DropSummary = z.infer<typeof dropSummarySchema>;

/**
 * The state of a drop at a moment. A `scheduled` drop opens, and an `open` or `paused` one closes, when its
 * time comes; the sweeper stores the new state a little later, so readers must use this function and not the
 * stored state.
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
