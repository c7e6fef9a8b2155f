import { z } from 'zod';
import { PRODUCT_LIMITS } from '@holdfast/contracts';
import { isCurrency, LIMITS } from '@holdfast/kernel';
import { imageAddress, storable } from './inputs';

/** Text on one line that says something. */
const words = (lengthMax: number) =>
  z
    .string()
    .refine((text) => text.trim() !== '', 'must not be empty')
    .max(lengthMax, `must have at most ${lengthMax} characters`)
    .refine((text) => storable(text) && !/\p{Cc}/u.test(text), 'contains invalid characters');

const price = z.strictObject({
  amountMinor: z
    .int('must be a whole number')
    .min(0, 'must not be negative')
    .max(LIMITS.priceMinorMax, `must be at most ${LIMITS.priceMinorMax}`),
  currency: z.string().refine(isCurrency, 'must be an ISO 4217 code, such as EUR'),
});

const sku = z.strictObject({ sku: words(LIMITS.skuLengthMax), name: words(LIMITS.nameLengthMax), price });

const skus = z
  .array(sku)
  .min(1, 'must have at least one SKU')
  .max(PRODUCT_LIMITS.skus, `must have at most ${PRODUCT_LIMITS.skus} SKUs`)
  .superRefine((all, context) => {
    const seen = new Set<string>();
    for (const [at, { sku }] of all.entries()) {
      if (seen.has(sku)) context.addIssue({ code: 'custom', path: [at, 'sku'], message: 'is there twice' });
      seen.add(sku);
    }
  });

const fields = {
  name: words(LIMITS.nameLengthMax),
  handle: words(LIMITS.nameLengthMax),
  description: z
    .string()
    .max(PRODUCT_LIMITS.descriptionLengthMax, 'is too long')
    .refine(storable, 'contains invalid characters'),
  imageUrls: z
    .array(imageAddress(PRODUCT_LIMITS.imageUrlLengthMax))
    .max(PRODUCT_LIMITS.images, `must have at most ${PRODUCT_LIMITS.images} entries`),
  skus,
};

/** `POST /v1/admin/products` */
export const productInput = z.strictObject({
  ...fields,
  handle: fields.handle.optional(),
  description: fields.description.default(''),
  imageUrls: fields.imageUrls.default([]),
});

/** `PATCH /v1/admin/products/{productId}` */
export const productChangeInput = z.strictObject(fields).partial();

const flag = z
  .enum(['true', 'false'], 'must be true or false')
  .default('false')
  .transform((text) => text === 'true');

/** `POST /v1/admin/products/import` */
export const importQuery = z.object({
  'dry-run': flag,
  'skip-bad': flag,
  'include-hidden': flag,
  currency: z
    .string('must be given once')
    .refine(isCurrency, 'must be an ISO 4217 code, such as EUR')
    .optional(),
});
