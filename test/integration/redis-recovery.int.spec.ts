import { silentLogger } from '@holdfast/observability';
import { openRedis, RedisCalls, type RedisConnection } from '@holdfast/redis';
import { waitFor } from '@holdfast/testing';
import { Redis } from 'ioredis';
import { TcpProxy } from '../support/proxy/tcp-proxy';
import { TestRedis } from '../support/redis';

const SILENT_MS = 1_000; // after which the client gives up a connection that answers nothing
const WRITE = { name: 'write-key-1', keys: 1, text: "return redis.call('SET', KEYS[1], ARGV[1])" };

const opened: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
});

async function start(): Promise<TestRedis> {
  const server = await TestRedis.start();
  opened.push(() => server.stop());
  return server;
}

async function open(url: string): Promise<RedisConnection> {
  const redis = openRedis({ urls: [url], name: 'under test', logger: silentLogger() });
  opened.push(() => redis.close());
  await waitFor('a connection to Redis', () => redis.isUp);
  return redis;
}

it('keeps the new connection after a crash that left a command without its answer', async () => {
  const server = await start();
  const redis = await open(server.url);
  const crash = async () => {
    server.stall();
    const lost = redis.client.get('a').catch((error: Error) => error);
    await new Promise((resolve) => setImmediate(resolve));
    await server.kill();
    expect(await lost).toBeInstanceOf(Error);
    await server.start();
    await waitFor('the connection', () => redis.isUp, { everyMs: 5 });
    const place = redis.placeOf('a');
    return watch(() => redis.isUp && redis.placeOf('a') === place);
  };
  let seen = await crash();
  // A stalled machine sends nothing, either.
  for (let again = 0; again < 3 && seen.longestGapMs > SILENT_MS / 2; again += 1) seen = await crash();
  expect(seen.isKept).toBe(true);
});

/** Looks for longer than silence is borne: was it kept all the time, and how long was nobody able to look? */
async function watch(isKept: () => boolean) {
  const seen = { isKept: true, longestGapMs: 0 };
  const until = performance.now() + 1.5 * SILENT_MS;
  for (let last = performance.now(); last < until;) {
    await new Promise((resolve) => setTimeout(resolve, 10));
    seen.isKept &&= isKept();
    seen.longestGapMs = Math.max(seen.longestGapMs, performance.now() - last);
    last = performance.now();
  }
  return seen;
}

it('leaves a server that became a replica for the one that is behind the same address now, and comes back', async () => {
  const servers = [await start(), await start()] as const;
  const proxy = await TcpProxy.start(servers[0].url);
  opened.push(() => proxy.stop());
  const redis = await open(proxy.url);
  const calls = new RedisCalls(redis, { what: 'the test', deadlineMs: 10_000 });
  const write = calls.script(WRITE);
  await write(['a'], ['0']);
  const clients = servers.map(({ url }) => new Redis(url));
  opened.push(() => clients.forEach((client) => client.disconnect()));
  for (const [from, to] of [
    [0, 1],
    [1, 0],
  ] as const) {
    const { port, url } = servers[to];
    proxy.target = url;
    await clients[to]!.replicaof('NO', 'ONE');
    await clients[from]!.replicaof('127.0.0.1', port);
    await expect(write(['a'], ['1'])).rejects.toThrow('READONLY');
    await waitFor('the other server', () =>
      write(['a'], [port]).then(
        () => true,
        () => false,
      ),
    );
    expect(await clients[to]!.get('a')).toBe(String(port));
  }
});
