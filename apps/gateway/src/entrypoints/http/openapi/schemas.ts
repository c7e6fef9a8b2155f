import { z } from 'zod';
import {
  dropItemSchema,
  dropRecordSchema,
  id,
  LISTED_ITEMS_MAX,
  priceRangeSchema,
  PROBLEMS,
  time,
} from '@holdfast/contracts';

export { holdSchema as hold, orderSchema as order, pageOf } from '@holdfast/contracts';

/** Response schemas for the OpenAPI document. Hot responses are serialized by hand. */

const count = z.int().min(0).max(Number.MAX_SAFE_INTEGER);

const stock = z
  .object({
    available: count,
    held: count,
    sold: count,
    total: count,
    version: count.describe('Grows with each change; never decreases.'),
    asOf: time,
    stale: z.boolean().describe('`true` while the counts may be out of date.'),
  })
  .meta({ id: 'Stock' });

const item = dropItemSchema.extend({ stock }).meta({ id: 'Item' });

export const drop = dropRecordSchema
  .omit({ revision: true, createdAt: true, items: true })
  .extend({ serverTime: time, items: z.array(item) })
  .meta({ id: 'Drop' });

export const dropSummary = drop
  .extend({
    items: z
      .array(item)
      .max(LISTED_ITEMS_MAX)
      .describe('The first items only. Retrieve the drop for all of them.'),
    itemCount: count.describe('Number of items in the drop.'),
    priceRange: priceRangeSchema.nullable().describe('Lowest and highest price of all items.'),
    totals: z
      .object({ available: count, held: count, sold: count, total: count })
      .describe('Sums over all items.'),
  })
  .describe('A drop in a list.')
  .meta({ id: 'DropSummary' });

export const session = z
  .object({
    accessToken: z.string(),
    tokenType: z.literal('Bearer'),
    expiresIn: z.int().describe('Seconds until the access token expires.'),
    customerId: id,
  })
  .meta({ id: 'Session' });

export const problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    instance: z.string(),
    code: z.enum(Object.keys(PROBLEMS) as [string, ...string[]]),
    traceId: z.string(),
    errors: z.array(z.object({ pointer: z.string(), message: z.string() })).optional(),
    limitOf: z
      .literal('network')
      .optional()
      .describe(
        'With `limit-reached`: the limit on unpaid units of the whole network was reached, not the limit per customer.',
      ),
  })
  .describe('Problem details (RFC 9457).')
  .meta({ id: 'Problem' });

export const health = z.object({ status: z.string() }).catchall(z.unknown()).meta({ id: 'Health' });

export const received = z.object({ received: z.literal(true) });
