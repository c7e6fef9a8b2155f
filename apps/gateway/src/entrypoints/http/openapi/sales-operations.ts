import { HOLD_STATES, staffOrderSchema, stockAdjustmentSchema } from '@holdfast/contracts';
import { pageQuery } from '../schemas/inputs';
import { dropOrdersQuery, ordersQuery } from '../schemas/orders-inputs';
import { adjustmentInput, dropHoldsQuery, releaseInput } from '../schemas/stock-inputs';
import type { Operation } from './operation';
import { hold, pageOf } from './schemas';

const BODY_REFUSALS = ['invalid-request', 'payload-too-large', 'unsupported-media-type'] as const;

const CSV_HELP =
  'With `Accept: text/csv` every row is sent as CSV (RFC 4180), one for each line; a cell that would begin a formula gets an apostrophe.';

export const SALES_COMPONENTS = [stockAdjustmentSchema, staffOrderSchema] as const;

/** Stock, holds and orders of a merchant's drops. */
export const SALES_OPERATIONS: readonly Operation[] = [
  {
    method: 'post',
    path: '/v1/admin/drops/{dropId}/stock-adjustments',
    id: 'adjustStock',
    tag: 'Merchant',
    summary: 'Add units to a SKU of a drop, or remove units',
    description: 'Units that are held or sold cannot be removed.',
    idempotent: true,
    body: adjustmentInput,
    success: {
      201: {
        description: 'The adjustment, with the counts just after it.',
        content: stockAdjustmentSchema,
        headers: ['Location', 'Idempotent-Replayed'],
      },
    },
    refusals: ['not-found', 'invalid-transition', 'stock-below-committed'],
  },
  {
    method: 'get',
    path: '/v1/admin/drops/{dropId}/stock-adjustments',
    id: 'listStockAdjustments',
    tag: 'Merchant',
    summary: 'List the stock adjustments of a drop, oldest first',
    query: pageQuery,
    success: { 200: { description: 'A page of results.', content: pageOf(stockAdjustmentSchema) } },
    refusals: ['not-found'],
  },
  {
    method: 'get',
    path: '/v1/admin/drops/{dropId}/holds',
    id: 'listDropHolds',
    tag: 'Merchant',
    summary: 'List the holds of a drop',
    description: `In all states (${HOLD_STATES.join(', ')}) or in one, in the order of their ids. ${CSV_HELP}`,
    query: dropHoldsQuery,
    success: { 200: { description: 'A page of results.', content: pageOf(hold), csv: true } },
    refusals: ['not-found'],
  },
  {
    method: 'post',
    path: '/v1/admin/holds/{holdId}/release',
    id: 'releaseHoldForMerchant',
    tag: 'Merchant',
    summary: 'Release a hold of a shopper',
    description: 'A hold that was released or has expired is answered as it is.',
    idempotent: 'optional',
    body: releaseInput,
    success: { 200: { description: 'The hold.', content: hold, headers: ['Idempotent-Replayed'] } },
    refusals: [...BODY_REFUSALS, 'not-found', 'hold-not-active', 'request-in-progress'],
  },
  {
    method: 'get',
    path: '/v1/admin/drops/{dropId}/orders',
    id: 'listDropOrders',
    tag: 'Merchant',
    summary: 'List the orders of a drop, newest first',
    description: CSV_HELP,
    query: dropOrdersQuery,
    success: { 200: { description: 'A page of results.', content: pageOf(staffOrderSchema), csv: true } },
    refusals: ['not-found'],
  },
  {
    method: 'get',
    path: '/v1/admin/orders',
    id: 'listMerchantOrders',
    tag: 'Merchant',
    summary: 'List the orders of all drops, newest first',
    description: CSV_HELP,
    query: ordersQuery,
    success: { 200: { description: 'A page of results.', content: pageOf(staffOrderSchema), csv: true } },
    refusals: ['invalid-request'],
  },
  {
    method: 'get',
    path: '/v1/admin/orders/{orderId}',
    id: 'getMerchantOrder',
    tag: 'Merchant',
    summary: 'Retrieve an order',
    description: CSV_HELP,
    success: { 200: { description: 'The order.', content: staffOrderSchema, csv: true } },
    refusals: ['not-found'],
  },
];
