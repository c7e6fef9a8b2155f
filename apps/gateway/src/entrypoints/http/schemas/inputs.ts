import { z } from 'zod';
import { DROP_STATES, emailAddress } from '@holdfast/contracts';
import { isDropId, LIMITS } from '@holdfast/kernel';

/** Text that a database can hold: NUL and half a surrogate pair cannot be stored, so they cannot be meant either. */
export const storable = (text: string) => !text.includes('\0') && !/\p{Surrogate}/u.test(text);

export const sku = z
  .string()
  .min(1, 'must not be empty')
  .max(LIMITS.skuLengthMax, `must have at most ${LIMITS.skuLengthMax} characters`)
  .refine(storable, 'contains invalid characters');

const quantity = z
  .int('must be a whole number')
  .min(1, 'must be at least 1')
  .max(LIMITS.quantityMax, `must be at most ${LIMITS.quantityMax}`);

/** On the web, or a path of the shop. `javascript:` and the like are no pictures. */
export const imageAddress = (lengthMax: number) =>
  z
    .string()
    .max(lengthMax, 'is too long')
    .refine(storable, 'contains invalid characters')
    .refine(
      (text) => /^\/(?!\/)/.test(text) || (/^https?:\/\//i.test(text) && URL.canParse(text)),
      'must be an http or https address',
    );

const line = z.strictObject({ sku, quantity });

/** `POST /v1/drops/{dropId}/holds` */
export const holdInput = z.strictObject({
  lines: z
    .array(line)
    .min(1, 'must have at least one line')
    .max(LIMITS.linesMax, `must have at most ${LIMITS.linesMax} lines`),
});

/** `POST /v1/orders` */
export const orderInput = z.strictObject({
  holdId: z.string().min(1, 'must not be empty').max(200, 'is too long'),
  payment: z.strictObject({
    method: z.literal('card', 'must be "card"'),
    token: z.string().regex(/^[\x21-\x7e]{1,255}$/, 'must be 1 to 255 visible characters'),
  }),
  email: emailAddress,
});

/** `POST /v1/sessions` */
export const sessionInput = z.strictObject({});

const limit = z
  .string()
  .regex(/^[1-9]\d{0,2}$/, `must be a whole number from 1 to ${LIMITS.pageSizeMax}`)
  .transform(Number)
  .refine((n) => n <= LIMITS.pageSizeMax, `must be at most ${LIMITS.pageSizeMax}`)
  .default(LIMITS.pageSizeDefault);

const cursor = z
  .string('must be given once')
  .min(1, 'must not be empty')
  .max(500, 'is too long')
  .refine(storable);

/** Unknown parameters are ignored: proxies and trackers add their own, and only bodies are refused for what they carry too much. */
export const pageQuery = z.object({ cursor: cursor.optional(), limit });

/** `GET /v1/drops`: a draft is nothing that a shopper can ask for. */
export const dropsQuery = pageQuery.extend({
  state: z
    .enum(
      DROP_STATES.filter((state) => state !== 'draft'),
      'must be one of scheduled, open, paused, closed',
    )
    .optional(),
});

const ID = /^[0-9A-Za-z_-]{1,64}$/;

/** Names of providers and payments that cannot be ours are not found without asking anybody. */
export function looksLikeId(text: string): boolean {
  return ID.test(text);
}

/** `GET /v1/holds`: live holds are the only ones that are listed. */
export const holdsQuery = pageQuery.extend({
  state: z.literal('held', 'must be held').optional(),
  dropId: z.string('must be given once').refine(isDropId, 'must be the id of a drop').optional(),
});
