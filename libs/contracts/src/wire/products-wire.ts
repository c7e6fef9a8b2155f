import { z } from 'zod';
import {
  changeProductOutcomeSchema,
  changeProductSchema,
  createProductOutcomeSchema,
  createProductSchema,
  deleteProductOutcomeSchema,
  deleteProductSchema,
  importProductsOutcomeSchema,
  importProductsSchema,
  listProductsSchema,
  productSchema,
  stageProductsSchema,
} from '../product';
import type { Products } from '../products.port';
import { anyId, pageOf, words } from '../values';
import type { WireTable } from './wire-table';

/** 20,000 SKUs take a few seconds, on a busy machine more. */
const IMPORT_DEADLINE_MS = 30_000;

/**
 * The catalogue's calls to inventory, at any instance: none keeps anything of it in memory. An import travels in parts: a file of 16 MiB would
 * not fit into a frame, and reading one frame of that size would stop everything else for a tenth of a second.
 */
export const PRODUCTS_WIRE: WireTable<Products> = {
  listProducts: { input: [listProductsSchema], answer: pageOf(productSchema) },
  getProduct: {
    input: [z.object({ merchantId: anyId, productId: anyId })],
    answer: productSchema.nullable(),
  },
  createProduct: { input: [createProductSchema], answer: createProductOutcomeSchema, alone: true },
  changeProduct: { input: [changeProductSchema], answer: changeProductOutcomeSchema, alone: true },
  deleteProduct: { input: [deleteProductSchema], answer: deleteProductOutcomeSchema },
  stageProducts: { input: [stageProductsSchema], answer: words('staged'), alone: true },
  importProducts: {
    input: [importProductsSchema],
    answer: importProductsOutcomeSchema,
    deadlineMs: IMPORT_DEADLINE_MS,
  },
};
