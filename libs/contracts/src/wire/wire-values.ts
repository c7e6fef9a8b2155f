import { LIMITS } from '@holdfast/kernel';
import { z } from 'zod';
import { DROP_STATES, type DropItem, type DropMode, type DropRecord, type DropSummary } from '../drop';
import type { Busy, Hold, HoldLine } from '../hold';
import type { StockRow } from '../stock-view.port';
import { exactly } from './wire-table';

// The gateway hands on what stands in a path, which may have 8 KiB: whether it is an id at all is for the service to say.
const ID_LENGTH_MAX = 8 * 1024;

/** An id that somebody asks for: any text, known or not. */
export const anyId = z.string().max(ID_LENGTH_MAX);
export const cursor = z.string().max(1_000);
export const pageLimit = z.int().min(1).max(LIMITS.pageSizeMax);

export const money = z.object({ amountMinor: z.number(), currency: z.string() });

export const busy = exactly<Busy>()(
  z.object({ kind: z.literal('busy'), retryAfterSeconds: z.number().min(0) }),
);

/** An outcome that says nothing but its name. */
export const word = <K extends string>(kind: K) => z.object({ kind: z.literal(kind) });

export const holdLine = exactly<HoldLine>()(
  z.object({ sku: z.string(), quantity: z.number(), price: money }),
);

export const hold = exactly<Hold>()(
  z.object({
    id: z.string(),
    dropId: z.string(),
    customerId: z.string(),
    state: z.enum(['held', 'confirmed', 'released', 'expired']),
    lines: z.array(holdLine),
    total: money,
    expiresAt: z.string(),
    createdAt: z.string(),
  }),
);

const dropItem = exactly<DropItem>()(
  z.object({ sku: z.string(), name: z.string(), price: money, imageUrl: z.string().nullable() }),
);

const dropMode = exactly<DropMode>()(z.enum(['first-come', 'queue', 'draw']));

export const dropState = z.enum(DROP_STATES);

const recordShape = {
  id: z.string(),
  merchantId: z.string(),
  name: z.string(),
  description: z.string(),
  imageUrl: z.string().nullable(),
  state: dropState,
  mode: dropMode,
  opensAt: z.string().nullable(),
  closesAt: z.string().nullable(),
  perCustomerLimit: z.number(),
  holdTtlSeconds: z.number(),
  revision: z.number(),
  createdAt: z.string(),
  items: z.array(dropItem),
};

export const dropRecord = exactly<DropRecord>()(z.object(recordShape));

export const dropSummary = exactly<DropSummary>()(
  z.object({
    ...recordShape,
    itemCount: z.number(),
    priceRange: z.object({ lowest: money, highest: money }).nullable(),
  }),
);

export const stockRow = exactly<StockRow>()(
  z.object({
    dropId: z.string(),
    sku: z.string(),
    epoch: z.number(),
    version: z.number(),
    total: z.number(),
    available: z.number(),
    held: z.number(),
    sold: z.number(),
    asOf: z.string(),
  }),
);

/** One page of a list. */
export const pageOf = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item), nextCursor: z.string().nullable() });
