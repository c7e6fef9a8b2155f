import { auditQuery } from '../schemas/audit-inputs';
import { auditCheckpoint, auditKeys, auditRecord } from './audit-schemas';
import type { Operation } from './operation';
import { pageOf } from './schemas';

/** Who changed what, and how to prove it. */
export const AUDIT_OPERATIONS: readonly Operation[] = [
  {
    method: 'get',
    path: '/v1/admin/audit',
    id: 'listAudit',
    tag: 'Audit',
    summary: 'List the changes of the merchant, oldest first',
    description:
      'A change stands in the list within a second. A page ends before `limit` when its records have a megabyte; `nextCursor` says whether there are more.',
    query: auditQuery,
    success: { 200: { description: 'A page of records.', content: pageOf(auditRecord) } },
    refusals: ['invalid-request'],
  },
  {
    method: 'get',
    path: '/v1/admin/audit/checkpoint',
    id: 'getAuditCheckpoint',
    tag: 'Audit',
    summary: 'Retrieve a signed checkpoint of the chain as it is now',
    description: 'Keep it elsewhere: no record before it can then be changed without being found.',
    success: { 200: { description: 'The checkpoint.', content: auditCheckpoint } },
  },
  {
    method: 'get',
    path: '/v1/admin/audit/export',
    id: 'exportAudit',
    tag: 'Audit',
    summary: 'Export the whole chain',
    description:
      'One JSON document a line: every record, then a checkpoint that also carries `publicKey`. `npx holdfast audit verify <file>` checks it.',
    success: { 200: { description: 'The chain.', content: 'application/x-ndjson' } },
  },
  {
    method: 'get',
    path: '/.well-known/holdfast-audit-keys.json',
    id: 'getAuditKeys',
    tag: 'Audit',
    summary: 'Retrieve the public keys of checkpoints (JWKS)',
    success: { 200: { description: 'The keys.', content: auditKeys } },
  },
];
