import { z } from 'zod';
import { ADMISSION_PER_MINUTE_MAX, DROP_STATES, STOCK_DISPLAYS } from '@holdfast/contracts';
import { DROP_DEFAULTS, isCurrency, LIMITS } from '@holdfast/kernel';
import { imageAddress, pageQuery, storable } from './inputs';

const text = (lengthMax: number) =>
  z
    .string()
    .max(lengthMax, `must have at most ${lengthMax} characters`)
    .refine(storable, 'contains invalid characters');
const filled = (lengthMax: number) => text(lengthMax).refine((it) => it.trim() !== '', 'must not be empty');
const whole = (min: number, max: number) =>
  z.int('must be a whole number').min(min, `must be at least ${min}`).max(max, `must be at most ${max}`);

const YEAR_MAX = 9999; // RFC 3339 has no later years
const time = z.iso
  .datetime({ offset: true, error: 'must be a time such as 2027-01-01T00:00:00Z' })
  .max(40, 'is too long')
  .refine((it) => {
    const at = new Date(it);
    return at.getTime() >= 0 && at.getUTCFullYear() <= YEAR_MAX;
  }, 'must be a time from 1970 to 9999')
  .transform((it) => new Date(it).toISOString());

const imageUrl = imageAddress(LIMITS.imageUrlLengthMax).nullable();

const item = z.strictObject({
  sku: filled(LIMITS.skuLengthMax),
  total: whole(0, LIMITS.skuUnitsMax),
  name: filled(LIMITS.nameLengthMax).optional(),
  price: z
    .strictObject({
      amountMinor: whole(0, LIMITS.priceMinorMax),
      currency: z.string().refine(isCurrency, 'must be a currency code, such as EUR'),
    })
    .optional(),
  imageUrl: imageUrl.optional(),
});

const fields = {
  name: filled(LIMITS.nameLengthMax),
  description: text(LIMITS.dropDescriptionLengthMax),
  imageUrl,
  mode: z.literal('first-come', 'must be "first-come"'),
  opensAt: time.nullable(),
  closesAt: time.nullable(),
  perCustomerLimit: whole(LIMITS.perCustomerLimitMin, LIMITS.perCustomerLimitMax),
  holdTtlSeconds: whole(LIMITS.holdTtlSecondsMin, LIMITS.holdTtlSecondsMax),
  stockDisplay: z.enum(STOCK_DISPLAYS, `must be one of ${STOCK_DISPLAYS.join(', ')}`),
  items: z
    .array(item)
    .min(1, 'must have at least one item')
    .max(LIMITS.dropSkusMax, `must have at most ${LIMITS.dropSkusMax} items`),
};

/** `POST /v1/admin/drops` */
export const dropInput = z.strictObject({
  ...fields,
  description: fields.description.default(''),
  imageUrl: fields.imageUrl.default(null),
  mode: fields.mode.default('first-come'),
  opensAt: fields.opensAt.default(null),
  closesAt: fields.closesAt.default(null),
  perCustomerLimit: fields.perCustomerLimit.default(DROP_DEFAULTS.perCustomerLimit),
  holdTtlSeconds: fields.holdTtlSeconds.default(DROP_DEFAULTS.holdTtlSeconds),
  stockDisplay: fields.stockDisplay.default('exact'),
});

/** `PATCH /v1/admin/drops/{dropId}` */
export const dropChangeInput = z.strictObject(fields).partial();

/** `POST /v1/admin/drops/{dropId}/schedule` */
export const scheduleInput = z.strictObject({ opensAt: time, closesAt: time.nullish() });

/** `PUT /v1/admin/drops/{dropId}/admission` */
export const admissionInput = z.strictObject({
  perMinute: whole(1, ADMISSION_PER_MINUTE_MAX)
    .nullable()
    .describe('New holds a minute; null: as many as come.'),
  from: filled(64).nullable().default(null).describe('ID of the rehearsal that the figure is from.'),
});

/** `GET /v1/admin/drops` */
export const merchantDropsQuery = pageQuery.extend({
  state: z.enum(DROP_STATES, `must be one of ${DROP_STATES.join(', ')}`).optional(),
  q: text(LIMITS.nameLengthMax).optional(),
});
