import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger, Metrics } from '@holdfast/observability';
import { pathOf } from '../problems/problem';
import { traceIdOf } from './trace';

const HOT_LOGGED_ONE_IN = 1_000;

/** Gives each route its place in the metrics. To be called before the first route is registered. */
export function countRoutes(
  instance: FastifyInstance,
  metrics: Metrics,
): (request: FastifyRequest, reply: FastifyReply) => void {
  const histogram = metrics.routeHistogram(
    'holdfast_http_request_seconds',
    'Time from request to answer, by route and status.',
  );
  instance.addHook('onRoute', (route) => {
    route.config = { ...route.config, times: histogram.route([route.method].flat().join('|'), route.url) };
  });
  const unknown = histogram.route('*', 'unknown');
  return (request, reply) => {
    const { config } = request.routeOptions;
    (config.times ?? unknown).observe(reply.statusCode, reply.elapsedTime / 1000);
  };
}

/** Tells of each fault in the log, and at `debug` of requests; of those that come by the thousand, only of one now and then. */
export function logRequests(logger: Logger): (request: FastifyRequest, reply: FastifyReply) => void {
  let hot = 0;
  return (request, reply) => {
    const status = reply.statusCode;
    if (status < 500 && isHot(request) && (hot += 1) % HOT_LOGGED_ONE_IN !== 0) return;
    const fields = {
      method: request.method,
      url: pathOf(request.url),
      status,
      ms: Math.round(reply.elapsedTime * 10) / 10,
      requestId: request.id,
      traceId: traceIdOf(request),
    };
    if (status >= 500) logger.warn(fields, 'request failed');
    else logger.debug(fields, 'request');
  };
}

function isHot({ method, url }: FastifyRequest): boolean {
  if (method === 'POST') return url.startsWith('/v1/');
  return (
    url.startsWith('/v1/drops') ||
    url.startsWith('/assets/') ||
    url.startsWith('/health/') ||
    url === '/metrics'
  );
}
