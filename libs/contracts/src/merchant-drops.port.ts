import { LIMITS } from '@holdfast/kernel';
import { z } from 'zod';
import { dropRecordSchema, dropStateSchema, priceRangeSchema } from './drop';
import type { Page } from './list-cursor';
import { type MerchantCommand, merchantCommandSchema } from './merchant-command';
import type { DropAction } from './merchant-drop';
import { stockDisplaySchema } from './shown-stock';
import { stockRowSchema } from './stock-view.port';
import { anyId, cursor, id, moneySchema, pageLimit, time } from './values';

/** A drop as its merchant sees it. */
export const merchantDropSchema = dropRecordSchema.extend({
  /** The drop of which this one is the copy for a rehearsal. */
  ghostOf: id.nullable(),
});

/** A drop with the exact counts of its items, at one moment of the ledger's clock. */
export const merchantDropReadSchema = z.object({
  drop: merchantDropSchema,
  stock: z.array(stockRowSchema),
  readAt: time,
});
export type MerchantDropRead = z.infer<typeof merchantDropReadSchema>;

const count = z.int().min(0).max(Number.MAX_SAFE_INTEGER);

/** The same for a list: the first items with their counts, and sums over all. */
export const merchantDropSummarySchema = z.object({
  drop: merchantDropSchema.extend({ itemCount: z.int(), priceRange: priceRangeSchema.nullable() }),
  stock: z.array(stockRowSchema),
  totals: z.object({ available: count, held: count, sold: count, total: count }),
  readAt: time,
});
export type MerchantDropSummary = z.infer<typeof merchantDropSummarySchema>;

const text = z.string().max(LIMITS.dropDescriptionLengthMax);
const optionalTime = z.string().max(40).nullable();

/** An item as a merchant names it: what is left out comes from the product that has the SKU. */
const itemRequestSchema = z.object({
  sku: z.string().max(LIMITS.skuLengthMax),
  total: count,
  name: text.optional(),
  price: moneySchema.optional(),
  imageUrl: text.nullish(),
});
export type DropItemRequest = z.infer<typeof itemRequestSchema>;

/** What a merchant decides about a drop. Times are RFC 3339. */
const dropFields = z.object({
  name: text,
  description: text,
  imageUrl: text.nullable(),
  mode: z.literal('first-come'),
  opensAt: optionalTime,
  closesAt: optionalTime,
  perCustomerLimit: z.int(),
  holdTtlSeconds: z.int(),
  stockDisplay: stockDisplaySchema,
  items: z.array(itemRequestSchema).max(LIMITS.dropSkusMax),
});
export type DropFields = z.infer<typeof dropFields>;
export type DropChange = Partial<DropFields>;

export const merchantDropRefSchema = z.object({ merchantId: anyId, dropId: anyId });
export type MerchantDropRef = z.infer<typeof merchantDropRefSchema>;

export const listMerchantDropsSchema = z.object({
  merchantId: anyId,
  state: dropStateSchema.optional(),
  /** The beginning of a name or an id, without case. */
  q: z.string().max(LIMITS.nameLengthMax).optional(),
  cursor: cursor.optional(),
  limit: pageLimit,
});
export type ListMerchantDrops = z.infer<typeof listMerchantDropsSchema>;

export const createDropSchema = merchantCommandSchema.extend({ drop: dropFields });
export interface CreateMerchantDrop extends MerchantCommand {
  drop: DropFields;
}

const ofDrop = merchantCommandSchema.extend({ dropId: anyId });
export const dropCommandSchema = ofDrop;
export interface DropCommand extends MerchantCommand {
  dropId: string;
}

/** The revisions of If-Match; `any`: whatever there is; null: the header is missing. */
export const wantedRevisionsSchema = z.array(count).max(20).or(z.literal('any')).nullable();
export type WantedRevisions = z.infer<typeof wantedRevisionsSchema>;

export const changeDropSchema = ofDrop.extend({
  change: dropFields.partial(),
  ifMatch: wantedRevisionsSchema,
});
export interface ChangeMerchantDrop extends DropCommand {
  change: DropChange;
  ifMatch: WantedRevisions;
}

export const deleteDropSchema = ofDrop.extend({ ifMatch: wantedRevisionsSchema });
export interface DeleteMerchantDrop extends DropCommand {
  /** Without the header: whatever the revision is. */
  ifMatch: WantedRevisions;
}

export const scheduleDropSchema = ofDrop.extend({
  opensAt: z.string().max(40),
  closesAt: optionalTime.optional(),
});
export interface ScheduleMerchantDrop extends DropCommand {
  opensAt: string;
  /** Undefined: as it is. */
  closesAt?: string | null | undefined;
}

export const stepDropSchema = ofDrop.extend({ action: z.enum(['open', 'pause', 'resume', 'close']) });
export interface StepMerchantDrop extends DropCommand {
  action: DropAction;
}

/** New holds a minute: not more than one drop's requests are let through at all (20,000 a second). */
export const ADMISSION_PER_MINUTE_MAX = 1_200_000;
export const changeAdmissionSchema = ofDrop.extend({
  perMinute: z.int().min(1).max(ADMISSION_PER_MINUTE_MAX).nullable(),
  from: anyId.nullable(),
});
export interface ChangeAdmission extends DropCommand {
  /** Null: no cap. */
  perMinute: number | null;
  /** A rehearsal of the drop that is done; null: the figure is the merchant's own. */
  from: string | null;
}

const fieldErrors = z.array(z.object({ pointer: z.string(), message: z.string() }));
export type FieldErrors = z.infer<typeof fieldErrors>;

const refusals = [
  z.object({ kind: z.literal('invalid'), errors: fieldErrors }),
  z.object({ kind: z.literal('not-found') }),
  z.object({ kind: z.literal('key-reused') }),
  /** No If-Match. */
  z.object({ kind: z.literal('precondition-required') }),
  z.object({ kind: z.literal('revision-mismatch') }),
  z.object({ kind: z.literal('invalid-transition'), state: dropStateSchema }),
  /** The drop would close before it opens. */
  z.object({ kind: z.literal('closing-time-passed') }),
  z.object({ kind: z.literal('locked'), errors: fieldErrors }),
  /** The merchant has `max` drops that are scheduled, open or paused: as many as its quota allows. */
  z.object({ kind: z.literal('too-many-drops'), max: count }),
  /** As many drafts, with those that were deleted within a day. */
  z.object({ kind: z.literal('too-many-drafts'), max: count }),
] as const;
export type DropRefusal = z.infer<(typeof refusals)[number]>;

export const merchantDropOutcomeSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('done'), read: merchantDropReadSchema, replayed: z.boolean() }),
  ...refusals,
]);
export type MerchantDropOutcome = { kind: 'done'; read: MerchantDropRead; replayed: boolean } | DropRefusal;

export const deleteDropOutcomeSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('deleted') }),
  ...refusals,
]);
export type DeleteDropOutcome = { kind: 'deleted' } | DropRefusal;

/** A merchant's own drops, drafts included. Another merchant's drop is an unknown one. Throws `ServiceUnavailable`. */
export abstract class MerchantDrops {
  /** Newest first. Throws `InvalidCursor`. */
  abstract listMerchantDrops(query: ListMerchantDrops): Promise<Page<MerchantDropSummary>>;
  abstract getMerchantDrop(ref: MerchantDropRef): Promise<MerchantDropRead | null>;
  /** Makes a draft. */
  abstract createMerchantDrop(command: CreateMerchantDrop): Promise<MerchantDropOutcome>;
  abstract changeMerchantDrop(command: ChangeMerchantDrop): Promise<MerchantDropOutcome>;
  abstract scheduleMerchantDrop(command: ScheduleMerchantDrop): Promise<MerchantDropOutcome>;
  /** Done, too, where the drop is already in the state that the step leads to. */
  abstract stepMerchantDrop(command: StepMerchantDrop): Promise<MerchantDropOutcome>;
  /** Done, too, where it is so already. `invalid` when `from` is no rehearsal of the drop that is done. */
  abstract changeAdmission(command: ChangeAdmission): Promise<MerchantDropOutcome>;
  /** Makes a draft with the same items and settings, and without times. */
  abstract duplicateMerchantDrop(command: DropCommand): Promise<MerchantDropOutcome>;
  /** Only a drop that never opened. */
  abstract deleteMerchantDrop(command: DeleteMerchantDrop): Promise<DeleteDropOutcome>;
}
