import { LIMITS } from '@holdfast/kernel';
import { z } from 'zod';
import type {
  ConfirmOutcome,
  ExtendOutcome,
  HoldRef,
  PayForHold,
  PlaceHold,
  PlaceOutcome,
  ReleaseOutcome,
  RetakeOutcome,
  ReturnOutcome,
  YieldOutcome,
} from '../hold';
import type { InventoryClient, ListDrops, ListHolds } from '../inventory-client.port';
import type { Shortage } from '../shortage';
import { exactly, type WireTable } from './wire-table';
import {
  anyId,
  busy,
  cursor,
  dropRecord,
  dropSummary,
  dropState,
  hold,
  pageLimit,
  pageOf,
  stockRow,
  word,
} from './wire-values';

const networkId = z
  .int()
  .min(0)
  .max(2 ** 48 - 1);

const placeHold = exactly<PlaceHold>()(
  z.object({
    dropId: anyId,
    customerId: anyId,
    key: z.string().min(1).max(LIMITS.idempotencyKeyLengthMax),
    bodyHash: z.string().min(1).max(128),
    lines: z
      .array(
        z.object({
          sku: z.string().min(1).max(LIMITS.skuLengthMax),
          quantity: z.int().min(1).max(LIMITS.quantityMax),
        }),
      )
      .min(1)
      .max(LIMITS.linesMax),
    // Optional: a gateway of the version before sends none.
    network: z.object({ id: networkId, blockId: networkId.nullable() }).nullable().optional(),
  }),
);

const holdRef = exactly<HoldRef>()(z.object({ holdId: anyId, customerId: anyId }));
const payForHold = exactly<PayForHold>()(z.object({ holdId: anyId, customerId: anyId, orderId: anyId }));

const listHolds = exactly<ListHolds>()(
  z.object({ customerId: anyId, dropId: anyId.optional(), cursor: cursor.optional(), limit: pageLimit }),
);

const listDrops = exactly<ListDrops>()(
  z.object({ state: dropState.optional(), cursor: cursor.optional(), limit: pageLimit }),
);

const placeOutcome = exactly<PlaceOutcome>()(
  z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('held'), hold, replayed: z.boolean() }),
    word('key-reused'),
    word('drop-not-found'),
    z.object({ kind: z.literal('unknown-sku'), lineIndexes: z.array(z.number()) }),
    z.object({
      kind: z.literal('refused'),
      reason: z.enum(['drop-not-open', 'drop-closed', 'limit-reached', 'sold-out']),
      shortLines: z.array(z.number()),
      limitOf: z.enum(['customer', 'network']).optional(),
    }),
    busy,
  ]),
);

const releaseOutcome = exactly<ReleaseOutcome>()(
  z.discriminatedUnion('kind', [
    word('released'),
    word('not-found'),
    word('confirmed'),
    word('payment-in-flight'),
    busy,
  ]),
);

const extendOutcome = exactly<ExtendOutcome>()(
  z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('extended'), hold }),
    word('not-found'),
    word('expired'),
    word('not-active'),
    word('payment-in-flight'),
    busy,
  ]),
);

const confirmOutcome = exactly<ConfirmOutcome>()(
  z.discriminatedUnion('kind', [
    word('confirmed'),
    word('not-found'),
    word('expired'),
    word('not-active'),
    busy,
  ]),
);

const yieldOutcome = exactly<YieldOutcome>()(
  z.discriminatedUnion('kind', [word('yielded'), word('not-found'), word('not-active'), busy]),
);

const retakeOutcome = exactly<RetakeOutcome>()(
  z.discriminatedUnion('kind', [word('confirmed'), word('not-found'), word('short'), busy]),
);

const returnOutcome = exactly<ReturnOutcome>()(
  z.discriminatedUnion('kind', [word('returned'), word('not-found'), busy]),
);

const shortage = exactly<Shortage>()(
  z.object({
    dropId: z.string(),
    perCustomerLimit: z.number(),
    openForMs: z.number().nullable(),
    available: z.array(z.object({ sku: z.string(), units: z.number() })),
    customers: z.array(z.string()),
  }),
);

/** Every call to inventory as it travels between the services. */
export const INVENTORY_WIRE: WireTable<InventoryClient> = {
  placeHold: { input: [placeHold], answer: placeOutcome },
  releaseHold: { input: [holdRef], answer: releaseOutcome },
  getHold: { input: [holdRef], answer: hold.nullable() },
  listHolds: { input: [listHolds], answer: pageOf(hold) },
  extendHold: { input: [payForHold], answer: extendOutcome },
  confirmHold: { input: [payForHold], answer: confirmOutcome },
  yieldHold: { input: [payForHold], answer: yieldOutcome },
  releaseForOrder: { input: [payForHold], answer: releaseOutcome },
  retakeHold: { input: [payForHold], answer: retakeOutcome },
  returnHold: { input: [payForHold], answer: returnOutcome },
  listDrops: { input: [listDrops], answer: pageOf(dropSummary) },
  getDrop: { input: [anyId], answer: dropRecord.nullable() },
  shortageOf: { input: [anyId], answer: shortage.nullable() },
  stockOf: { input: [anyId], answer: z.array(stockRow) },
};
