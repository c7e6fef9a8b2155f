import type { Provider } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Clock, MERCHANT_QUOTAS } from '@holdfast/kernel';
import { createLogger, Logger, Metrics } from '@holdfast/observability';
import { openRedis, type RedisConnection } from '@holdfast/redis';
import { unloaded, waitFor } from '@holdfast/testing';
import { LeasedLimits } from '../../apps/gateway/src/adapters/limits/leased-limits';
import { RedisBudgets } from '../../apps/gateway/src/adapters/limits/redis-budgets';
import { SharingState } from '../../apps/gateway/src/adapters/limits/sharing-state';
import { LimitStore } from '../../apps/gateway/src/application/ports/limit-store.port';
import type { SharedBudgets } from '../../apps/gateway/src/application/ports/shared-budgets.port';
import { FakeBackend, SECRETS, startEdge } from '../support/fake-edge';
import { TestRedis, TestRedisCluster } from '../support/redis';

// Two gateways and a real Redis. The limit is that of sessions: 300 a minute for one address, so five come back each second of the test.
const QUOTA = 300;
const SLICE = QUOTA / 10;
const BACK_PER_SECOND = QUOTA / 60;
/** Redis's time to live of a key that has ended, as one of an earlier test may at this moment. */
const GONE = -2;

/** The limits as a gateway of the cluster has them. */
const sharing = (budgets: SharedBudgets): Provider => ({
  provide: LimitStore,
  inject: [Clock, Logger, Metrics],
  useFactory: (clock: Clock, logger: Logger, metrics: Metrics) =>
    new LeasedLimits(budgets, clock, new SharingState(clock, logger, metrics)),
});

let redis: TestRedis;
let connections: RedisConnection[];
let gateways: NestFastifyApplication[];
let backends: FakeBackend[];

const MERCHANT = { ...MERCHANT_QUOTAS, requests: 100 };

beforeAll(async () => {
  redis = await TestRedis.start();
});
afterAll(() => redis.stop());

beforeEach(async () => {
  connections = [];
  gateways = [];
  backends = [];
  for (const name of ['gateway-1', 'gateway-2']) {
    const connection = open([redis.url], name);
    const budgets = new RedisBudgets(connection, SECRETS.sessionKey);
    const backend = new FakeBackend();
    backends.push(backend);
    const settings = { limits: true, merchantQuotas: MERCHANT };
    gateways.push(await startEdge(backend, settings, [], {}, [sharing(budgets)]));
  }
  await waitFor('Redis', () => connections.every(({ isUp }) => isUp));
});
afterEach(async () => {
  await Promise.all(gateways.map((gateway) => gateway.close()));
  for (const connection of connections) connection.close();
});

function open(urls: string[], name: string): RedisConnection {
  const connection = openRedis({ urls, name, logger: createLogger('silent') });
  connections.push(connection);
  return connection;
}

interface Answer {
  statusCode: number;
  headers: Record<string, unknown>;
}

/** Sends `n` requests of one address to the gateways in turn, ten at a time. Says how many more could have come back meanwhile. */
async function burst(
  address: string,
  n: number,
): Promise<{ answers: Answer[]; through: number; cameBack: number }> {
  const answers: Answer[] = [];
  const startedAt = performance.now();
  for (let sent = 0; sent < n; sent += 10) {
    const ten = Array.from({ length: 10 }, (_, i) =>
      gateways[i % gateways.length]!.inject({ method: 'POST', url: '/v1/sessions', remoteAddress: address }),
    );
    answers.push(...(await Promise.all(ten)));
  }
  const cameBack = Math.ceil(((performance.now() - startedAt) / 1000) * BACK_PER_SECOND);
  return { answers, through: answers.filter(({ statusCode }) => statusCode === 201).length, cameBack };
}

/** Leases that got no answer in time, by all gateways. */
async function failures(): Promise<number> {
  const texts = await Promise.all(gateways.map((gateway) => gateway.get(Metrics).render()));
  return texts.reduce(
    (sum, text) => sum + Number(/^holdfast_limit_lease_failures_total (\d+)$/m.exec(text)![1]),
    0,
  );
}

/** Measures until Redis answered always meanwhile: a machine that is too busy for that gives no measure of sharing. */
async function whileRedisAnswers<T>(measure: (turn: number) => Promise<T>): Promise<T> {
  for (let turn = 1; turn <= 6; turn += 1) {
    const before = await failures();
    const result = await measure(turn);
    if ((await failures()) === before) return result;
  }
  throw new Error('Redis did not answer in time in any of six turns');
}

/** Of a fresh address each time. */
const sharedBurst = (network: string, n: number) =>
  whileRedisAnswers((host) => burst(`${network}.${host}`, n));

describe('public limits of two gateways', () => {
  it('let the quota through once, not once for each gateway', async () => {
    const { answers, through, cameBack } = await sharedBurst('10.1.2', 3 * QUOTA);
    expect(through).toBeGreaterThanOrEqual(QUOTA);
    expect(through).toBeLessThanOrEqual(QUOTA + SLICE + cameBack);
    const others = answers.filter(({ statusCode }) => statusCode !== 201);
    for (const { statusCode, headers } of others) {
      expect(statusCode).toBe(429);
      expect(headers['ratelimit']).toMatch(/^"address-sessions";r=0;t=\d+$/);
      expect(headers['ratelimit-policy']).toBe('"address-sessions";q=300;w=60');
      expect(Number(headers['retry-after'])).toBeGreaterThanOrEqual(1);
      expect(Number(headers['retry-after'])).toBeLessThanOrEqual(60);
    }
    // Each answer tells what is left to all, so it falls for both.
    const told = answers.flatMap(({ headers }) => /r=(\d+)/.exec(String(headers['ratelimit']))?.[1] ?? []);
    expect(Number(told[99])).toBeLessThanOrEqual(QUOTA - 100 + 2 * SLICE + cameBack);
  });

  it('let the quota of a merchant through once, and another merchant’s beside it', async () => {
    const ask = async (n: number, merchantId: string) => {
      let through = 0;
      for (let i = 0; i < n; i += 1) {
        const headers = { authorization: `Bearer ${backends[i % 2]!.accounts.token({ merchantId })}` };
        const remoteAddress = `10.4.0.${i % 100}`;
        const answer = await gateways[i % 2]!.inject({ url: '/v1/admin/drops', headers, remoteAddress });
        expect([200, 429]).toContain(answer.statusCode);
        if (answer.statusCode === 200) through += 1;
      }
      return through;
    };
    const measured = async (merchantId: string) => {
      const startedAt = performance.now();
      const through = await ask(3 * MERCHANT.requests, merchantId);
      const cameBack = Math.ceil(((performance.now() - startedAt) / 60_000) * MERCHANT.requests);
      return { through, cameBack };
    };
    const { through, cameBack } = await whileRedisAnswers((n) => measured(`mer_a${n}`));
    expect(through).toBeGreaterThanOrEqual(MERCHANT.requests);
    expect(through).toBeLessThanOrEqual(MERCHANT.requests + MERCHANT.requests / 10 + cameBack);
    expect(await ask(50, 'mer_b')).toBe(50);
  });

  it('keep no address in Redis, one hash tag a key, and nothing for longer than a window', async () => {
    await burst('10.9.8.7', 100);
    const keys = await connections[0]!.client.keys('hf1:*');
    expect(keys.length).toBeGreaterThan(0);
    for (const key of keys) {
      expect(key).toMatch(/^hf1:\{limit-[\w-]{20}\}:budget$/);
      const ttl = await connections[0]!.client.pttl(key);
      if (ttl === GONE) continue;
      expect(ttl).toBeGreaterThan(0);
      expect(ttl).toBeLessThanOrEqual(60_000);
    }
  });

  it('apply to each gateway by itself while Redis is dead, without an error, and are shared again when it is back', async () => {
    await burst('10.1.1.1', 100);
    await redis.kill();
    const dead = await burst('10.1.1.1', 9 * (QUOTA / 3));
    expect(new Set(dead.answers.map(({ statusCode }) => statusCode))).toEqual(new Set([201, 429]));
    expect(dead.through).toBeGreaterThanOrEqual(QUOTA);
    expect(dead.through).toBeLessThanOrEqual(2 * QUOTA + 2 * dead.cameBack);
    await redis.start();
    await waitFor('Redis', () => connections.every(({ isUp }) => isUp));
    const { through, cameBack } = await sharedBurst('10.1.3', 3 * QUOTA);
    expect(through).toBeGreaterThanOrEqual(QUOTA);
    expect(through).toBeLessThanOrEqual(QUOTA + SLICE + cameBack);
  });

  it('never wait long for a Redis that hangs', async () => {
    redis.stall();
    try {
      const startedAt = performance.now();
      const { answers } = await burst('10.1.1.3', 200);
      expect(answers.filter(({ statusCode }) => statusCode !== 201)).toEqual([]);
      // A deadline now and then, beside the work itself; with a wait at each of them it would be twenty seconds.
      expect(unloaded(performance.now() - startedAt)).toBeLessThan(10_000);
    } finally {
      redis.resume();
    }
  });
});

describe('budgets in Redis', () => {
  // A busy machine must not look like a Redis that is away.
  const budgetsAt = (redis: RedisConnection) => new RedisBudgets(redis, SECRETS.sessionKey, 10_000);
  const lease = (budgets: RedisBudgets, caller: string, quota: number, windowSeconds: number, waiting = 0) =>
    budgets.lease(caller, { quota, windowSeconds }, { spent: 0, waiting, slice: quota / 10 });

  it('lease exactly the quota, also where one request costs a fraction of a millisecond', async () => {
    const budgets = budgetsAt(connections[0]!);
    const startedAt = performance.now();
    let leased = 0;
    let left = Infinity;
    for (let calls = 0; left > 0 && calls < 200; calls += 1) {
      const answer = await lease(budgets, 'drop:exact', 200_000, 100);
      leased += answer.leased;
      left = answer.left;
      if (left < 1_000) break;
    }
    const cameBack = (performance.now() - startedAt + 1) * 2;
    expect(leased + left).toBeGreaterThanOrEqual(200_000);
    expect(leased + left).toBeLessThanOrEqual(200_000 + cameBack);
  });

  it('charge what was spent, though nothing be left, and keep nobody out for longer than a window', async () => {
    const budgets = budgetsAt(connections[0]!);
    const { client } = connections[0]!;
    const others = await client.keys('hf1:*');
    const answer = await budgets.lease(
      'address:spent',
      { quota: 10, windowSeconds: 60 },
      { spent: 25, waiting: 1, slice: 1 },
    );
    expect(answer).toMatchObject({ leased: 0, left: 0 });
    expect(answer.nextInMs).toBeLessThanOrEqual(6_000);
    const [key, ...more] = (await client.keys('hf1:*')).filter((it) => !others.includes(it));
    expect(more).toEqual([]);
    const ttl = await client.pttl(key!);
    expect(ttl).toBeGreaterThan(0);
    expect(ttl).toBeLessThanOrEqual(60_000);
  });

  it('never lease more than the quota to callers at once', async () => {
    const all = connections.map(budgetsAt);
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, i) => lease(all[i % 2]!, 'address:race', 60, 86_400, 3)),
    );
    expect(answers.reduce((sum, { leased }) => sum + leased, 0)).toBe(60);
  });

  it('work on a Redis Cluster', async () => {
    const cluster = await TestRedisCluster.start();
    try {
      const connection = open(cluster.urls, 'gateway-3');
      const budgets = budgetsAt(connection);
      await waitFor('the cluster', () => lease(budgets, 'address:first', 60, 60));
      for (let i = 0; i < 30; i += 1)
        expect(await lease(budgets, `address:${i}`, 60, 60, 1)).toMatchObject({ leased: 6, left: 54 });
    } finally {
      await cluster.stop();
    }
  });
});
