import { silentLogger } from '@holdfast/observability';
import { openRedis, type RedisConnection } from '@holdfast/redis';
import { TestClock, waitFor } from '@holdfast/testing';
import { MemoryFamilies } from '../../apps/gateway/src/adapters/sessions/memory-families';
import { RedisFamilies } from '../../apps/gateway/src/adapters/sessions/redis-families';
import type { SessionFamilies } from '../../apps/gateway/src/application/ports/session-families.port';
import { TestRedis } from '../support/redis';

// A busy machine must not look like a Redis that is away.
const PATIENT_MS = 10_000;

let server: TestRedis;
let connection: RedisConnection;
let clock: TestClock;
let made = 0;
const newFamily = () => `f${(made += 1)}`.padEnd(26, 'x');

beforeAll(async () => {
  server = await TestRedis.start();
  connection = openRedis({ urls: [server.url], name: 'sessions under test', logger: silentLogger() });
  await waitFor('Redis', () => connection.isUp);
});
afterAll(async () => {
  connection.close();
  await server.stop();
});
beforeEach(() => {
  clock = new TestClock(Date.now());
});

const adapters: [string, (max?: number) => SessionFamilies][] = [
  ['in memory', (max) => new MemoryFamilies(clock, max)],
  ['in Redis', (max) => new RedisFamilies(connection, clock, max, PATIENT_MS)],
];

describe.each(adapters)('the families of guest sessions %s', (_where, open) => {
  it('go on by one generation each time', async () => {
    const families = open();
    const family = newFamily();
    for (let generation = 0; generation < 5; generation += 1) {
      clock.ms += 60_000;
      expect(await families.rotate(family, generation)).toEqual({
        kind: 'successor',
        generation: generation + 1,
        atMs: clock.ms,
      });
    }
  });

  it('give the same successor for ten seconds, however many ask', async () => {
    const families = open();
    const family = newFamily();
    const first = await families.rotate(family, 0);
    clock.ms += 10_000;
    const again = await Promise.all(Array.from({ length: 20 }, () => families.rotate(family, 0)));
    expect(new Set(again.map((one) => JSON.stringify(one)))).toEqual(new Set([JSON.stringify(first)]));
  });

  it('end at the use of a token that was replaced before, for whoever comes then', async () => {
    const families = open();
    const family = newFamily();
    await families.rotate(family, 0);
    clock.ms += 10_001;
    expect(await families.rotate(family, 0)).toEqual({ kind: 'reused' });
    expect(await families.rotate(family, 1)).toEqual({ kind: 'ended' });
    expect(await families.rotate(family, 0)).toEqual({ kind: 'ended' });
  });

  it('end at the use of a token of two generations ago, at once', async () => {
    const families = open();
    const family = newFamily();
    await families.rotate(family, 0);
    await families.rotate(family, 1);
    expect(await families.rotate(family, 0)).toEqual({ kind: 'reused' });
  });

  it('believe a token that is newer than what they remember, or that they do not remember', async () => {
    const families = open();
    const family = newFamily();
    expect(await families.rotate(family, 7)).toMatchObject({ kind: 'successor', generation: 8 });
    expect(await families.rotate(family, 12)).toMatchObject({ kind: 'successor', generation: 13 });
  });

  it('end when told so, known or not, and stay so', async () => {
    const families = open();
    const [known, unknown] = [newFamily(), newFamily()];
    await families.rotate(known, 0);
    for (const family of [known, unknown, known]) await families.end(family);
    for (const family of [known, unknown])
      for (const generation of [0, 1, 5])
        expect(await families.rotate(family, generation)).toEqual({ kind: 'ended' });
  });
});

describe('the memory of guest sessions', () => {
  it('is bounded in one process', async () => {
    const families = new MemoryFamilies(clock, 100);
    for (let n = 0; n < 1_000; n += 1)
      await (n % 2 ? families.end(newFamily()) : families.rotate(newFamily(), 0));
    expect(families.size).toBe(100);
  });

  it('is bounded in Redis, and everything in it ends by itself', async () => {
    const families = new RedisFamilies(connection, clock, 1, PATIENT_MS);
    await connection.client.flushall();
    // Half as many as there are buckets: some fall into the same.
    // In parts: Redis has half a second for each answer, and other tests share the machine.
    for (let part = 0; part < 20; part += 1)
      await Promise.all(
        Array.from({ length: 100 }, (_, n) =>
          n % 2 ? families.end(newFamily()) : families.rotate(newFamily(), 0),
        ),
      );
    const keys = await connection.client.keys('hf1:{session-*');
    expect(keys.length).toBeGreaterThan(50);
    for (const key of keys) {
      expect(await connection.client.hlen(key)).toBe(1);
      expect(await connection.client.pttl(key)).toBeGreaterThan(0);
    }
  });

  it('may be away: the session goes on, and only its end has to wait', async () => {
    const away = openRedis({ urls: ['redis://127.0.0.1:1'], name: 'nowhere', logger: silentLogger() });
    const families = new RedisFamilies(away, clock);
    expect(await families.rotate(newFamily(), 3)).toMatchObject({ kind: 'successor', generation: 4 });
    await expect(families.end(newFamily())).rejects.toThrow('could not be ended');
    away.close();
  });
});
