import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

const MERCHANTS = '/v1/admin/';

/**
 * Keeps the promise of guards and handler of each merchant's request: their work goes on when the client hangs up, and so must whatever
 * bounds it. To be called before the first route is registered.
 */
export function trackWork(instance: FastifyInstance): void {
  instance.addHook('onRoute', (route) => {
    if (!route.url.startsWith(MERCHANTS)) return;
    const { handler } = route;
    route.handler = function track(request, reply) {
      // It hung up while its body was being read: what it took is free again, so nothing may be begun.
      if (reply.raw.destroyed) return void reply.hijack();
      const work = handler.call(this, request, reply) as Promise<unknown>;
      request.work = work;
      return work;
    };
  });
}

/** Calls back once, when a request is over: its answer is sent or its connection lost, and its work done. */
export function whenOver(request: FastifyRequest, reply: FastifyReply, callback: () => void): void {
  let isOver = false;
  const onEnd = () => {
    if (isOver) return;
    isOver = true;
    if (request.work === null) callback();
    else request.work.then(callback, callback);
  };
  if (reply.raw.destroyed) onEnd();
  else reply.raw.once('close', onEnd).once('finish', onEnd);
}
