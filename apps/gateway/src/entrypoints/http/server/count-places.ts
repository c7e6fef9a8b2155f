import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Clock, isDropId } from '@holdfast/kernel';
import type { TickCounter } from '../../../application/tick-counter';

const PLACE = '/v1/drops/:dropId/holds';

/** Counts all answers to requests to place a hold, including refusals by a guard or a rate limit. */
export function countPlaces(
  counter: TickCounter,
  clock: Clock,
): (request: FastifyRequest, reply: FastifyReply) => void {
  return (request, reply) => {
    if (request.method !== 'POST' || request.routeOptions.url !== PLACE) return;
    const { dropId } = request.params as { dropId: string };
    if (isDropId(dropId)) counter.answered(dropId, request.refusal, reply.elapsedTime, clock.now());
  };
}
