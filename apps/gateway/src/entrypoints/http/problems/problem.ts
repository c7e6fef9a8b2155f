import type { FastifyReply, FastifyRequest } from 'fastify';
import { type ProblemCode, PROBLEMS } from '@holdfast/contracts';
import { traceIdOf } from '../server/trace';

export interface ProblemPointer {
  /** JSON pointer into the body, or `/<name>` for a parameter. */
  pointer: string;
  message: string;
}

/** A refusal as the edge sends it (RFC 9457); the rest of the body follows from the code. */
export interface Problem {
  code: ProblemCode;
  /** Where it is not the usual one of the code: `mfa-required` is 401 at the sign-in, and 403 for who is signed in. */
  status?: number;
  detail?: string;
  errors?: ProblemPointer[];
  /** Of `limit-reached`, when it is not the customer's own limit. */
  limitOf?: 'network';
  retryAfterSeconds?: number;
  /** More members of the document, as JSON text: `"rejected":[…]`. */
  members?: string;
  headers?: Record<string, string>;
}

/** Thrown where a refusal ends the work of a guard or of a parser; handlers send it with `sendProblem` instead. */
export class ProblemError extends Error {
  constructor(readonly problem: Problem) {
    super(problem.detail ?? problem.code);
    this.name = 'ProblemError';
  }
}

/** How much of what a client sent a refusal repeats, in characters. Enough to find the place; an echo must not be larger than the call. */
const ECHO = { pathMax: 256, pointerMax: 200, messageMax: 300 } as const;

function shortened(text: string, max: number): string {
  return text.length <= max ? text : `${text.slice(0, max)}…`;
}

export const PROBLEM_TYPE = 'application/problem+json; charset=utf-8';

/** Up to the detail, which only a few refusals write themselves: the losers of a drop are most of its traffic, so their answer is made once. */
const HEADS = new Map(
  (Object.keys(PROBLEMS) as ProblemCode[]).map((code) => [code, headOf(code, PROBLEMS[code][0])]),
);

function headOf(code: ProblemCode, status: number) {
  const [, title, detail] = PROBLEMS[code];
  const start = JSON.stringify({ type: `/problems/${code}`, title, status, code }).slice(0, -1);
  return { start, detail: JSON.stringify(detail) };
}

/** The body of a refusal as JSON text. */
export function problemBody(
  { code, status, detail, errors, limitOf, members }: Problem,
  instance: string,
  traceId: string,
): string {
  const head = status === undefined ? HEADS.get(code)! : headOf(code, status);
  const text = detail === undefined ? head.detail : JSON.stringify(shortened(detail, ECHO.messageMax));
  const more = errors && errors.length > 0 ? `,"errors":${JSON.stringify(errors.map(shortPointer))}` : '';
  const whose = limitOf === undefined ? '' : `,"limitOf":"${limitOf}"`;
  const others = members === undefined ? '' : `,${members}`;
  return `${head.start},"detail":${text},"instance":${JSON.stringify(instance)},"traceId":"${traceId}"${more}${whose}${others}}`;
}

function shortPointer({ pointer, message }: ProblemPointer): ProblemPointer {
  return { pointer: shortened(pointer, ECHO.pointerMax), message: shortened(message, ECHO.messageMax) };
}

export function sendProblem(request: FastifyRequest, reply: FastifyReply, problem: Problem): FastifyReply {
  const status = problem.status ?? PROBLEMS[problem.code][0];
  request.refusal = problem.code;
  if (problem.headers) reply.headers(problem.headers);
  if (status === 401 && !reply.hasHeader('www-authenticate')) {
    reply.header('www-authenticate', 'Bearer realm="holdfast"');
  }
  if (problem.retryAfterSeconds !== undefined) reply.header('retry-after', problem.retryAfterSeconds);
  return reply
    .code(status)
    .header('content-type', PROBLEM_TYPE)
    .header('cache-control', 'no-store')
    .send(problemBody(problem, pathOf(request.url), traceIdOf(request)));
}

/** The path of an address, at most so much of it: an answer or a line of the log echoes no more. */
export function pathOf(url: string): string {
  const end = url.indexOf('?');
  const path = end < 0 ? url : url.slice(0, end);
  return path.length <= ECHO.pathMax ? path : `${path.slice(0, ECHO.pathMax)}…`;
}
