import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isLoopback } from '@holdfast/config';
import { withDeadline } from '@holdfast/kernel';
import { isLocalCaller } from './local-caller';
import { shared } from './shared-answer';

/** The check of one dependency or part of a process. */
export interface OpsCheck {
  name: string;
  /** The process is not ready while the check fails. Otherwise a failure is only reported. */
  needed: boolean;
  /** Resolves with details to report; rejects with the reason when it is down. */
  probe: () => Promise<Record<string, unknown>>;
}

export interface OpsServerOptions {
  host: string;
  port: number;
  checks: readonly OpsCheck[];
  metrics: { contentType: string; render(): Promise<string> };
  /** Service, instance, version. */
  about: Record<string, string>;
}

export interface OpsServer {
  readonly address: string;
  close(): Promise<void>;
}

// A check that hangs counts as failed.
const PROBE_MS_MAX = 1_500;
/** Requests within this time get the last answer: however many ask, it costs two checks a second. */
const ANSWER_AGE_MS_MAX = 500;
const COMPLETE_MS_MAX = 10_000;
const CONNECTIONS_MAX = 100;
const HEADER_BYTES_MAX = 8 * 1024;

/**
 * Health and metrics of a process, on a separate address: `/health/live`, `/health/ready`, `/metrics`. A
 * loopback address serves only programs of this machine (see `isLocalCaller`); elsewhere the network decides
 * who can reach it.
 */
export async function startOpsServer(options: OpsServerOptions): Promise<OpsServer> {
  const isPrivate = isLoopback(options.host);
  const look = shared(ANSWER_AGE_MS_MAX, () => lookAtAll(options.checks));
  const limits = {
    maxHeaderSize: HEADER_BYTES_MAX,
    requestTimeout: COMPLETE_MS_MAX,
    headersTimeout: COMPLETE_MS_MAX,
    connectionsCheckingInterval: 1_000,
  };
  const server = createServer(limits, (request, response) => {
    if (isPrivate && !isLocalCaller(request, options.host)) {
      sendJson(response, 403, { status: 'error', reason: 'this address is for programs of this machine' });
      return;
    }
    void answer(request.url ?? '', response, options, look).catch((error: unknown) =>
      sendJson(response, 500, { status: 'error', reason: String(error) }),
    );
  });
  server.keepAliveTimeout = 5_000;
  server.maxConnections = CONNECTIONS_MAX;
  await listen(server, options);
  const { port } = server.address() as AddressInfo;
  const host = options.host.includes(':') ? `[${options.host}]` : options.host;
  return {
    address: `${host}:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(
  url: string,
  response: ServerResponse,
  { checks, metrics, about }: OpsServerOptions,
  look: () => Promise<Details>,
): Promise<void> {
  const path = url.split('?', 1)[0];
  if (path === '/health/live') return sendJson(response, 200, { status: 'ok', ...about });
  if (path === '/health/ready') {
    const details = await look();
    const broken = checks.filter(({ name, needed }) => needed && details[name]?.status === 'down');
    const ready = broken.length === 0;
    const status = ready ? 'ok' : 'error';
    return sendJson(response, ready ? 200 : 503, { status, ...about, details });
  }
  if (path === '/metrics') {
    const text = await metrics.render();
    return void response.writeHead(200, { 'content-type': metrics.contentType }).end(text);
  }
  sendJson(response, 404, { status: 'error', reason: 'there are /health/live, /health/ready and /metrics' });
}

type State = { status: string } & Record<string, unknown>;
type Details = Record<string, State>;

async function lookAtAll(checks: readonly OpsCheck[]): Promise<Details> {
  return Object.fromEntries(await Promise.all(checks.map(lookAt)));
}

async function lookAt({ name, probe }: OpsCheck): Promise<[string, State]> {
  try {
    return [name, { status: 'up', ...(await withDeadline(name, PROBE_MS_MAX, probe())) }];
  } catch (error) {
    return [name, { status: 'down', reason: error instanceof Error ? error.message : String(error) }];
  }
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  if (response.headersSent) return void response.destroy();
  response
    .writeHead(status, { 'content-type': 'application/json', 'x-content-type-options': 'nosniff' })
    .end(JSON.stringify(body));
}

function listen(server: Server, { host, port }: OpsServerOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}
