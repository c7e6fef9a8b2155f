import { z } from 'zod';
import {
  bandSchema,
  dropItemSchema,
  dropRecordSchema,
  id,
  LISTED_ITEMS_MAX,
  priceRangeSchema,
  PROBLEMS,
  stockDisplaySchema,
  time,
} from '@holdfast/contracts';

export { holdSchema as hold, orderSchema as order, pageOf } from '@holdfast/contracts';

/** Response schemas for the OpenAPI document. Hot responses are serialized by hand. */

const count = z.int().min(0).max(Number.MAX_SAFE_INTEGER);

const since = {
  version: count.describe('Grows with each change of what is shown; never decreases.'),
  asOf: time,
  stale: z.boolean().describe('`true` while it may be out of date.'),
};
const counts = { available: count, held: count, sold: count, total: count };

const stock = z
  .object({ ...counts, ...since })
  .describe('The counts.')
  .meta({ id: 'Stock' });

const stockBand = z
  .object({
    band: bandSchema.describe(
      '`plenty` from 20 % of the total, `few` below, `last` at 3 or fewer units or 2 %, `none` at 0.',
    ),
    ...since,
  })
  .describe('How many there are in a word, in a drop that shows bands.')
  .meta({ id: 'StockBand' });

const stockHidden = z
  .object(since)
  .describe('Nothing of the counts, in a drop that hides them.')
  .meta({ id: 'StockHidden' });

const soldOut = z
  .boolean()
  .optional()
  .describe('Only in a drop that hides its counts: whether all units are sold or on hold.');

const item = dropItemSchema
  .extend({ stock: z.union([stock, stockBand, stockHidden]), soldOut })
  .meta({ id: 'Item' });

const itemWithCounts = dropItemSchema.extend({ stock }).meta({ id: 'AdminItem' });

const dropFields = dropRecordSchema
  .omit({ revision: true, createdAt: true, admission: true, items: true })
  .extend({
    stockDisplay: stockDisplaySchema.describe('What shoppers see of the counts.'),
    serverTime: time,
  });

export const drop = dropFields.extend({ items: z.array(item) }).meta({ id: 'Drop' });

/** As merchants see it. */
export const dropWithCounts = dropFields.extend({ items: z.array(itemWithCounts) });

const FIRST_ITEMS = 'The first items only. Retrieve the drop for all of them.';
const inList = {
  itemCount: count.describe('Number of items in the drop.'),
  priceRange: priceRangeSchema.nullable().describe('Lowest and highest price of all items.'),
};
const sums = z.object(counts).describe('Sums over all items.');

export const dropSummary = dropFields
  .extend({
    items: z.array(item).max(LISTED_ITEMS_MAX).describe(FIRST_ITEMS),
    ...inList,
    totals: z.union([sums, stockBand, stockHidden]).describe('Of all items together.'),
    soldOut,
  })
  .describe('A drop in a list.')
  .meta({ id: 'DropSummary' });

export const dropSummaryWithCounts = dropFields.extend({
  items: z.array(itemWithCounts).max(LISTED_ITEMS_MAX).describe(FIRST_ITEMS),
  ...inList,
  totals: sums,
});

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
