import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One dependency or part of a process, asked when somebody wants to know. */
export interface OpsCheck {
  name: string;
  /** Without it this process cannot do its work: it is not ready while the check fails. Otherwise it is only said. */
  needed: boolean;
  /** Resolves with what is worth saying; rejects when it is down, with the reason. */
  probe: () => Promise<Record<string, unknown>>;
}

export interface OpsServerOptions {
  host: string;
  port: number;
  checks: readonly OpsCheck[];
  metrics: { contentType: string; render(): Promise<string> };
  /** Who answers: service, instance, version. */
  about: Record<string, string>;
}

export interface OpsServer {
  readonly address: string;
  close(): Promise<void>;
}

// A probe that hangs is an answer, too.
const PROBE_MS_MAX = 1_500;

/** Health and figures of a process, on an address of their own: `/health/live`, `/health/ready`, `/metrics`. */
export async function startOpsServer(options: OpsServerOptions): Promise<OpsServer> {
  const server = createServer((request, response) => {
    void answer(request.url ?? '', response, options).catch((error: unknown) =>
      sendJson(response, 500, { status: 'error', reason: String(error) }),
    );
  });
  server.keepAliveTimeout = 5_000;
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
): Promise<void> {
  const path = url.split('?', 1)[0];
  if (path === '/health/live') return sendJson(response, 200, { status: 'ok', ...about });
  if (path === '/health/ready') {
    const details = Object.fromEntries(await Promise.all(checks.map(look)));
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

async function look({
  name,
  probe,
}: OpsCheck): Promise<[string, { status: string } & Record<string, unknown>]> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer in ${PROBE_MS_MAX} ms`)), PROBE_MS_MAX);
  });
  try {
    return [name, { status: 'up', ...(await Promise.race([probe(), late])) }];
  } catch (error) {
    return [name, { status: 'down', reason: error instanceof Error ? error.message : String(error) }];
  } finally {
    clearTimeout(timer);
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
