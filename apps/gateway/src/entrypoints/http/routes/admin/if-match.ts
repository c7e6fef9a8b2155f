import type { FastifyRequest } from 'fastify';
import type { Parsed } from '../../server/body';

const REVISION = /^"(\d{1,15})"$/;

/** The entity tag of a revision. */
export const revisionTag = (revision: number): string => `"${revision}"`;

/** The revision that an If-Match header names; undefined when there is none, or when it is `*`: whatever is there. */
export function ifMatchOf(request: FastifyRequest): Parsed<number | undefined> {
  const header = request.headers['if-match']?.trim();
  if (header === undefined || header === '*') return { kind: 'parsed', value: undefined };
  const revision = REVISION.exec(header)?.[1];
  // A tag that was not made here matches nothing.
  if (revision === undefined) return { kind: 'refused', problem: { code: 'precondition-failed' } };
  return { kind: 'parsed', value: Number(revision) };
}
