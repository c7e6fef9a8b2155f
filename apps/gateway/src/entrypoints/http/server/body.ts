import { isUtf8 } from 'node:buffer';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import type { Problem, ProblemPointer } from '../problems/problem';

/**
 * Keeps each body as raw bytes. The handler parses them after the guards, because a missing token is reported
 * before an invalid body; and the raw bytes are needed for the fingerprint of an idempotent request and for a
 * provider's signature.
 */
export function keepRawBodies(instance: FastifyInstance): void {
  instance.removeAllContentTypeParsers();
  instance.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
}

const NOTHING = Buffer.alloc(0);

export function rawBody(request: FastifyRequest): Buffer {
  return Buffer.isBuffer(request.body) ? request.body : NOTHING;
}

export type Parsed<T> = { kind: 'parsed'; value: T } | { kind: 'refused'; problem: Problem };

const JSON_TYPE = /^application\/json\s*(;\s*charset\s*=\s*"?utf-8"?\s*)?;?\s*$/i;

/**
 * Parses the body as JSON and validates it. `whenEmpty` is the default for an empty body; without it a body
 * is required.
 */
export function parseJson<S extends z.ZodType>(
  request: FastifyRequest,
  schema: S,
  whenEmpty?: unknown,
): Parsed<z.infer<S>> {
  const body = rawBody(request);
  if (body.length === 0) {
    return whenEmpty === undefined
      ? refused([at('', 'must be JSON; the request had no body')])
      : check(schema, whenEmpty);
  }
  const { 'content-type': type, 'content-encoding': encoding } = request.headers;
  if (!isJson(type) || (encoding !== undefined && encoding !== 'identity')) {
    return { kind: 'refused', problem: { code: 'unsupported-media-type' } };
  }
  if (!isUtf8(body)) return refused([at('', 'is not valid UTF-8')]);
  let value: unknown;
  try {
    value = JSON.parse(body.toString('utf8'));
  } catch {
    return refused([at('', 'is not valid JSON')]);
  }
  return check(schema, value);
}

/** Validates parameters of the URL in the same way. */
export function check<S extends z.ZodType>(schema: S, value: unknown): Parsed<z.infer<S>> {
  const result = schema.safeParse(value);
  if (result.success) return { kind: 'parsed', value: result.data };
  return refused(result.error.issues.flatMap(pointersOf));
}

export function refused(errors: ProblemPointer[]): { kind: 'refused'; problem: Problem } {
  const first = errors[0];
  const detail = first && `${first.pointer || 'The body'} ${first.message}`;
  return {
    kind: 'refused',
    problem: { code: 'invalid-request', detail, errors: errors.slice(0, ERRORS_MAX) },
  };
}

const ERRORS_MAX = 50; // a hostile body can have thousands of errors

function isJson(contentType: string | undefined): boolean {
  return contentType === 'application/json' || (contentType !== undefined && JSON_TYPE.test(contentType));
}

function at(pointer: string, message: string): ProblemPointer {
  return { pointer, message };
}

function pointersOf(issue: z.core.$ZodIssue): ProblemPointer[] {
  const base = toPointer(issue.path);
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => at(`${base}${toPointer([key])}`, 'is not a known field'));
  }
  return [at(base, issue.message)];
}

/** RFC 6901. */
export function toPointer(path: readonly PropertyKey[]): string {
  return path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}
