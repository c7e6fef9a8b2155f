import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { AppConfig } from '@holdfast/config';
import { createLogger, Logger, Metrics, NestLogger, SecurityEvents } from '@holdfast/observability';
import { connectionsFor, descriptorLimit } from '@holdfast/process';
import { Clock, LIMITS } from '@holdfast/kernel';
import { TickCounter } from './application/tick-counter';
import { AllowedOrigins } from './entrypoints/http/access/allowed-origins';
import { isPage, sendHtml } from './entrypoints/http/pages/html';
import { notFoundPage } from './entrypoints/http/pages/not-found.page';
import { ProblemFilter } from './entrypoints/http/problems/problem.filter';
import { MerchantAccess } from './entrypoints/http/access/merchant-access';
import { PolicyGuard } from './entrypoints/http/access/policy.guard';
import { Allowances } from './entrypoints/http/limits/allowances';
import { keepRawBodies } from './entrypoints/http/server/body';
import { answerClientErrors } from './entrypoints/http/server/client-error';
import { closeGently } from './entrypoints/http/server/close-gently';
import { Acceptors } from './entrypoints/http/server/connections/acceptors';
import { guardConnections } from './entrypoints/http/server/connections/connection-guard';
import {
  CONNECTION_SETTINGS,
  type ConnectionSettings,
} from './entrypoints/http/server/connections/connection-settings';
import { Pipeline } from './entrypoints/http/server/connections/pipeline';
import { countPlaces } from './entrypoints/http/server/count-places';
import { EarlyChecks } from './entrypoints/http/server/early-checks';
import { countRoutes, logRequests } from './entrypoints/http/server/hooks';
import { takeLargeBodies } from './entrypoints/http/server/large-bodies';
import { MethodTable } from './entrypoints/http/server/method-table';
import { serveFiles } from './entrypoints/http/server/static-files';
import { trackWork } from './entrypoints/http/server/work';
import { requestIdOf } from './entrypoints/http/server/trace';
import { sendProblem } from './entrypoints/http/problems/problem';

const HEADER_BYTES_MAX = 16 * 1024;
const PATH_PARAMETER_MAX = 8 * 1024; // the bound on the whole address speaks first; a long id is simply not found

const acceptorsOf = new WeakMap<NestFastifyApplication, Acceptors>();

/** To be called once the app listens: a flood of new connections then keeps others waiting less. */
export function acceptMore(app: NestFastifyApplication): void {
  acceptorsOf.get(app)?.add();
}

/** The one place that builds the HTTP server around the product's modules. The caller starts it with `listen`. */
export async function createGatewayApp(
  rootModule: Parameters<typeof NestFactory.create>[0],
  config: AppConfig,
  settings = CONNECTION_SETTINGS,
): Promise<NestFastifyApplication> {
  // Asked for when the first connection is there, and the modules long before that.
  const adapter = makeAdapter(config, settings, () => ({ events: app.get(SecurityEvents), earlyChecks }));
  const instance = adapter.getInstance();
  const methods = new MethodTable();
  methods.watch(instance);
  decorateRequests(instance);
  const app = await NestFactory.create<NestFastifyApplication>(rootModule, adapter, {
    bodyParser: false,
    abortOnError: false,
    logger: new NestLogger(createLogger(config.logLevel)),
  });
  keepRawBodies(instance);
  trackWork(instance);
  const allowances = app.get(Allowances, { strict: false });
  takeLargeBodies(instance, app.get(MerchantAccess, { strict: false }), allowances);
  const logger = app.get(Logger);
  const events = app.get(SecurityEvents);
  const count = countRoutes(instance, app.get(Metrics));
  const log = logRequests(logger);
  const countPlace = countPlaces(app.get(TickCounter), app.get(Clock, { strict: false }));
  const earlyChecks = new EarlyChecks({
    pipeline: new Pipeline(settings.pipelinedMax, events),
    allowances,
    origins: app.get(AllowedOrigins, { strict: false }),
    events,
    config,
  });
  adapter.setOnRequestHook(earlyChecks.onRequest);
  adapter.setOnResponseHook((request, reply, done) => {
    count(request, reply);
    log(request, reply);
    countPlace(request, reply);
    done();
  });
  app.useGlobalFilters(
    new ProblemFilter(methods, logger, earlyChecks, app.get(PolicyGuard, { strict: false })),
  );
  await serveFiles(app, earlyChecks.onFile);
  // Their bytes are bounded; a bound on their number would drop the rest without a word.
  instance.server.maxHeadersCount = 0;
  acceptorsOf.set(app, new Acceptors(instance.server));
  closeGently(instance.server);
  guardConnections(instance.server, {
    connectionsMax: connectionsFor(descriptorLimit()),
    ofAddressMax: config.limits && config.proxyHops === 0 ? settings.ofAddressMax : null,
    settings,
    events,
    metrics: app.get(Metrics),
  });
  // An expectation that we do not know (`Expect`) is no reason for an answer without a body: the request is served as it is.
  instance.server.on('checkExpectation', (request, response) =>
    instance.server.emit('request', request, response),
  );
  return app;
}

/** Each request has these from its start, so that all have one shape. */
function decorateRequests(instance: FastifyInstance): void {
  instance.decorateRequest('principal', null);
  instance.decorateRequest('rehearsal', null);
  instance.decorateRequest('traceId', '');
  instance.decorateRequest('refusal', null);
  instance.decorateRequest('endTurn', null);
  instance.decorateRequest('work', null);
}

function makeAdapter(
  { proxyHops }: AppConfig,
  { completeMs, idleMs, refusedMs, lookEveryMs }: ConnectionSettings,
  parts: () => { events: SecurityEvents; earlyChecks: EarlyChecks },
): FastifyAdapter {
  return new FastifyAdapter({
    // Guards, never middleware: its engine would run at each request for nothing.
    skipMiddie: true,
    bodyLimit: LIMITS.bodyBytesMax,
    routerOptions: { maxParamLength: PATH_PARAMETER_MAX },
    requestTimeout: completeMs,
    keepAliveTimeout: idleMs,
    // Node looks for late requests only every 30 s by default.
    http: {
      headersTimeout: completeMs,
      connectionsCheckingInterval: lookEveryMs,
      maxHeaderSize: HEADER_BYTES_MAX,
      // We tell of a missing one ourselves, in the words of the contract.
      requireHostHeader: false,
    },
    genReqId: requestIdOf,
    clientErrorHandler: answerClientErrors(() => parts().events, refusedMs),
    // An address that cannot be decoded never reaches a route or a hook.
    frameworkErrors: (error: FastifyError, request: FastifyRequest, reply: FastifyReply) => {
      parts().earlyChecks.answer(request, reply, () => {
        if (error.statusCode === 414) sendProblem(request, reply, { code: 'uri-too-long' });
        else if (isPage(request)) sendHtml(reply, 404, notFoundPage());
        else sendProblem(request, reply, { code: 'invalid-request' });
      });
    },
    // While closing, a request on an open connection is still answered, by us and with `Connection: close`.
    return503OnClosing: false,
    // So many entries of X-Forwarded-For, from the right, were written by proxies of ours; what stands left of them a stranger wrote. A
    // function, because Fastify trusts nobody for a number (5.12).
    trustProxy: proxyHops > 0 && ((_address, hop) => hop < proxyHops),
  });
}
