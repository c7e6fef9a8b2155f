import { z } from 'zod';
import { DROP_STATES, LISTED_ITEMS_MAX } from '@holdfast/contracts';
import { PROBLEMS } from '../problems/catalogue';

/** What the interface answers, for its description. The answers themselves are written by hand where they are hot. */

const id = z.string().min(1);
const time = z.iso.datetime().describe('RFC 3339, UTC');
const count = z.int().min(0).max(Number.MAX_SAFE_INTEGER);

export const money = z
  .object({ amountMinor: z.int(), currency: z.string().regex(/^[A-Z]{3}$/) })
  .describe('An amount in the minor unit of its currency: 12900 EUR is €129.00.')
  .meta({ id: 'Money' });

const stock = z
  .object({
    available: count,
    held: count,
    sold: count,
    total: count,
    version: count.describe('Only ever grows.'),
    asOf: time,
    stale: z.boolean().describe('True while the source of counts is behind.'),
  })
  .meta({ id: 'Stock' });

const item = z
  .object({ sku: z.string(), name: z.string(), imageUrl: z.string().nullable(), price: money, stock })
  .meta({ id: 'Item' });

export const drop = z
  .object({
    id,
    merchantId: id,
    name: z.string(),
    description: z.string(),
    imageUrl: z.string().nullable(),
    state: z.enum(DROP_STATES),
    mode: z.enum(['first-come', 'queue', 'draw']),
    opensAt: time.nullable(),
    closesAt: time.nullable(),
    perCustomerLimit: z.int(),
    holdTtlSeconds: z.int(),
    serverTime: time,
    items: z.array(item),
  })
  .meta({ id: 'Drop' });

export const dropSummary = drop
  .extend({
    items: z.array(item).max(LISTED_ITEMS_MAX).describe('The first ones; all are in the drop itself.'),
    itemCount: count.describe('How many items the drop has.'),
    priceRange: z.object({ lowest: money, highest: money }).nullable().describe('Over all items.'),
    totals: z
      .object({ available: count, held: count, sold: count, total: count })
      .describe('The sums over all items.'),
  })
  .describe('A drop as a list of drops has it.')
  .meta({ id: 'DropSummary' });

const holdLine = z.object({ sku: z.string(), quantity: z.int(), price: money }).meta({ id: 'Line' });

export const hold = z
  .object({
    id,
    dropId: id,
    customerId: id,
    state: z.enum(['held', 'confirmed', 'released', 'expired']),
    lines: z.array(holdLine),
    total: money,
    expiresAt: time,
    createdAt: time,
  })
  .meta({ id: 'Hold' });

export const order = z
  .object({
    id,
    holdId: id,
    dropId: id,
    state: z.enum(['pending', 'paid', 'failed', 'cancelled', 'refunding', 'refunded']),
    lines: z.array(holdLine),
    total: money,
    payment: z.object({
      provider: z
        .string()
        .describe('`none` when the total is 0: paid without a provider, `captured` and without a reference.'),
      reference: z.string().nullable(),
      state: z.enum([
        'pending',
        'requires-action',
        'authorized',
        'captured',
        'declined',
        'voided',
        'refunded',
      ]),
      nextAction: z.object({ type: z.literal('redirect'), url: z.string() }).optional(),
    }),
    reason: z.string().optional(),
    createdAt: time,
  })
  .meta({ id: 'Order' });

export const session = z
  .object({
    accessToken: z.string(),
    tokenType: z.literal('Bearer'),
    expiresIn: z.int().describe('Seconds.'),
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
      .describe('Of `limit-reached`: the unpaid units of the whole network, not one customer’s units.'),
  })
  .describe('A refusal (RFC 9457).')
  .meta({ id: 'Problem' });

export const health = z.object({ status: z.string() }).catchall(z.unknown()).meta({ id: 'Health' });

export const received = z.object({ received: z.literal(true) });

export function pageOf(of: z.ZodType) {
  return z.object({ items: z.array(of), nextCursor: z.string().nullable() });
}
