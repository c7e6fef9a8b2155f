/** Where Redis is, read from URLs. Several nodes of a cluster share login and encryption. */
export interface RedisAddress {
  nodes: { host: string; port: number }[];
  username?: string;
  password?: string;
  db: number;
  tls: boolean;
}

const DEFAULT_PORT = 6379;

/**
 * Parses `redis://[user:password@]host[:port][/db]`, or `rediss://` for TLS. Throws an error that names the
 * position, never the value, which may contain a password.
 */
export function parseRedisUrls(urls: readonly string[]): RedisAddress {
  const parsed = urls.map((text, index) => parseOne(text, index));
  const [first] = parsed;
  if (first === undefined) throw new Error('no Redis URL is given');
  for (const [index, { url }] of parsed.entries()) {
    const same = url.protocol === first.url.protocol && url.password === first.url.password;
    if (!same || url.username !== first.url.username)
      throw new Error(`Redis URL ${index + 1} has another login or encryption than the first`);
  }
  const db = Number(first.url.pathname.slice(1) || 0);
  if (!Number.isInteger(db) || (db > 0 && urls.length > 1))
    throw new Error('the path of a Redis URL is the number of a database; a cluster has only 0');
  return {
    nodes: parsed.map(({ host, port }) => ({ host, port })),
    ...(first.url.username === '' ? {} : { username: decodeURIComponent(first.url.username) }),
    ...(first.url.password === '' ? {} : { password: decodeURIComponent(first.url.password) }),
    db,
    tls: first.url.protocol === 'rediss:',
  };
}

function parseOne(text: string, index: number) {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw new Error(`Redis URL ${index + 1} is no URL`);
  }
  if (url.protocol !== 'redis:' && url.protocol !== 'rediss:')
    throw new Error(`Redis URL ${index + 1} must begin with redis:// or rediss://`);
  const host = url.hostname.replace(/^\[|\]$/g, '') || '127.0.0.1';
  return { url, host, port: url.port === '' ? DEFAULT_PORT : Number(url.port) };
}

/** The same without login, for logs and for people. */
export function publicAddress({ nodes, tls }: RedisAddress): string {
  const hosts = nodes.map(({ host, port }) => `${host.includes(':') ? `[${host}]` : host}:${port}`);
  return `${tls ? 'rediss' : 'redis'}://${hosts.join(',')}`;
}
