import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { endStray, isFree, productFolder, startChild, StartError, untilReady } from '@holdfast/process';
import { STOP_MS } from './stop-times';
import { requireProgram } from './programs';
import type { Server, ServerOptions } from './server';

const EVERYWHERE = ['0.0.0.0', '::'];
const nginxFolder = join(productFolder(), 'infra/nginx');

export interface ProxyOptions extends ServerOptions {
  host?: string;
  /** As `host:port`. */
  gateways: readonly string[];
  /** How many trusted proxies are in front of this one. */
  hops?: number;
  /** Whether connections and requests of one address are limited. */
  limits?: boolean;
}

/** Starts nginx, from PATH or Debian, in front of the gateways, and resolves once it answers a request. */
export async function startProxy(options: ProxyOptions): Promise<Server> {
  const { dir, host = '127.0.0.1', port, say } = options;
  const program = await requireProgram('nginx', { say });
  await endStray(dir, say, 'nginx');
  if (!(await isFree(port, host)))
    throw new StartError(`${host}:${port}, meant for the proxy, is in use by something else`);
  mkdirSync(join(dir, 'temp'), { recursive: true });
  const conf = join(dir, 'nginx.conf');
  writeFileSync(conf, config(options, host));
  const args = ['-p', dir, '-c', conf, '-e', 'stderr'];
  const check = spawnSync(program, ['-t', '-q', ...args], { encoding: 'utf8' });
  if (check.status !== 0) throw new StartError(`nginx does not accept its configuration:\n${check.stderr}`);
  const child = await startChild({
    name: 'proxy',
    command: program,
    args,
    logFile: join(dir, 'nginx.log'),
    cwd: dir,
    graceMs: STOP_MS.checkouts, // TERM cuts live readers at once, as intended: the gateways have told them to reconnect
  });
  // A server that listens on all addresses answers on loopback, too.
  const local = EVERYWHERE.includes(host) ? '127.0.0.1' : host;
  const address = `http://${bracketed(local)}:${port}`;
  const answers = async () =>
    (await fetch(`${address}/.proxy/live`, { signal: AbortSignal.timeout(1_000) })).status === 204;
  await untilReady(child, answers, { what: 'nginx', say });
  const said = spawnSync(program, ['-v'], { encoding: 'utf8' }).stderr;
  return { ...child, address, version: /nginx\/(\S+)/.exec(said)?.[1] ?? 'unknown' };
}

function config({ dir, port, gateways, hops = 0, limits = true }: ProxyOptions, host: string): string {
  const quoted = (path: string) => JSON.stringify(path);
  const temp = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `  ${name}_temp_path ${quoted(join(dir, 'temp', name))};`,
  );
  return `${workerUser()}
daemon off;
pid ${quoted(join(dir, 'nginx.pid'))};
worker_processes 1;
worker_rlimit_nofile 20000;
worker_shutdown_timeout 5s;
events {
  worker_connections 9000;
}
http {
${temp.join('\n')}
  server_tokens off;
  types {
  }
  default_type application/octet-stream;
${clientAddress(hops)}
  map "" $counted_address {
    default ${limits ? '$shopper_address' : '""'};
  }
  include ${quoted(join(nginxFolder, 'limits.conf'))};
  access_log ${quoted(join(dir, 'nginx.log'))} refusals if=$sampled_refusal;
  upstream gateways {
    # As in infra/nginx/compose.conf, which says why.
    hash $shopper_address$http_authorization consistent;
${gateways.map((gateway) => `    server ${gateway} max_fails=3 fail_timeout=1s;`).join('\n')}
    keepalive 128;
    keepalive_timeout 15s;
  }
  server {
    listen ${bracketed(host)}:${port} backlog=4096${host === '::' ? ' ipv6only=off' : ''};
    include ${quoted(join(nginxFolder, 'gateways.conf'))};
  }
}
`;
}

const bracketed = (host: string) => (host.includes(':') ? `[${host}]` : host);

/**
 * Determines the client address. Each trusted proxy appends its peer to X-Forwarded-For; entries further left come from the client and are not
 * trusted. With fewer entries than proxies the first one counts, as in the gateway.
 */
function clientAddress(hops: number): string {
  if (hops === 0)
    return `  map "" $forwarded_for {
    default $remote_addr;
  }
  map "" $shopper_address {
    default $remote_addr;
  }`;
  const later = '(?:\\s*,[^,]*)'.repeat(hops - 1);
  return `  map "" $forwarded_for {
    default $proxy_add_x_forwarded_for;
  }
  map $http_x_forwarded_for $shopper_address {
    default $remote_addr;
    "~(?:^|,)\\s*([^,\\s]+)${later}\\s*$" $1;
    "~^\\s*([^,\\s]+)" $1;
  }`;
}

/** Workers of an nginx started by root run as nobody. They write no files: bodies and answers stay in memory. */
function workerUser(): string {
  if (process.getuid?.() !== 0) return '';
  return `user nobody ${execFileSync('id', ['-gn', 'nobody'], { encoding: 'utf8' }).trim()};`;
}
