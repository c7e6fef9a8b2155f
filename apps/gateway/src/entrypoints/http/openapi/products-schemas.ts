import { z } from 'zod';
import { moneySchema, time } from '@holdfast/contracts';

const sku = z.object({ sku: z.string(), name: z.string(), price: moneySchema });

export const product = z
  .object({
    id: z.string().min(1),
    handle: z.string(),
    name: z.string(),
    description: z.string(),
    imageUrls: z.array(z.string()),
    skus: z.array(sku),
    revision: z.int().describe('Grows with each change; in quotes it is the `ETag`, for `If-Match`.'),
    createdAt: time,
    updatedAt: time,
  })
  .meta({ id: 'Product' });

const line = z.int().describe('Line of the file where the record starts; the header is line 1.');

export const imported = z
  .object({
    dropId: z.null(),
    products: z.int(),
    skus: z.int(),
    units: z.int().describe('Quantities in the file. The catalogue has no stock.'),
    rejected: z.array(z.object({ line, reason: z.string() })).describe('Rows that were left out.'),
    notes: z.array(z.object({ line, note: z.string() })).describe('What was taken otherwise than written.'),
  })
  .meta({ id: 'ProductImport' });

export const PRODUCTS_COMPONENTS = [product, imported] as const;
