import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { InvalidCursor, type ProblemCode, ServiceUnavailable } from '@holdfast/contracts';
import { DeadlineExceeded, LIMITS } from '@holdfast/kernel';
import type { Logger } from '@holdfast/observability';
import type { PolicyGuard } from '../access/policy.guard';
import { notFoundPage } from '../pages/not-found.page';
import { acceptsHtml, sendHtml } from '../pages/html';
import { answerPreflight } from '../server/cross-origin';
import type { EarlyChecks } from '../server/early-checks';
import type { MethodTable } from '../server/method-table';
import { traceIdOf } from '../server/trace';
import { type Problem, ProblemError, sendProblem } from './problem';

const BY_STATUS: Record<number, ProblemCode> = {
  400: 'invalid-request',
  401: 'unauthenticated',
  403: 'not-found', // said only by the file server, of a folder; our own refusals are ProblemErrors
  404: 'not-found',
  405: 'method-not-allowed',
  408: 'request-timeout',
  412: 'precondition-failed',
  413: 'payload-too-large',
  414: 'uri-too-long',
  415: 'unsupported-media-type',
  429: 'quota-exceeded',
  431: 'headers-too-large',
  503: 'temporarily-unavailable',
};

/** The framework reads the body of an unknown address too: whatever is wrong with it, the address is. */
const OF_UNKNOWN: ReadonlySet<number> = new Set([404, 413, 415]);

/** Turns whatever was thrown, by us, by Nest or by Fastify, into a refusal of the contract. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(
    private readonly methods: MethodTable,
    private readonly logger: Logger,
    private readonly earlyChecks: Pick<EarlyChecks, 'answer'>,
    private readonly guard: Pick<PolicyGuard, 'refusalOf'>,
  ) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    if (reply.sent) {
      this.logger.warn({ err: error, requestId: request.id }, 'error after the response was sent');
      return;
    }
    if (request.is404 && OF_UNKNOWN.has(statusOf(error))) this.answerUnknown(request, reply);
    else if (!request.is404 && error instanceof HttpException && !reply.hasHeader('ratelimit'))
      void this.answerUnread(error, host, request, reply);
    else sendProblem(request, reply, this.problemOf(error, request));
  }

  /**
   * The framework reads a body before the guards: one that it refuses is counted here, and who may not call the route at all is told that
   * instead.
   */
  private async answerUnread(
    error: HttpException,
    host: ArgumentsHost,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<void> {
    const refusal = await this.guard.refusalOf(host).catch((fault) => this.problemOf(fault, request));
    const send = () => sendProblem(request, reply, refusal ?? this.problemOf(error, request));
    // A refused caller has been counted.
    if (reply.hasHeader('ratelimit')) send();
    else this.earlyChecks.answer(request, reply, send);
  }

  /** The router found nothing for this method and address. */
  private answerUnknown(request: FastifyRequest, reply: FastifyReply): void {
    const allow = this.methods.allowed(request.url);
    if (allow !== undefined && !isServed(request.method, allow)) {
      reply.header('allow', allow);
      if (request.method === 'OPTIONS') {
        answerPreflight(request, reply, allow);
        void reply.code(204).send();
      } else sendProblem(request, reply, { code: 'method-not-allowed' });
    } else if (acceptsHtml(request)) {
      sendHtml(reply, 404, notFoundPage());
    } else {
      sendProblem(request, reply, { code: 'not-found' });
    }
  }

  private problemOf(error: unknown, request: FastifyRequest): Problem {
    if (error instanceof ProblemError) return error.problem;
    if (error instanceof InvalidCursor) {
      return {
        code: 'invalid-request',
        errors: [{ pointer: '/cursor', message: 'is not a valid cursor' }],
      };
    }
    if (error instanceof ServiceUnavailable) {
      return {
        code: 'temporarily-unavailable',
        retryAfterSeconds: Math.max(1, Math.ceil(error.retryAfterSeconds)),
      };
    }
    if (error instanceof DeadlineExceeded) return { code: 'temporarily-unavailable', retryAfterSeconds: 1 };
    const code = BY_STATUS[statusOf(error)];
    if (code === 'payload-too-large') return { code, detail: tooLarge(request) };
    if (code) return { code, ...(code === 'temporarily-unavailable' ? { retryAfterSeconds: 1 } : {}) };
    this.logger.error({ err: error, traceId: traceIdOf(request), requestId: request.id }, 'internal error');
    return { code: 'internal-error' };
  }
}

function tooLarge({ routeOptions }: FastifyRequest): string {
  const kib = (routeOptions.bodyLimit ?? LIMITS.bodyBytesMax) / 1024;
  return `The request body is larger than ${kib < 1024 ? `${kib} KiB` : `${kib / 1024} MiB`}.`;
}

function statusOf(error: unknown): number {
  if (error instanceof HttpException) return error.getStatus();
  const status = (error as { statusCode?: unknown } | null)?.statusCode;
  return typeof status === 'number' ? status : 500;
}

/** A file that is not there is asked for with a method that its address knows. */
function isServed(method: string, allow: string): boolean {
  return method !== 'OPTIONS' && allow.split(', ').includes(method);
}
