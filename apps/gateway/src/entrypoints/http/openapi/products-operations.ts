import { pageQuery } from '../schemas/inputs';
import { importQuery, productChangeInput, productInput } from '../schemas/product-inputs';
import type { Operation } from './operation';
import { imported, product } from './products-schemas';
import { pageOf } from './schemas';

const BODY_REFUSALS = ['invalid-request', 'payload-too-large', 'unsupported-media-type'] as const;

/** The catalogue of a merchant. */
export const PRODUCTS_OPERATIONS: readonly Operation[] = [
  {
    method: 'get',
    path: '/v1/admin/products',
    id: 'listProducts',
    tag: 'Merchant',
    summary: 'List products, newest first',
    description: 'A page with very large products has fewer of them than `limit`.',
    query: pageQuery,
    success: { 200: { description: 'A page of results.', content: pageOf(product) } },
    refusals: ['invalid-request'],
  },
  {
    method: 'post',
    path: '/v1/admin/products',
    id: 'createProduct',
    tag: 'Merchant',
    summary: 'Create a product',
    description: 'Without `handle` one is made from the name. A SKU is unique for a merchant.',
    idempotent: 'optional',
    body: productInput,
    success: {
      201: {
        description: 'The product.',
        content: product,
        headers: ['Location', 'ETag', 'Idempotent-Replayed'],
      },
    },
    refusals: [...BODY_REFUSALS, 'conflict'],
  },
  {
    method: 'post',
    path: '/v1/admin/products/import',
    id: 'importProducts',
    tag: 'Merchant',
    summary: "Import products from an export in Shopify's CSV format",
    description:
      'All products of the file or none. With `dry-run` nothing is imported and the answer is the same; with `skip-bad` rows that are invalid are left out instead; ' +
      "`include-hidden` takes products that are unlisted or not published, and gift cards. Prices are in `currency`, by default the merchant's.",
    idempotent: 'optional',
    query: importQuery,
    bodyType: 'text/csv',
    success: {
      200: { description: 'What was imported.', content: imported, headers: ['Idempotent-Replayed'] },
    },
    refusals: [...BODY_REFUSALS, 'conflict', 'invalid-import', 'temporary-reduced-capacity'],
  },
  {
    method: 'get',
    path: '/v1/admin/products/{productId}',
    id: 'getProduct',
    tag: 'Merchant',
    summary: 'Retrieve a product',
    success: { 200: { description: 'The product.', content: product, headers: ['ETag'] } },
    refusals: ['not-found'],
  },
  {
    method: 'patch',
    path: '/v1/admin/products/{productId}',
    id: 'changeProduct',
    tag: 'Merchant',
    summary: 'Change a product',
    description:
      '`skus` replaces the whole list. A drop that was made from the product keeps its names and prices.',
    ifMatch: 'optional',
    body: productChangeInput,
    success: { 200: { description: 'The product as changed.', content: product, headers: ['ETag'] } },
    refusals: [...BODY_REFUSALS, 'not-found', 'precondition-failed', 'conflict', 'in-use'],
  },
  {
    method: 'delete',
    path: '/v1/admin/products/{productId}',
    id: 'deleteProduct',
    tag: 'Merchant',
    summary: 'Delete a product that no drop sells',
    ifMatch: 'optional',
    success: { 204: { description: 'Deleted.' } },
    refusals: ['not-found', 'precondition-failed', 'in-use'],
  },
];
