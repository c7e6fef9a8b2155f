import type { FastifyReply, FastifyRequest } from 'fastify';
import { sendProblem } from '../problems/problem';
import { matchesTag } from '../server/entity-tag';
import { acceptsHtml, sendHtml } from './html';
import { notFoundPage } from './not-found.page';

/** Sends a page whose script does the rest; undefined where the pages are not built, as in some tests. */
export function sendPage(
  request: FastifyRequest,
  reply: FastifyReply,
  built: { page: Buffer; etag: string } | undefined,
  headers: Record<string, string>,
): void {
  if (!built) {
    if (acceptsHtml(request)) sendHtml(reply, 404, notFoundPage());
    else sendProblem(request, reply, { code: 'not-found' });
    return;
  }
  reply.headers(headers).header('etag', built.etag);
  if (matchesTag(request.headers['if-none-match'], built.etag)) void reply.code(304).send();
  else void reply.send(built.page);
}
