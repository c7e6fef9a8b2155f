import { pageOf, rehearsalSchema, rehearsalWordsSchema } from '@holdfast/contracts';
import { pageQuery } from '../schemas/inputs';
import type { Operation } from './operation';

const rehearsal = rehearsalSchema.meta({ id: 'Rehearsal' });

export const REHEARSALS_COMPONENTS = [rehearsal] as const;

const ALL = '/v1/admin/drops/{dropId}/rehearsals';
const ONE = `${ALL}/{rehearsalId}`;

export const REHEARSALS_OPERATIONS: readonly Operation[] = [
  {
    method: 'get',
    path: ALL,
    id: 'listRehearsals',
    tag: 'Merchant',
    summary: 'List the rehearsals of a drop, newest first',
    query: pageQuery,
    success: { 200: { description: 'A page of results.', content: pageOf(rehearsal) } },
    refusals: ['invalid-request', 'not-found'],
  },
  {
    method: 'post',
    path: ALL,
    id: 'startRehearsal',
    tag: 'Merchant',
    summary: 'Rehearse a drop: send load to a copy of it',
    description:
      'Shoppers buy in a ghost, a copy of the drop with stock of its own, which nobody else sees and which is removed afterwards. Without a body: a spike of ten shoppers for each unit, 5,000 at most, within 30 seconds. Answers 409 `conflict` while another rehearsal runs on this installation, and while a real drop is open unless `whileSelling` is true: the load competes with its shoppers.',
    idempotent: 'optional',
    body: rehearsalWordsSchema,
    bodyOptional: true,
    success: {
      202: {
        description: 'The rehearsal runs. Poll `Location`.',
        content: rehearsal,
        headers: ['Location', 'Idempotent-Replayed'],
      },
    },
    refusals: ['invalid-request', 'not-found', 'conflict'],
  },
  {
    method: 'get',
    path: ONE,
    id: 'getRehearsal',
    tag: 'Merchant',
    summary: 'Read a rehearsal',
    success: { 200: { description: 'The rehearsal.', content: rehearsal } },
    refusals: ['not-found'],
  },
  {
    method: 'get',
    path: `${ONE}/report`,
    id: 'getRehearsalReport',
    tag: 'Merchant',
    summary: 'Read the report of a rehearsal as one HTML page',
    description: 'The page needs no network. 404 until the load has run and was judged: poll the rehearsal.',
    success: { 200: { description: 'The page.', content: 'text/html' } },
    refusals: ['not-found'],
  },
  {
    method: 'delete',
    path: ONE,
    id: 'stopRehearsal',
    tag: 'Merchant',
    summary: 'Stop a rehearsal',
    description: 'Repeating the request changes nothing.',
    success: {
      200: { description: 'It had ended before, and stays as it is.', content: rehearsal },
      202: { description: 'It ends within 5 seconds; poll the rehearsal.', content: rehearsal },
    },
    refusals: ['not-found'],
  },
];
