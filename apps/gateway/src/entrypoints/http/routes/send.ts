import type { FastifyReply, FastifyRequest } from 'fastify';
import { sendProblem } from '../problems/problem';
import type { Answer } from './outcomes';

export const JSON_TYPE = 'application/json; charset=utf-8';

/** Sends what an outcome became. Bodies are text already: nothing is serialised twice, and a replay is the same bytes. */
export function sendAnswer(request: FastifyRequest, reply: FastifyReply, answer: Answer): void {
  if (answer.kind === 'problem') {
    sendProblem(request, reply, answer.problem);
    return;
  }
  reply.code(answer.status).header('cache-control', 'no-store');
  if (answer.kind === 'empty') {
    void reply.send();
    return;
  }
  if (answer.location) reply.header('location', answer.location);
  if (answer.etag) reply.header('etag', answer.etag);
  if (answer.replayed) reply.header('idempotent-replayed', 'true');
  void reply.header('content-type', JSON_TYPE).send(answer.body);
}

/** Sends private JSON: no cache may keep it. */
export function sendJson(reply: FastifyReply, body: string, status = 200): void {
  void reply.code(status).header('cache-control', 'no-store').header('content-type', JSON_TYPE).send(body);
}
