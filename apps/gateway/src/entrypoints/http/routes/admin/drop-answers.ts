import type { FastifyRequest } from 'fastify';
import {
  type Admission,
  type DropRefusal,
  type MerchantDropOutcome,
  type MerchantDropRead,
  type MerchantDropSummary,
  toDropView,
  type WantedRevisions,
} from '@holdfast/contracts';
import { assertNever } from '@holdfast/kernel';
import type { Problem } from '../../problems/problem';
import { refused } from '../../server/body';
import type { Answer } from '../outcomes';
import { revisionTag } from './if-match';

/** A drop as its merchant sees it: the only place that writes one, because a replayed answer has to equal the first byte for byte. */
export function renderMerchantDrop({ drop, stock, readAt }: MerchantDropRead): object {
  const { revision, stockDisplay, admission, createdAt, ghostOf } = drop;
  const view = toDropView(drop, stock, Date.parse(readAt), false);
  return { ...view, revision, stockDisplay, admission: renderAdmission(admission), createdAt, ghostOf };
}

export function renderAdmission({ perMinute, from }: Admission): object {
  return { perMinute, from };
}

export function renderMerchantDropSummary({ drop, stock, totals, readAt }: MerchantDropSummary): object {
  const { itemCount, priceRange } = drop;
  return { ...renderMerchantDrop({ drop, stock, readAt }), itemCount, priceRange, totals };
}

/** `status` 201: the drop is new, and `Location` tells where it is. */
export function answerDrop(
  request: FastifyRequest,
  outcome: MerchantDropOutcome,
  status: 200 | 201 = 200,
): Answer {
  if (outcome.kind !== 'done') return { kind: 'problem', problem: dropProblem(outcome) };
  const { read, replayed } = outcome;
  return {
    kind: 'sent',
    status,
    body: JSON.stringify(renderMerchantDrop(read)),
    etag: revisionTag(read.drop.revision),
    ...(status === 201 ? { location: `/v1/admin/drops/${read.drop.id}` } : {}),
    // Without a key of the client, only a call between services can have come twice.
    replayed: replayed && request.headers['idempotency-key'] !== undefined,
  };
}

export function dropProblem(refusal: DropRefusal): Problem {
  switch (refusal.kind) {
    case 'invalid':
      return refused(refusal.errors).problem;
    case 'not-found':
      return { code: 'not-found' };
    case 'key-reused':
      return { code: 'idempotency-key-reused' };
    case 'precondition-required':
      return { code: 'precondition-required' };
    case 'revision-mismatch':
      return { code: 'precondition-failed' };
    case 'invalid-transition':
      return { code: 'invalid-transition', detail: `The drop is ${refusal.state}. Nothing was changed.` };
    case 'closing-time-passed':
      return {
        code: 'invalid-transition',
        detail: 'The closing time of the drop has passed. Change closesAt first; nothing was changed.',
      };
    case 'locked':
      return { code: 'drop-locked', errors: refusal.errors };
    case 'too-many-drops':
      return {
        code: 'conflict',
        detail: `This merchant has ${refusal.max} drops that are scheduled, open or paused, as many as its quota allows. Close one first; nothing was changed.`,
      };
    case 'too-many-drafts':
      return {
        code: 'conflict',
        detail: `This merchant has ${refusal.max} drafts, with those that were deleted in the last 24 hours, as many as its quota allows. Open, schedule or delete some, or try again later; nothing was made.`,
      };
    default:
      return assertNever(refusal);
  }
}

const TAG = /(W\/)?"([^"]*)"/g;
const REVISION = /^\d{1,15}$/;

/** The revisions that an If-Match header names. A weak tag, or one that was not made here, matches nothing (RFC 9110, section 13.1.1). */
export function wantedRevisionsOf(request: FastifyRequest): WantedRevisions {
  const header = request.headers['if-match']?.trim();
  if (header === undefined) return null;
  if (header === '*') return 'any';
  const tags = [...header.matchAll(TAG)].flatMap(([, weak, tag]) =>
    weak === undefined && REVISION.test(tag!) ? [Number(tag)] : [],
  );
  return tags.slice(0, TAGS_MAX);
}

const TAGS_MAX = 20;
