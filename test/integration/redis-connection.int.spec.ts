import { silentLogger } from '@holdfast/observability';
import {
  checkRedis,
  openRedis,
  openSubscriber,
  RedisCalls,
  redisStatus,
  RedisUnavailable,
  type RedisConnection,
} from '@holdfast/redis';
import { leastOf, waitFor } from '@holdfast/testing';
import { TestRedis, TestRedisCluster } from '../support/redis';

const BACK_WITHIN_MS = 1_000;
const open = (urls: string[]) => openRedis({ urls, name: 'under test', logger: silentLogger() });
const up = (redis: RedisConnection) => waitFor('a connection to Redis', () => redis.isUp);

describe('a connection to one Redis', () => {
  let server: TestRedis;
  let redis: RedisConnection;
  let calls: RedisCalls;
  let hurried: RedisCalls;

  beforeAll(async () => {
    server = await TestRedis.start();
    redis = open([server.url]);
    // A busy machine must not look like a Redis that is away.
    calls = new RedisCalls(redis, { what: 'the test', deadlineMs: 10_000 });
    hurried = new RedisCalls(redis, { what: 'the test', deadlineMs: 100 });
    await up(redis);
  });
  afterAll(async () => {
    redis.close();
    await server.stop();
  });

  it('runs commands and scripts, also after the server forgot its scripts', async () => {
    await calls.run((client) => client.set('a', '1'));
    const script = calls.script({
      name: 'add-one-1',
      keys: 1,
      text: "return redis.call('INCRBY', KEYS[1], ARGV[1])",
    });
    expect(await script(['a'], [2])).toBe(3);
    await redis.nodes[0]!.script('FLUSH');
    expect(await Promise.all([script(['a'], [1]), script(['a'], [1])])).toEqual([4, 5]);
  });

  it('tells a wrong command from a Redis that is away', async () => {
    await expect(calls.run((client) => client.hget('a', 'b'))).rejects.toThrow('WRONGTYPE');
  });

  it('is up with its version, and says so', async () => {
    expect(await redisStatus(redis)).toMatchObject({ state: 'up', version: expect.stringMatching(/^\d+\./) });
    expect(await checkRedis(redis)).toBe(1);
  });

  it('fails at the deadline while the server is silent, and at once while it is dead', async () => {
    server.stall();
    const began = performance.now();
    await expect(hurried.run((client) => client.get('a'))).rejects.toThrow(RedisUnavailable);
    expect(performance.now() - began).toBeLessThan(5_000); // there is no answer at all
    server.resume();
    await server.kill();
    await waitFor('the loss to be noticed', () => !redis.isUp);
    const again = performance.now();
    await expect(calls.run((client) => client.get('a'))).rejects.toThrow(RedisUnavailable);
    expect(performance.now() - again).toBeLessThan(5_000); // half the deadline of the call
    expect(await redisStatus(redis)).toMatchObject({ state: 'down', version: null });
    expect(await checkRedis(redis)).toBe(0);
  });

  it(`is in use again ${BACK_WITHIN_MS} ms after the server is back`, async () => {
    const backAfter = async (turn: number) => {
      if (turn > 0) {
        await server.kill();
        await waitFor('the loss to be noticed', () => !redis.isUp);
      }
      await server.start();
      const began = performance.now();
      await waitFor('a connection to Redis', () => redis.isUp, { everyMs: 5 });
      await calls.run((client) => client.set('a', '1'));
      return performance.now() - began;
    };
    expect(await leastOf(BACK_WITHIN_MS, backAfter)).toBeLessThan(BACK_WITHIN_MS);
  });
});

it('refuses a Redis that would throw keys away', async () => {
  const server = await TestRedis.start({ 'maxmemory-policy': 'allkeys-lru' });
  const redis = open([server.url]);
  await up(redis);
  await expect(checkRedis(redis)).rejects.toThrow(/maxmemory-policy allkeys-lru.*must be noeviction/);
  redis.close();
  await server.stop();
});

describe('a connection to a Redis Cluster', () => {
  let cluster: TestRedisCluster;
  let redis: RedisConnection;
  let calls: RedisCalls;
  let hurried: RedisCalls;
  const keys = ['hf1:{a}:x', 'hf1:{b}:x', 'hf1:{c}:x', 'hf1:{d}:x', 'hf1:{e}:x', 'hf1:{f}:x'];
  const servedKeys = async () => {
    const each = await Promise.allSettled(keys.map((key) => hurried.run((client) => client.incr(key))));
    return each.filter(({ status }) => status === 'fulfilled').length;
  };

  beforeAll(async () => {
    cluster = await TestRedisCluster.start();
    redis = open(cluster.urls);
    calls = new RedisCalls(redis, { what: 'the test', deadlineMs: 10_000 });
    hurried = new RedisCalls(redis, { what: 'the test', deadlineMs: 200 });
    await up(redis);
  });
  afterAll(async () => {
    redis.close();
    await cluster.stop();
  });

  it('finds the node of each key, and runs scripts there', async () => {
    const script = calls.script({
      name: 'add-one-1',
      keys: 1,
      text: "return redis.call('INCRBY', KEYS[1], ARGV[1])",
    });
    // The connection to a node is made when it is first needed, and fails where the machine stands still meanwhile.
    let turn = 0;
    const answers = await waitFor('the scripts to be run', () => {
      turn += 1;
      return Promise.all(keys.map((key) => script([`${key}${turn}`], [1])));
    });
    expect(answers).toEqual(keys.map(() => 1));
    expect(await checkRedis(redis)).toBe(3);
  });

  it('loses only the keys of a node that is dead, and has them again when it is back', async () => {
    await waitFor('all keys to be served', async () => (await servedKeys()) === keys.length);
    await cluster.nodes[0]!.kill();
    const served = await waitFor('the others to be served', async () => {
      const count = await servedKeys();
      return count > 0 && count < keys.length && count;
    });
    await waitFor('it to be said', async () => (await redisStatus(redis)).state === 'degraded');
    expect(served).toBeGreaterThan(0);
    await cluster.nodes[0]!.start();
    await waitFor('all keys to be served', async () => (await servedKeys()) === keys.length);
  });
});

describe('a subscriber', () => {
  it('hears what is published, knows when it may have missed something, and listens again by itself', async () => {
    const server = await TestRedis.start();
    const redis = open([server.url]);
    const heard: string[] = [];
    const states: string[] = [];
    const subscriber = openSubscriber({
      urls: [server.url],
      name: 'under test',
      onMessage: (channel, message) => heard.push(`${channel}:${message}`),
      onUp: () => states.push('up'),
      onDown: () => states.push('down'),
    });
    await subscriber.subscribe('one');
    await up(redis);
    await waitFor('the subscriber', () => subscriber.isUp);
    await subscriber.subscribe('two');
    await redis.client.publish('one', '1');
    await redis.client.publish('two', '2');
    await waitFor('both messages', () => heard.length === 2);
    await server.kill();
    await waitFor('the loss to be told', () => states.at(-1) === 'down');
    await server.start();
    await waitFor('the return to be told', () => states.at(-1) === 'up');
    await up(redis);
    await redis.client.publish('two', '3');
    await waitFor('the third message', () => heard.length === 3);
    server.stall();
    await waitFor('the silence to be noticed', () => states.at(-1) === 'down', { deadlineMs: 3_000 });
    server.resume();
    await waitFor('it to listen again', () => states.at(-1) === 'up');
    // In turns, and at least these; more of them where the machine stood still.
    expect(states).toEqual(states.map((_, i) => (i % 2 === 0 ? 'up' : 'down')));
    expect(states.length).toBeGreaterThanOrEqual(5);
    subscriber.close();
    redis.close();
    await server.stop();
  });
});
