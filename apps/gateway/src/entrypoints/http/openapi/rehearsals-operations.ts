import { pageOf, rehearsalSchema, rehearsalWordsSchema } from '@holdfast/contracts';
import { admissionInput } from '../schemas/drop-inputs';
import { pageQuery } from '../schemas/inputs';
import { admission } from './drops-schemas';
import type { Operation } from './operation';

const rehearsal = rehearsalSchema.meta({ id: 'Rehearsal' });

export const REHEARSALS_COMPONENTS = [rehearsal] as const;

const ALL = '/v1/admin/drops/{dropId}/rehearsals';
const ADMISSION = '/v1/admin/drops/{dropId}/admission';
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
  {
    method: 'get',
    path: ADMISSION,
    id: 'getAdmission',
    tag: 'Merchant',
    summary: 'Read how many new holds a minute a drop takes',
    success: { 200: { description: 'The rate; null: as many as come.', content: admission } },
    refusals: ['not-found'],
  },
  {
    method: 'put',
    path: ADMISSION,
    id: 'setAdmission',
    tag: 'Merchant',
    summary: 'Set how many new holds a minute a drop takes',
    description:
      'Over all gateways, evenly: within about a second a gateway lets that many new holds of the drop through, with a burst of a twentieth, and answers others 503 `temporary-reduced-capacity` with `Retry-After`. Replays of a key, releases and payments pass. `from` names a rehearsal of the drop that is done. The change is a new revision of the drop.',
    body: admissionInput,
    success: { 200: { description: 'The rate as it is now.', content: admission } },
    refusals: ['invalid-request', 'not-found', 'payload-too-large', 'unsupported-media-type'],
  },
];
