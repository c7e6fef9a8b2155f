import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fromKafkaSecurity } from '@holdfast/config';
import { unloaded, waitFor } from '@holdfast/testing';
import { onDatabase } from '../support/drops';
import { startBareServer, type BareServer } from '../support/own-ledger';
import { newDataDir, type Product, startProduct, startRefused } from '../support/product';
import { TestRedisCluster } from '../support/redis';
import { callConnect } from '../../apps/cluster/src/servers/connect-rest';
import { SOAK } from '../support/seeds';
import { scramOverTls } from '../support/secure-kafka';
import { StreamServers } from '../support/stream-servers';

const NAMED = ['postgres', 'redis', 'kafka', 'connect'];
const END_MS = 10_000;
const SHOPPERS = 200;

interface Component {
  name: string;
  kind: string;
  pid: number | null;
  address: string;
  state: string;
}

/**
 * An operator's own servers: an empty PostgreSQL, a Redis Cluster of three nodes, a Kafka with logins and TLS, and a Connect worker with a login
 * that knows nothing of us.
 */
let postgres: BareServer;
let redis: TestRedisCluster;
let stream: StreamServers;
let env: Record<string, string>;
let product: Product;
const dataDir = newDataDir();
const keys = mkdtempSync(join(tmpdir(), 'holdfast-keys-'));

beforeAll(async () => {
  postgres = await startBareServer();
  [redis, stream] = await Promise.all([
    TestRedisCluster.start(),
    StreamServers.start(postgres.url, {
      ...{ connector: false, watch: false },
      listener: scramOverTls(keys, 'shop', 'it"s a \\ secret'),
    }),
  ]);
  env = {
    DATABASE_URL: postgres.url,
    REDIS_URL: redis.urls.join(),
    KAFKA_BROKERS: stream.brokers.join(),
    ...fromKafkaSecurity(stream.security),
    CONNECT_URL: stream.connectUrl,
  };
}, 240_000);

afterAll(async () => {
  await product?.stop();
  await stream?.stop();
  await redis?.stop();
  await postgres?.stop();
  rmSync(keys, { recursive: true, force: true });
}, 60_000);

const start = () => startProduct({ mode: 'cluster', dataDir, env });

async function topology(): Promise<Component[]> {
  const { json } = await product.cli('topology');
  return (json as { components: Component[] }).components;
}

describe('a cluster on servers that are there already', () => {
  /** Both at once: what cannot be reached is waited for. */
  it('refuses to start where one leads nowhere or does not take the login, and says why without the password', async () => {
    const nowhere = {
      DATABASE_URL: 'postgres://holdfast:secret@127.0.0.1:2/holdfast',
      REDIS_URL: 'redis://:secret@127.0.0.1:2',
      KAFKA_BROKERS: '127.0.0.1:2',
      CONNECT_URL: 'http://127.0.0.1:2',
    };
    const noLogin = { KAFKA_SASL_MECHANISM: '', KAFKA_USERNAME: '', KAFKA_PASSWORD: '' };
    const otherLogin = stream.connectUrl.replace(/:[^:@]*@/, ':secret@');
    type Try = [more: Record<string, string>, words: string[]];
    const addresses = Object.entries(nowhere).map(([name, address]): Try => [
      { [name]: address },
      [name, '127.0.0.1:2', 'ECONNREFUSED'],
    ]);
    // Each is a start of the launcher.
    const moreOfKafka: Try[] = [
      [{ KAFKA_SASL_MECHANISM: 'plain' }, ['it refuses the login shop by PLAIN']],
      [noLogin, ['it closes the connection: is KAFKA_TLS right']],
      [{ KAFKA_CA: '' }, ['its certificate is not trusted']],
    ];
    const tries: Try[] = [
      ...addresses,
      [{ KAFKA_PASSWORD: 'secret' }, ['it refuses the login shop by SCRAM-SHA-512']],
      [{ KAFKA_TLS: 'off', KAFKA_CA: '' }, ['does that port want TLS (KAFKA_TLS=on)']],
      [{ CONNECT_URL: otherLogin }, ['Kafka Connect at http://127.0.0.1:', 'it refuses the login']],
      ...(SOAK ? moreOfKafka : []),
    ];
    const began = performance.now();
    await Promise.all(
      tries.map(async ([more, words]) => {
        const refused = await startRefused({ mode: 'cluster', env: { ...env, ...more } });
        expect(refused).toMatchObject({ code: 1, signal: null });
        for (const word of words) expect(refused.output).toContain(word);
        expect(refused.output).not.toMatch(/secret|only-for-this-test/);
      }),
    );
    expect(unloaded(performance.now() - began)).toBeLessThan(90_000);
  }, 150_000);

  it('refuses a PostgreSQL whose log nobody could follow, at once and with what to do', async () => {
    const other = await startBareServer({ wal_level: 'replica' });
    try {
      const began = performance.now();
      const refused = await startRefused({ mode: 'cluster', env: { ...env, DATABASE_URL: other.url } });
      expect(unloaded(performance.now() - began)).toBeLessThan(30_000);
      expect(refused).toMatchObject({ code: 1, signal: null });
      expect(refused.output).toContain("ALTER SYSTEM SET wal_level = 'logical'");
      expect(refused.output).not.toMatch(/^ {4}at /m);
    } finally {
      await other.stop();
    }
  }, 90_000);

  it('refuses a login that may not make one that replicates, in plain words', async () => {
    const url = new URL(postgres.url);
    [url.username, url.password, url.pathname] = ['limited', 'only-for-this-test', '/limited'];
    for (const sql of [
      `CREATE ROLE limited LOGIN CREATEROLE PASSWORD 'only-for-this-test'`,
      'CREATE DATABASE limited OWNER limited',
    ])
      await onDatabase(postgres.url, (client) => client.query(sql));
    const refused = await startRefused({ mode: 'cluster', env: { ...env, DATABASE_URL: url.href } });
    expect(refused).toMatchObject({ code: 1, signal: null });
    expect(refused.output).toContain('CREATEROLE and REPLICATION');
    expect(refused.output).not.toMatch(/^ {4}at /m);
  }, 90_000);

  it('uses them all, and starts only its services and the proxy', async () => {
    product = await start();
    const all = await waitFor(
      'every component to be up',
      async () => {
        const components = await topology();
        return components.every(({ state }) => state === 'up') && components;
      },
      { deadlineMs: 120_000, everyMs: 200 },
    );
    const given = all.filter(({ pid }) => pid === null);
    expect(given.map(({ kind }) => kind).sort()).toEqual([...NAMED].sort());
    expect(all.find(({ kind }) => kind === 'redis')!.address).toBe(redis.urls.join());
    expect(all.filter(({ kind }) => !NAMED.includes(kind))).toHaveLength(10);
    expect(JSON.stringify(all)).not.toMatch(/it.{1,3}s a|only-for-this-test/);
    expect(readdirSync(dataDir)).not.toEqual(
      expect.arrayContaining(['redis', 'kafka', 'connect', 'postgres']),
    );
  }, 180_000);

  it('sells each unit once, with two gateways on the nodes of a Redis Cluster', async () => {
    const created = await product.cli(
      ...['drop', 'create', '--name', 'Named', '--item', 'A=20@5.00', '--item', 'B=15@5.00'],
      ...['--opens-at', 'now'],
    );
    const { id } = created.json as { id: string };
    const { code, json } = await product.cli(
      ...['rush', '--drop', id, '--shoppers', String(SHOPPERS), '--pay', '0.5', '--concurrency', '40'],
    );
    expect(json).toMatchObject({
      held: 35,
      refused: { 'sold-out': SHOPPERS - 35 },
      errors: 0,
      oversold: 0,
      verify: { ok: true },
    });
    expect(code).toBe(0);
    const { json: verified } = await product.cli('verify');
    const { invariants } = verified as { invariants: { name: string; checked: number; broken: number }[] };
    const view = invariants.find(({ name }) => name === 'view-equals-ledger')!;
    expect(view.checked).toBeGreaterThan(0);
    expect(view.broken).toBe(0);
  }, 120_000);

  it('leaves them running at its end', async () => {
    expect(await product.stop()).toEqual({ code: 0, signal: null });
    await onDatabase(postgres.url, (client) => client.query('SELECT 1'));
    expect((await callConnect(stream.connectUrl, '/health')).status).toBe(200);
  }, 60_000);

  // As with servers of its own, see `launcher`.
  if (SOAK)
    it('goes on with them at its next start', async () => {
      product = await start();
      const { json } = await product.cli('verify');
      expect(json).toMatchObject({ ok: true });
      const before = performance.now();
      await product.stop();
      expect(performance.now() - before).toBeLessThan(END_MS);
    }, 180_000);
});
