import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import {
  type EmbeddedPostgres,
  startEmbeddedPostgres,
} from '../../libs/postgres/src/embedded/embedded-postgres';
import { newDataDir, startProduct, startRefused } from '../support/product';

describe('the product on a PostgreSQL that is already there', () => {
  const folder = newDataDir();
  let server: EmbeddedPostgres;

  beforeAll(async () => {
    server = await startEmbeddedPostgres({ dataDir: folder, password: 'of the operator', sync: false });
    await run(server.url, 'CREATE DATABASE shop');
  });

  afterAll(async () => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
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

    // Another data folder, the same ledger.
    const second = await startProduct({ env });
    expect(
      ((await (await fetch(`${second.url}/v1/drops`)).json()) as { items: unknown[] }).items,
    ).toHaveLength(1);
    expect(await run(server.url, 'SELECT 1 AS up')).toEqual([{ up: 1 }]);
    await second.stop();
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
