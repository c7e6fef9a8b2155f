import { LIMITS } from '@holdfast/kernel';
import { z } from 'zod';
import { merchantCommandSchema } from './merchant-command';
import { anyId, cursor, id, moneySchema, pageLimit, time, words } from './values';

/** Bounds of a product, wherever it comes from. */
export const PRODUCT_LIMITS = {
  descriptionLengthMax: 100_000,
  images: 250, // Shopify's limit for one product
  imageUrlLengthMax: 2_048, // accepted by all browsers and proxies
  skus: LIMITS.dropSkusMax,
} as const;

const name = z.string().min(1).max(LIMITS.nameLengthMax);
const sku = z.string().min(1).max(LIMITS.skuLengthMax);
const priceMinor = z.int().min(0).max(LIMITS.priceMinorMax);
const description = z.string().max(PRODUCT_LIMITS.descriptionLengthMax);
const imageUrls = z.array(z.string().max(PRODUCT_LIMITS.imageUrlLengthMax)).max(PRODUCT_LIMITS.images);

/** A SKU of the catalogue. Drops copy name and price, and keep theirs. */
export const productSkuSchema = z.object({ sku, name, price: moneySchema });
export type ProductSku = z.infer<typeof productSkuSchema>;

const skus = z.array(productSkuSchema).max(PRODUCT_LIMITS.skus);

export const productSchema = z.object({
  id,
  handle: z.string(),
  name: z.string(),
  description: z.string(),
  imageUrls: z.array(z.string()),
  skus: z.array(productSkuSchema),
  /** Grows with each change; used for the ETag. */
  revision: z.int(),
  createdAt: time,
  updatedAt: time,
});
export type Product = z.infer<typeof productSchema>;

export const listProductsSchema = z.object({
  merchantId: anyId,
  cursor: cursor.optional(),
  limit: pageLimit,
});
export type ListProducts = z.infer<typeof listProductsSchema>;

export const createProductSchema = merchantCommandSchema.extend({
  /** `handle` null: made from the name. */
  product: z.object({ name, handle: name.nullable(), description, imageUrls, skus }),
});
export type CreateProduct = z.infer<typeof createProductSchema>;

const productChange = z.object({ name, handle: name, description, imageUrls, skus }).partial();
export type ProductChange = z.infer<typeof productChange>;

/** Null: whatever its revision is. */
const ifRevision = z.int().nullable();

export const changeProductSchema = merchantCommandSchema.extend({
  productId: anyId,
  change: productChange,
  ifRevision,
});
export type ChangeProduct = z.infer<typeof changeProductSchema>;

export const deleteProductSchema = merchantCommandSchema.extend({ productId: anyId, ifRevision });
export type DeleteProduct = z.infer<typeof deleteProductSchema>;

/** A SKU, and one of the drops that sell it. */
const skuInDrop = z.object({ sku: z.string(), dropId: z.string() });
export type SkuInDrop = z.infer<typeof skuInDrop>;

const done = z.object({ kind: z.literal('done'), product: productSchema, replayed: z.boolean() });
/** Positions in `skus` of those that another product of the merchant has. */
const skusTaken = z.object({ kind: z.literal('skus-taken'), indexes: z.array(z.int()) });
const inUse = z.object({ kind: z.literal('in-use'), skus: z.array(skuInDrop) });
const keyReused = words('key-reused');

export const createProductOutcomeSchema = z.discriminatedUnion('kind', [
  done,
  skusTaken,
  words('handle-taken'),
  keyReused,
]);
export type CreateProductOutcome = z.infer<typeof createProductOutcomeSchema>;

export const changeProductOutcomeSchema = z.discriminatedUnion('kind', [
  done,
  skusTaken,
  inUse,
  words('handle-taken'),
  words('not-found'),
  words('revision-mismatch'),
  keyReused,
]);
export type ChangeProductOutcome = z.infer<typeof changeProductOutcomeSchema>;

export const deleteProductOutcomeSchema = z.discriminatedUnion('kind', [
  words('deleted'),
  inUse,
  words('not-found'),
  words('revision-mismatch'),
  keyReused,
]);
export type DeleteProductOutcome = z.infer<typeof deleteProductOutcomeSchema>;

// A line of the file that is imported, so that a refusal can name it.
const line = z.int().min(1);
const PART_ROWS_MAX = 1_000;

/** A part of an import: products, and SKUs of these or of products of earlier parts. */
export const productPartSchema = z.object({
  products: z.array(z.object({ handle: name, name, description, imageUrls, line })).max(PART_ROWS_MAX),
  skus: z
    .array(
      z.object({
        handle: name,
        sku,
        name,
        priceMinor,
        currency: z.string().regex(/^[A-Z]{3}$/),
        position: z.int().min(0),
        line,
      }),
    )
    .max(PART_ROWS_MAX),
});
export type ProductPart = z.infer<typeof productPartSchema>;

export const stageProductsSchema = z.object({
  merchantId: anyId,
  /** New for each import. */
  importId: id.max(64),
  number: z.int().min(0).max(100_000),
  part: productPartSchema,
});
export type StageProducts = z.infer<typeof stageProductsSchema>;

export const importProductsSchema = merchantCommandSchema.extend({
  importId: id.max(64),
  /** How many were staged. */
  parts: z.int().min(0),
  /** Only look whether it could be done. */
  dryRun: z.boolean(),
  /** SHA-256 of the file, for the audit. */
  file: z.string().max(128),
});
export type ImportProducts = z.infer<typeof importProductsSchema>;

/** What the catalogue has already: a SKU, or a handle. */
const taken = z.object({ line, what: z.enum(['sku', 'handle']), text: z.string() });

export const importProductsOutcomeSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('imported'), replayed: z.boolean() }),
  z.object({ kind: z.literal('taken'), taken: z.array(taken) }),
  keyReused,
]);
export type ImportProductsOutcome = z.infer<typeof importProductsOutcomeSchema>;
