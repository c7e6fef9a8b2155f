import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import {
  type EmbeddedPostgres,
  startEmbeddedPostgres,
} from '../../libs/postgres/src/embedded/embedded-postgres';
import { runCommand } from '../support/command';
import { RefusingPooler } from '../support/proxy/pooler';
import { newDataDir, startProduct, startRefused } from '../support/product';

describe('the product on a PostgreSQL that is already there', () => {
  const folder = newDataDir();
  const carelessFolder = newDataDir();
  let server: EmbeddedPostgres;

  beforeAll(async () => {
    server = await startEmbeddedPostgres({ dataDir: folder, password: 'of the operator', sync: false });
    await run(server.url, 'CREATE DATABASE shop');
  });

  afterAll(async () => {
    await server.stop();
    for (const each of [folder, carelessFolder]) rmSync(each, { recursive: true, force: true });
  });

  const urlOf = (database: string) =>
    Object.assign(new URL(server.url), { pathname: `/${database}` }).toString();

  it('keeps its ledger there, starts no server of its own and leaves that one running', async () => {
    const env = { DATABASE_URL: urlOf('shop') };
    const first = await startProduct({ env });
    const answer = await fetch(`${first.url}/v1/drops`);
    const { items } = (await answer.json()) as { items: unknown[] };
    expect(items).toHaveLength(1);
    const { components } = JSON.parse(readFileSync(join(first.dataDir, 'run.json'), 'utf8'));
    expect(components[1]).toMatchObject({ kind: 'postgres', pid: null, address: `127.0.0.1:${server.port}` });
    expect(first.pids()).toEqual([first.pid]);
    expect(first.output()).toContain('(DATABASE_URL)');
    expect(first.output()).not.toContain('of%20the%20operator');
    expect(await first.stop()).toEqual({ code: 0, signal: null });
    expect(await run(server.url, 'SELECT 1 AS up')).toEqual([{ up: 1 }]);
  });

  it('refuses a second product on its database, in words, until the first is gone; says what stays there, and drops the slot when it is told to', async () => {
    const env = { DATABASE_URL: urlOf('shop') };
    // Another data folder, the same ledger.
    const first = await startProduct({ env });
    const answer = await fetch(`${first.url}/v1/drops`);
    expect(((await answer.json()) as { items: unknown[] }).items).toHaveLength(1);
    const second = await startRefused({ env });
    expect(second.code).toBe(1);
    expect(second.output).toContain(`in use by another Holdfast (holdfast standalone ${first.pid}@`);
    expect(second.output).toContain('name another database in DATABASE_URL');
    const busy = await runCommand(['detach'], env);
    expect(busy).toMatchObject({ code: 1, json: { error: expect.stringContaining('Stop it first') } });
    await first.kill9();
    // Nobody cleans up after a kill.
    const third = await startProduct({ env });
    const { databaseUrl } = JSON.parse(readFileSync(join(third.dataDir, 'run.json'), 'utf8'));
    await expect(run(databaseUrl, `COPY (SELECT 1) TO PROGRAM 'true'`)).rejects.toThrow('permission denied');
    // Who is connected for the product is none who may do more: not the superuser of DATABASE_URL either.
    const logins = await run(
      server.url,
      `SELECT DISTINCT usename, rolsuper FROM pg_stat_activity JOIN pg_roles ON rolname = usename
       WHERE datname = 'shop' AND pid <> pg_backend_pid() AND application_name LIKE 'holdfast%'`,
    );
    expect(logins.length).toBeGreaterThan(1);
    expect(logins).not.toContainEqual(expect.objectContaining({ rolsuper: true }));
    await third.stop();
    expect(third.output()).toContain('The replication slot stays in PostgreSQL');
    expect(third.output()).toContain('npx holdfast detach');
    const detached = await runCommand(['detach'], env);
    expect(detached).toMatchObject({
      code: 0,
      json: {
        dropped: [expect.stringMatching(/^holdfast_native_/)],
        stays: { schemas: ['accounts', 'checkout', 'inventory', 'sandbox'], publications: ['holdfast_cdc'] },
      },
    });
    const slots = `SELECT FROM pg_replication_slots WHERE database = 'shop'`;
    expect(await run(server.url, slots)).toEqual([]);
    expect(await runCommand(['detach'], env)).toMatchObject({ code: 0, json: { dropped: [] } });
  });

  it('warns of a server that may lose what was acknowledged, and of a slot without a bound', async () => {
    const careless = await startEmbeddedPostgres({
      dataDir: carelessFolder,
      password: 'of the operator',
      sync: false,
      settings: { fsync: 'off', full_page_writes: 'off', max_slot_wal_keep_size: -1 },
    });
    const product = await startProduct({ env: { DATABASE_URL: careless.url } });
    expect(product.output()).toMatch(/Warning: PostgreSQL runs with fsync = off: a power cut/);
    expect(product.output()).toMatch(/Warning: PostgreSQL runs with full_page_writes = off/);
    expect(product.output()).toMatch(/Warning: max_slot_wal_keep_size is -1/);
    await product.stop();
    await careless.stop();
  });

  it('names a pooler as what it is', async () => {
    const pooler = await RefusingPooler.start(urlOf('shop'));
    const refused = await startRefused({ env: { DATABASE_URL: pooler.url } });
    expect(refused).toMatchObject({ code: 1, output: expect.stringContaining('connection pooler') });
    await pooler.stop();
  });

  it('says so when the login or the database is wrong', async () => {
    const wrong = new URL(urlOf('shop'));
    wrong.password = 'hunter2';
    const login = await startRefused({ env: { DATABASE_URL: wrong.toString() } });
    expect(login).toMatchObject({
      code: 1,
      output: expect.stringContaining('password authentication failed'),
    });
    expect(login.output).not.toContain('hunter2');
    const database = await startRefused({ env: { DATABASE_URL: urlOf('nowhere') } });
    expect(database).toMatchObject({ code: 1, output: expect.stringContaining('"nowhere" does not exist') });
  });
});

async function run(url: string, text: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}
