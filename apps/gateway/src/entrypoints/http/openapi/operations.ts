import { dropsQuery, holdInput, holdsQuery, orderInput, pageQuery, sessionInput } from '../schemas/inputs';
import { ACCOUNTS_OPERATIONS } from './accounts-operations';
import { DROPS_OPERATIONS } from './drops-operations';
import { FIGURES_OPERATIONS } from './figures-operations';
import { TIMELINE_OPERATIONS } from './timeline-operations';
import { AUDIT_OPERATIONS } from './audit-operations';
import type { Operation } from './operation';
import { PRODUCTS_OPERATIONS } from './products-operations';
import { REHEARSALS_OPERATIONS } from './rehearsals-operations';
import { SALES_OPERATIONS } from './sales-operations';
import { drop, dropSummary, health, hold, order, pageOf, received, session } from './schemas';

const LIVE = `Server-Sent Events: first \`snapshot\` with the whole drop, then \`stock\`, \`drop\`, \`stale\`, \`fresh\` and \`heartbeat\`.
With \`?for=<seconds>\` the server ends the stream after that time. A client that sends \`Last-Event-ID\` never receives an older \`version\` than it has seen.

In a drop that shows bands, an item of \`stock\` is \`{ "sku", "band", "version" }\`, sent when the band changes; in one that hides its counts \`{ "sku", "soldOut", "version" }\`, sent when it sells out and when units come back. When the merchant changes what is shown, \`snapshot\` comes again.`;

const shopper: Operation[] = [
  {
    method: 'post',
    path: '/v1/sessions',
    id: 'openSession',
    tag: 'Shopper',
    summary: 'Create a guest session',
    description: 'With the cookie of an earlier session, the new session belongs to the same customer.',
    body: sessionInput,
    bodyOptional: true,
    success: { 201: { description: 'The session.', content: session, headers: ['Set-Cookie'] } },
    refusals: ['invalid-request', 'payload-too-large', 'unsupported-media-type'],
  },
  {
    method: 'delete',
    path: '/v1/sessions',
    id: 'endSession',
    tag: 'Shopper',
    summary: 'End the guest session',
    description:
      'Revokes the refresh tokens of the session in the cookie and clears the cookie. Repeating the request returns 204.',
    success: { 204: { description: 'The session has ended.', headers: ['Set-Cookie'] } },
    refusals: ['temporarily-unavailable'],
  },
  {
    method: 'get',
    path: '/v1/drops',
    id: 'listDrops',
    tag: 'Shopper',
    summary: 'List drops, newest first',
    query: dropsQuery,
    success: { 200: { description: 'A page of results.', content: pageOf(dropSummary), headers: ['ETag'] } },
    refusals: ['invalid-request'],
  },
  {
    method: 'get',
    path: '/v1/drops/{dropId}',
    id: 'getDrop',
    tag: 'Shopper',
    summary: 'Retrieve a drop with its stock counts',
    success: { 200: { description: 'The drop.', content: drop, headers: ['ETag'] } },
    refusals: ['not-found'],
  },
  {
    method: 'get',
    path: '/v1/drops/{dropId}/live',
    id: 'readLive',
    tag: 'Shopper',
    summary: 'Stream live stock counts of a drop',
    description: LIVE,
    success: { 200: { description: 'An event stream.', content: 'text/event-stream' } },
    refusals: ['invalid-request', 'not-found', 'temporary-reduced-capacity'],
  },
  {
    method: 'post',
    path: '/v1/drops/{dropId}/holds',
    id: 'placeHold',
    tag: 'Shopper',
    summary: 'Place a hold',
    description: 'Either all lines are held or none.',
    idempotent: true,
    body: holdInput,
    success: {
      201: { description: 'The hold.', content: hold, headers: ['Location', 'Idempotent-Replayed'] },
    },
    refusals: ['drop-not-open', 'drop-closed', 'limit-reached', 'sold-out', 'not-found'],
  },
  {
    method: 'get',
    path: '/v1/holds',
    id: 'listHolds',
    tag: 'Shopper',
    summary: 'List your active holds, newest first',
    description:
      'Across all drops, or in one drop with `dropId`. A hold is listed as soon as it has been placed.',
    query: holdsQuery,
    success: { 200: { description: 'A page of results.', content: pageOf(hold) } },
    refusals: ['invalid-request'],
  },
  {
    method: 'get',
    path: '/v1/holds/{holdId}',
    id: 'getHold',
    tag: 'Shopper',
    summary: 'Retrieve one of your holds',
    success: { 200: { description: 'The hold.', content: hold } },
    refusals: ['not-found'],
  },
  {
    method: 'delete',
    path: '/v1/holds/{holdId}',
    id: 'releaseHold',
    tag: 'Shopper',
    summary: 'Release a hold',
    description: 'Releasing a hold that was released or has expired returns 204.',
    success: { 204: { description: 'The hold was released.' } },
    refusals: ['not-found', 'hold-not-active', 'request-in-progress'],
  },
  {
    method: 'post',
    path: '/v1/orders',
    id: 'placeOrder',
    tag: 'Shopper',
    summary: 'Pay for a hold',
    description:
      'An Idempotency-Key belongs to one order: reusing it with a different body, or with a hold of another drop, is refused. An order whose total is 0 is paid without a payment provider.',
    idempotent: true,
    body: orderInput,
    success: {
      201: {
        description: 'The order is settled.',
        content: order,
        headers: ['Location', 'Idempotent-Replayed'],
      },
      202: {
        description: 'The payment is pending. Poll the URL in Location.',
        content: order,
        headers: ['Location', 'Idempotent-Replayed'],
      },
    },
    refusals: ['payment-declined', 'not-found', 'hold-not-active', 'request-in-progress', 'hold-expired'],
  },
  {
    method: 'get',
    path: '/v1/orders',
    id: 'listOrders',
    tag: 'Shopper',
    summary: 'List your orders, newest first',
    query: pageQuery,
    success: { 200: { description: 'A page of results.', content: pageOf(order) } },
    refusals: ['invalid-request'],
  },
  {
    method: 'get',
    path: '/v1/orders/{orderId}',
    id: 'getOrder',
    tag: 'Shopper',
    summary: 'Retrieve one of your orders',
    success: { 200: { description: 'The order.', content: order } },
    refusals: ['not-found'],
  },
];

const others: Operation[] = [
  {
    method: 'post',
    path: '/v1/payments/webhooks/{provider}',
    id: 'receiveWebhook',
    tag: 'Providers',
    summary: 'Receive a webhook of a payment provider, signed over the raw body',
    bodyType: 'application/json',
    success: { 200: { description: 'The webhook was accepted.', content: received } },
    refusals: ['invalid-request', 'unauthenticated', 'not-found', 'payload-too-large'],
  },
  {
    method: 'get',
    path: '/sandbox/3ds/{reference}',
    id: 'showBankPage',
    tag: 'Sandbox',
    summary: 'Show the bank page of a payment that needs confirmation',
    success: { 200: { description: 'The page.', content: 'text/html' } },
    refusals: ['not-found'],
  },
  {
    method: 'post',
    path: '/sandbox/3ds/{reference}',
    id: 'answerBankPage',
    tag: 'Sandbox',
    summary: 'Approve or deny a payment',
    bodyType: 'application/x-www-form-urlencoded',
    success: { 303: { description: 'Redirect back to the shop.', headers: ['Location'] } },
    refusals: ['invalid-request', 'forbidden', 'not-found', 'unsupported-media-type', 'payload-too-large'],
  },
  {
    method: 'get',
    path: '/health/live',
    id: 'isLive',
    tag: 'Operators',
    summary: 'Liveness: the process is running',
    success: { 200: { description: 'The process is running.', content: health } },
  },
  {
    method: 'get',
    path: '/health/ready',
    id: 'isReady',
    tag: 'Operators',
    summary: 'Readiness: the status of each dependency',
    success: { 200: { description: 'All required dependencies are available.', content: health } },
  },
  {
    method: 'get',
    path: '/metrics',
    id: 'readMetrics',
    tag: 'Operators',
    summary: 'Metrics in Prometheus text format',
    success: { 200: { description: 'The metrics.', content: 'text/plain' } },
    refusals: ['unauthenticated', 'not-found'],
  },
];

/** Every operation of the API. A test compares this list with the registered routes. */
export const OPERATIONS: readonly Operation[] = [
  ...shopper,
  ...ACCOUNTS_OPERATIONS,
  ...DROPS_OPERATIONS,
  ...PRODUCTS_OPERATIONS,
  ...FIGURES_OPERATIONS,
  ...TIMELINE_OPERATIONS,
  ...AUDIT_OPERATIONS,
  ...SALES_OPERATIONS,
  ...REHEARSALS_OPERATIONS,
  ...others,
];
