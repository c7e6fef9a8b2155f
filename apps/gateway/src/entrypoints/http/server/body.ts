import { hash } from 'node:crypto';
import { isUtf8 } from 'node:buffer';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import type { Problem, ProblemPointer } from '../problems/problem';

/**
 * Keeps each body as the bytes that came. They are parsed by the handler, after the guards, because a missing token is told before a broken body;
 * and the bytes are needed as they are, for the fingerprint of an idempotent request and for a provider's signature.
 */
export function keepRawBodies(instance: FastifyInstance): void {
  instance.removeAllContentTypeParsers();
  instance.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
}

const NOTHING = Buffer.alloc(0);

export function rawBody(request: FastifyRequest): Buffer {
  return Buffer.isBuffer(request.body) ? request.body : NOTHING;
}

/** SHA-256 in hex: tells a replay from a key that is used for something else. */
export function fingerprint(body: Buffer): string {
  return hash('sha256', body, 'hex');
}

export type Parsed<T> = { kind: 'parsed'; value: T } | { kind: 'refused'; problem: Problem };

const JSON_TYPE = /^application\/json\s*(;\s*charset\s*=\s*"?utf-8"?\s*)?;?\s*$/i;

/** Reads the body as JSON and checks it. `whenEmpty` stands in for a body that was left out; without it one is needed. */
export function parseJson<S extends z.ZodType>(
  request: FastifyRequest,
  schema: S,
  whenEmpty?: unknown,
): Parsed<z.infer<S>> {
  const body = rawBody(request);
  if (body.length === 0) {
    return whenEmpty === undefined ? refused([at('', 'a JSON body is needed')]) : check(schema, whenEmpty);
  }
  const { 'content-type': type, 'content-encoding': encoding } = request.headers;
  if (!isJson(type) || (encoding !== undefined && encoding !== 'identity')) {
    return { kind: 'refused', problem: { code: 'unsupported-media-type' } };
  }
  if (!isUtf8(body)) return refused([at('', 'is not UTF-8')]);
  let value: unknown;
  try {
    value = JSON.parse(body.toString('utf8'));
  } catch {
    return refused([at('', 'is not JSON')]);
  }
  return check(schema, value);
}

/** Checks parameters of the address in the same way. */
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

const ERRORS_MAX = 50; // a hostile body can have thousands of faults; nobody reads more than a few

function isJson(contentType: string | undefined): boolean {
  return contentType === 'application/json' || (contentType !== undefined && JSON_TYPE.test(contentType));
}

function at(pointer: string, message: string): ProblemPointer {
  return { pointer, message };
}

function pointersOf(issue: z.core.$ZodIssue): ProblemPointer[] {
  const base = toPointer(issue.path);
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => at(`${base}${toPointer([key])}`, 'is not known here'));
  }
  return [at(base, issue.message)];
}

/** RFC 6901. */
export function toPointer(path: readonly PropertyKey[]): string {
  return path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}
