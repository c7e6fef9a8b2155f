// nginx in front of the gateways, from PATH or Debian.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startChild, untilReady } from './child.mjs';
import { ClusterError } from './errors.mjs';
import { isFree } from './ports.mjs';
import { requireProgram } from './programs.mjs';
import { endStray } from './stray.mjs';

const EVERYWHERE = ['0.0.0.0', '::'];
const nginxFolder = resolve(dirname(fileURLToPath(import.meta.url)), '../../infra/nginx');

/**
 * Starts nginx and returns once it answers a request.
 * @param {{dir: string, host?: string, port: number, gateways: string[], hops?: number, limits?: boolean,
 *   say?: (line: string) => void}} where
 *   `gateways` as `host:port`; `hops`: how many proxies stand before this one whose word about a shopper's address counts;
 *   `limits`: whether one address may have only so much open
 */
export async function startProxy({
  dir,
  host = '127.0.0.1',
  port,
  gateways,
  hops = 0,
  limits = true,
  say = () => undefined,
}) {
  const program = await requireProgram('nginx', 'nginx', { say });
  await endStray(dir, say, { program: 'nginx' });
  if (!(await isFree(port, host)))
    throw new ClusterError(`${host}:${port}, meant for the proxy, is in use by something else`);
  mkdirSync(dir, { recursive: true });
  const conf = join(dir, 'nginx.conf');
  writeFileSync(conf, config({ dir, host, port, gateways, hops, limits }));
  const check = spawnSync(program, ['-t', '-q', '-p', dir, '-c', conf, '-e', 'stderr'], { encoding: 'utf8' });
  if (check.status !== 0) throw new ClusterError(`nginx does not accept its configuration:\n${check.stderr}`);
  const child = await startChild({
    name: 'proxy',
    command: program,
    args: ['-p', dir, '-c', conf, '-e', 'stderr'],
    logFile: join(dir, 'nginx.log'),
    cwd: dir,
    graceMs: 3_000, // TERM cuts live readers at once, which is meant: they are told before, by the gateways
  });
  // Listening everywhere means answering here, too.
  const local = EVERYWHERE.includes(host) ? '127.0.0.1' : host;
  const address = `http://${local.includes(':') ? `[${local}]` : local}:${port}`;
  const answers = async () =>
    (await fetch(`${address}/.proxy/live`, { signal: AbortSignal.timeout(1_000) })).status === 204;
  await untilReady(child, answers, { what: 'nginx', say });
  const version =
    /nginx\/(\S+)/.exec(spawnSync(program, ['-v'], { encoding: 'utf8' }).stderr)?.[1] ?? 'unknown';
  return { ...child, kind: 'proxy', address, version };
}

function config({ dir, host, port, gateways, hops, limits }) {
  const quoted = (path) => JSON.stringify(path);
  const temp = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `  ${name}_temp_path ${quoted(join(dir, 'temp', name))};`,
  );
  mkdirSync(join(dir, 'temp'), { recursive: true });
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
${believed(hops)}
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
    listen ${listenOn(host)}:${port} backlog=4096${host === '::' ? ' ipv6only=off' : ''};
    include ${quoted(join(nginxFolder, 'gateways.conf'))};
  }
}
`;
}

const listenOn = (host) => (host.includes(':') ? `[${host}]` : host);

/**
 * Whom to take a request for: each of our proxies writes down, at the right, who spoke to it; what stands left of that a stranger wrote. With
 * fewer entries than proxies it is the first one, as the gateway has it, too.
 */
function believed(hops) {
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

/** Workers of a root-started nginx are nobody. They write no file: bodies and answers stay in memory. */
function workerUser() {
  if (process.getuid?.() !== 0) return '';
  return `user nobody ${execFileSync('id', ['-gn', 'nobody'], { encoding: 'utf8' }).trim()};`;
}
