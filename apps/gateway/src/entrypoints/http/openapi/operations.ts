import type { z } from 'zod';
import type { ProblemCode } from '../problems/catalogue';
import { dropsQuery, holdInput, holdsQuery, orderInput, pageQuery, sessionInput } from '../schemas/inputs';
import { drop, dropSummary, health, hold, order, pageOf, received, session } from './schemas';

/** An answer that is no refusal. A string is a media type that is no JSON. */
export interface Success {
  description: string;
  content?: z.ZodType | string;
  headers?: readonly ('Location' | 'ETag' | 'Idempotent-Replayed' | 'Set-Cookie')[];
}

export interface Operation {
  method: 'get' | 'post' | 'delete';
  /** As in the address of OpenAPI: `/v1/drops/{dropId}`. */
  path: string;
  id: string;
  tag: 'Shopper' | 'Operators' | 'Sandbox' | 'Providers';
  summary: string;
  description?: string;
  guest?: boolean;
  idempotent?: boolean;
  query?: z.ZodObject;
  body?: z.ZodType;
  bodyOptional?: boolean;
  bodyType?: string;
  success: Record<number, Success>;
  refusals?: readonly ProblemCode[];
}

const LIVE = `Server-Sent Events: \`snapshot\` with the whole drop first, then \`stock\`, \`drop\`, \`stale\`, \`fresh\` and \`heartbeat\`.
\`?for=<seconds>\` ends the stream by itself; a client that sends \`Last-Event-ID\` never gets an older \`version\` than it has seen.`;

const shopper: Operation[] = [
  {
    method: 'post',
    path: '/v1/sessions',
    id: 'openSession',
    tag: 'Shopper',
    summary: 'Open a guest session',
    description: 'With the cookie of an earlier session the customer stays the same.',
    body: sessionInput,
    bodyOptional: true,
    success: { 201: { description: 'A session.', content: session, headers: ['Set-Cookie'] } },
    refusals: ['invalid-request', 'payload-too-large', 'unsupported-media-type'],
  },
  {
    method: 'delete',
    path: '/v1/sessions',
    id: 'endSession',
    tag: 'Shopper',
    summary: 'End the guest session of the cookie',
    description: 'Its refresh tokens are good no more and the cookie is taken away. Repeating it is 204.',
    success: { 204: { description: 'It has ended.', headers: ['Set-Cookie'] } },
    refusals: ['temporarily-unavailable'],
  },
  {
    method: 'get',
    path: '/v1/drops',
    id: 'listDrops',
    tag: 'Shopper',
    summary: 'List drops, newest first',
    query: dropsQuery,
    success: { 200: { description: 'One page.', content: pageOf(dropSummary), headers: ['ETag'] } },
    refusals: ['invalid-request'],
  },
  {
    method: 'get',
    path: '/v1/drops/{dropId}',
    id: 'getDrop',
    tag: 'Shopper',
    summary: 'A drop with its counts',
    success: { 200: { description: 'The drop.', content: drop, headers: ['ETag'] } },
    refusals: ['not-found'],
  },
  {
    method: 'get',
    path: '/v1/drops/{dropId}/live',
    id: 'readLive',
    tag: 'Shopper',
    summary: 'Live counts of a drop',
    description: LIVE,
    success: { 200: { description: 'A stream without end.', content: 'text/event-stream' } },
    refusals: ['invalid-request', 'not-found', 'temporary-reduced-capacity'],
  },
  {
    method: 'post',
    path: '/v1/drops/{dropId}/holds',
    id: 'placeHold',
    tag: 'Shopper',
    summary: 'Place a hold: all lines or none',
    guest: true,
    idempotent: true,
    body: holdInput,
    success: {
      201: { description: 'Held.', content: hold, headers: ['Location', 'Idempotent-Replayed'] },
    },
    refusals: ['drop-not-open', 'drop-closed', 'limit-reached', 'sold-out', 'not-found'],
  },
  {
    method: 'get',
    path: '/v1/holds',
    id: 'listHolds',
    tag: 'Shopper',
    summary: 'Your own live holds, newest first',
    description:
      'Over all drops, or in one with `dropId`. A hold that you have just placed is listed at once.',
    guest: true,
    query: holdsQuery,
    success: { 200: { description: 'One page.', content: pageOf(hold) } },
    refusals: ['invalid-request'],
  },
  {
    method: 'get',
    path: '/v1/holds/{holdId}',
    id: 'getHold',
    tag: 'Shopper',
    summary: 'A hold of your own',
    guest: true,
    success: { 200: { description: 'The hold.', content: hold } },
    refusals: ['not-found'],
  },
  {
    method: 'delete',
    path: '/v1/holds/{holdId}',
    id: 'releaseHold',
    tag: 'Shopper',
    summary: 'Release a hold',
    description: 'Releasing what has ended already is 204, too.',
    guest: true,
    success: { 204: { description: 'Released.' } },
    refusals: ['not-found', 'hold-not-active', 'request-in-progress'],
  },
  {
    method: 'post',
    path: '/v1/orders',
    id: 'placeOrder',
    tag: 'Shopper',
    summary: 'Pay for a hold',
    description:
      'A key belongs to one order: with another body, or with the hold of another drop, it is refused. An order whose total is 0 is paid without a provider.',
    guest: true,
    idempotent: true,
    body: orderInput,
    success: {
      201: { description: 'Settled.', content: order, headers: ['Location', 'Idempotent-Replayed'] },
      202: {
        description: 'The payment is pending: poll the Location.',
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
    summary: 'Your own orders, newest first',
    guest: true,
    query: pageQuery,
    success: { 200: { description: 'One page.', content: pageOf(order) } },
    refusals: ['invalid-request'],
  },
  {
    method: 'get',
    path: '/v1/orders/{orderId}',
    id: 'getOrder',
    tag: 'Shopper',
    summary: 'An order of your own',
    guest: true,
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
    summary: 'What a payment provider tells us, signed over the raw body',
    bodyType: 'application/json',
    success: { 200: { description: 'Taken.', content: received } },
    refusals: ['invalid-request', 'unauthenticated', 'not-found', 'payload-too-large'],
  },
  {
    method: 'get',
    path: '/sandbox/3ds/{reference}',
    id: 'showBankPage',
    tag: 'Sandbox',
    summary: 'The bank page of a payment that asks its shopper',
    success: { 200: { description: 'The page.', content: 'text/html' } },
    refusals: ['not-found'],
  },
  {
    method: 'post',
    path: '/sandbox/3ds/{reference}',
    id: 'answerBankPage',
    tag: 'Sandbox',
    summary: 'Approve or deny, as the form of the bank page does',
    bodyType: 'application/x-www-form-urlencoded',
    success: { 303: { description: 'Back to the shop.', headers: ['Location'] } },
    refusals: ['invalid-request', 'forbidden', 'not-found', 'unsupported-media-type', 'payload-too-large'],
  },
  {
    method: 'get',
    path: '/health/live',
    id: 'isLive',
    tag: 'Operators',
    summary: 'The process runs',
    success: { 200: { description: 'It does.', content: health } },
  },
  {
    method: 'get',
    path: '/health/ready',
    id: 'isReady',
    tag: 'Operators',
    summary: 'Each dependency by its name',
    success: { 200: { description: 'Ready.', content: health } },
  },
  {
    method: 'get',
    path: '/metrics',
    id: 'readMetrics',
    tag: 'Operators',
    summary: 'Metrics for Prometheus',
    success: { 200: { description: 'The metrics.', content: 'text/plain' } },
    refusals: ['unauthenticated', 'not-found'],
  },
];

/** Every operation that the interface describes. A test compares it with the routes that there are. */
export const OPERATIONS: readonly Operation[] = [...shopper, ...others];
