import { nothingInput } from '../schemas/accounts-inputs';
import { dropChangeInput, dropInput, merchantDropsQuery, scheduleInput } from '../schemas/drop-inputs';
import { adminDrop, adminDropSummary } from './drops-schemas';
import type { Operation } from './operation';
import { pageOf } from './schemas';

const BODY_REFUSALS = ['invalid-request', 'payload-too-large', 'unsupported-media-type'] as const;
const MADE = { content: adminDrop, headers: ['Location', 'ETag', 'Idempotent-Replayed'] } as const;
const DONE = { content: adminDrop, headers: ['ETag', 'Idempotent-Replayed'] } as const;

function step(name: string, summary: string, description: string): Operation {
  return {
    method: 'post',
    path: `/v1/admin/drops/{dropId}/${name}`,
    id: `${name}Drop`,
    tag: 'Merchant',
    summary,
    description: `${description} Where it is in that state already, nothing changes.`,
    idempotent: 'optional',
    body: nothingInput,
    bodyOptional: true,
    success: { 200: { description: 'The drop.', ...DONE } },
    refusals: [...BODY_REFUSALS, 'not-found', 'invalid-transition', 'conflict'],
  };
}

/** The drops of a merchant. */
export const DROPS_OPERATIONS: readonly Operation[] = [
  {
    method: 'get',
    path: '/v1/admin/drops',
    id: 'listOwnDrops',
    tag: 'Merchant',
    summary: 'List the drops of the merchant, drafts included, newest first',
    description: '`q` is the beginning of a name or an ID, in upper or lower case.',
    query: merchantDropsQuery,
    success: { 200: { description: 'A page of results.', content: pageOf(adminDropSummary) } },
    refusals: ['invalid-request'],
  },
  {
    method: 'post',
    path: '/v1/admin/drops',
    id: 'createDrop',
    tag: 'Merchant',
    summary: 'Create a draft',
    description:
      'Name and price of an item come from the product that has the SKU unless they are given; a SKU that no product has needs both.',
    idempotent: 'optional',
    body: dropInput,
    success: { 201: { description: 'The draft.', ...MADE } },
    refusals: [...BODY_REFUSALS, 'conflict'],
  },
  {
    method: 'get',
    path: '/v1/admin/drops/{dropId}',
    id: 'getOwnDrop',
    tag: 'Merchant',
    summary: 'Retrieve a drop of the merchant',
    success: { 200: { description: 'The drop.', content: adminDrop, headers: ['ETag'] } },
    refusals: ['not-found'],
  },
  {
    method: 'patch',
    path: '/v1/admin/drops/{dropId}',
    id: 'changeDrop',
    tag: 'Merchant',
    summary: 'Change a drop',
    description:
      'Needs `If-Match`. Before the drop opens everything can change, and `items` is the whole list; afterwards only `name`, `description`, ' +
      '`imageUrl`, `closesAt`, `stockDisplay` and, upwards, `perCustomerLimit`.',
    ifMatch: true,
    body: dropChangeInput,
    success: { 200: { description: 'The drop as changed.', content: adminDrop, headers: ['ETag'] } },
    refusals: [...BODY_REFUSALS, 'not-found', 'precondition-required', 'precondition-failed', 'drop-locked'],
  },
  {
    method: 'delete',
    path: '/v1/admin/drops/{dropId}',
    id: 'deleteDrop',
    tag: 'Merchant',
    summary: 'Delete a drop that has never opened',
    ifMatch: 'optional',
    success: { 204: { description: 'Deleted.' } },
    refusals: ['not-found', 'precondition-failed', 'invalid-transition'],
  },
  {
    method: 'post',
    path: '/v1/admin/drops/{dropId}/schedule',
    id: 'scheduleDrop',
    tag: 'Merchant',
    summary: 'Schedule a draft, or move the times of a scheduled drop',
    idempotent: 'optional',
    body: scheduleInput,
    success: { 200: { description: 'The scheduled drop.', ...DONE } },
    refusals: [...BODY_REFUSALS, 'not-found', 'invalid-transition', 'conflict'],
  },
  step('open', 'Open a drop now', 'From draft or scheduled to open.'),
  step('pause', 'Stop new holds', 'From open to paused. Holds that exist can still be paid.'),
  step('resume', 'Take new holds again', 'From paused to open.'),
  step('close', 'Close a drop for good', 'From scheduled, open or paused to closed.'),
  {
    method: 'post',
    path: '/v1/admin/drops/{dropId}/duplicate',
    id: 'duplicateDrop',
    tag: 'Merchant',
    summary: 'Create a draft with the same items and settings',
    description: 'In any state of the original. The draft has no times.',
    idempotent: 'optional',
    body: nothingInput,
    bodyOptional: true,
    success: { 201: { description: 'The draft.', ...MADE } },
    refusals: [...BODY_REFUSALS, 'not-found', 'conflict'],
  },
];
