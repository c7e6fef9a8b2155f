import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import {
  ClaimBlocked,
  DatabaseClaim,
  DatabaseTaken,
  LOGINS,
  type LoginName,
  LoginTooWeak,
  migrate,
  NotASession,
  openClient,
  openLogins,
  openPool,
  ROLES,
  usualLogins,
  withLogin,
} from '@holdfast/postgres';
import { waitFor } from '@holdfast/testing';
import { accountsMigrations } from '../../apps/accounts/src/adapters/postgres/migrations';
import { checkoutMigrations } from '../../apps/checkout/src/adapters/postgres/migrations';
import { inventoryMigrations } from '../../apps/inventory/src/adapters/postgres/migrations';
import { onDatabase } from '../support/drops';
import { DroppingPooler, RefusingPooler } from '../support/proxy/pooler';
import { type BareServer, startBareServer } from '../support/own-ledger';

const SETS = [inventoryMigrations, checkoutMigrations, accountsMigrations];
const NAMES = Object.keys(LOGINS) as LoginName[];
const logins = (word: string, suffix = '') =>
  usualLogins(
    Object.fromEntries(NAMES.map((name) => [name, `${word} of ${name}`])) as Record<LoginName, string>,
    suffix,
  );

let server: BareServer;
beforeAll(async () => {
  server = await startBareServer();
  await asRoot(`CREATE ROLE maker LOGIN CREATEROLE REPLICATION PASSWORD 'maker'`);
});
afterAll(() => server.stop());

const asRoot = (text: string, database = 'holdfast') =>
  onDatabase(Object.assign(new URL(server.url), { pathname: `/${database}` }).href, (client) =>
    client.query(text),
  );
const urlOf = (database: string, login = 'maker', password = login) =>
  withLogin(Object.assign(new URL(server.url), { pathname: `/${database}` }).href, login, password);

/** What PostgreSQL says to a statement; null: it did it. */
async function answerTo(url: string, ...texts: string[]): Promise<string | null> {
  return onDatabase(url, async (client) => {
    try {
      for (const text of texts) await client.query(text);
      return null;
    } catch (error) {
      return (error as Error).message;
    }
  });
}

// A login that may create roles and owns its database is all that the product asks of a server; it comes first, as the roles are made by it.
describe('a given login that may create roles and replicate', () => {
  it('makes tables and logins, and again at the next start with other passwords', async () => {
    await asRoot('CREATE DATABASE shop OWNER maker');
    await migrate(urlOf('shop'), SETS);
    const first = await openLogins(urlOf('shop'), logins('first', '_shop'));
    expect(first.givenBecause).toBeNull();
    const second = await openLogins(urlOf('shop'), logins('second', '_shop'));
    expect(second.givenBecause).toBeNull();
    for (const name of NAMES) expect(await answerTo(second.urls[name], 'SELECT 1')).toBeNull();
    await expect(answerTo(first.urls.inventory, 'SELECT 1')).rejects.toThrow(
      'password authentication failed',
    );
  });
});

describe('the logins of the product', () => {
  let urls: Record<LoginName, string>;
  beforeAll(async () => {
    await migrate(server.url, SETS);
    ({ urls } = await openLogins(server.url, logins('our')));
  });

  it.each(NAMES)('may not leave the ledger: %s', async (name) => {
    const url = urls[name];
    expect(await answerTo(url, `COPY (SELECT 1) TO PROGRAM 'true'`)).toMatch(/permission denied/);
    expect(await answerTo(url, 'SELECT rolpassword FROM pg_authid')).toMatch(/permission denied/);
    expect(await answerTo(url, `SELECT pg_read_file('/etc/passwd')`)).toMatch(/permission denied/);
    expect(await answerTo(url, 'CREATE ROLE more SUPERUSER')).toMatch(/permission denied/);
    expect(await answerTo(url, 'CREATE TABLE inventory.mine (x int)')).toMatch(/permission denied/);
    expect(await answerTo(url, 'CREATE TABLE public.mine (x int)')).toMatch(/permission denied/);
    expect(await answerTo(url, `SET ROLE ${ROLES.migrator}`)).toMatch(/permission denied/);
    expect(await answerTo(url, 'SET ROLE holdfast')).toMatch(/permission denied/);
  });

  it('are no superuser behind a role: giving the role back gives nothing', async () => {
    const pool = openPool({ url: urls.checkout, role: ROLES.checkout, max: 1, name: 'test' });
    await pool.query('SELECT count(*) FROM checkout.orders');
    await pool.query('RESET ROLE');
    await expect(pool.query('SELECT count(*) FROM inventory.stock')).rejects.toThrow('permission denied');
    await expect(pool.query(`SET ROLE ${ROLES.inventory}`)).rejects.toThrow('permission denied');
    await pool.end();
  });

  it('do not replicate, but for the one that reads the log', async () => {
    for (const name of NAMES) {
      const opening = openClient({ url: urls[name], name: 'test', replication: true });
      if (name === 'stream') await (await opening).end();
      else await expect(opening).rejects.toThrow(/WAL sender|replication/);
    }
  });
});

describe('a given login without rights of its own', () => {
  it('is told what to grant', async () => {
    await asRoot(`CREATE ROLE weak LOGIN PASSWORD 'weak'`);
    const opening = openLogins(urlOf('holdfast', 'weak'), logins('no'));
    await expect(opening).rejects.toThrow(LoginTooWeak);
    await expect(opening).rejects.toThrow(
      /GRANT holdfast_inventory, .*holdfast_auditor.* TO "weak"; ALTER ROLE "weak" REPLICATION;/,
    );
  });

  it('runs the product when it was given the roles, and need not be able to migrate', async () => {
    await asRoot(`CREATE ROLE plain LOGIN REPLICATION PASSWORD 'plain'`);
    const roles = [ROLES.inventory, ROLES.checkout, ROLES.sandbox, ROLES.accounts, ROLES.cdc, ROLES.auditor];
    await asRoot(`GRANT ${roles.join(', ')} TO plain`);
    const url = urlOf('holdfast', 'plain');
    expect(await migrate(url, SETS)).toMatchObject([{ applied: [] }, { applied: [] }, { applied: [] }]);
    // Another version, as after a rollback.
    const [first, ...rest] = SETS;
    const other = { ...first!, functions: [...first!.functions, { name: 'other', text: '' }] };
    await expect(migrate(url, [other, ...rest])).rejects.toThrow(
      /may not migrate.*inventory other.*holdfast migrate/,
    );
    const { urls, givenBecause } = await openLogins(url, logins('no'));
    expect(givenBecause).toContain('may not make logins');
    expect(new Set(Object.values(urls))).toEqual(new Set([url]));
  });
});

describe('a database that a product works on', () => {
  const take = (product: string, who = product) => DatabaseClaim.take({ url: server.url, product, who });

  it('takes all processes of that product, and refuses another until the last is gone', async () => {
    const one = await take('one', 'inventory-1');
    const two = await take('one', 'inventory-2');
    const refused = take('other');
    await expect(refused).rejects.toThrow(DatabaseTaken);
    await expect(refused).rejects.toThrow('holdfast inventory-1, holdfast inventory-2');
    await one.release();
    await expect(take('other')).rejects.toThrow('holdfast inventory-2');
    // As after kill -9: the connection is gone, and nobody said goodbye.
    const waiting = take('other');
    await two.release();
    const other = await waiting;
    await other.release();
  });

  it('lets exactly one of two in that come at the same moment', async () => {
    const both = await Promise.allSettled([take('one'), take('other')]);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    for (const it of both) if (it.status === 'fulfilled') await it.value.release();
  });

  it('says in plain words which process keeps it from being taken', async () => {
    const hanging = await openClient({ url: server.url, name: 'holdfast hanging 1@host' });
    await hanging.query('SELECT pg_advisory_lock(7116003)');
    const taking = take('one');
    await expect(taking).rejects.toThrow(ClaimBlocked);
    await expect(taking).rejects.toThrow(/holdfast hanging 1@host\. Stop it, .*pg_terminate_backend\(\d+\)/);
    await hanging.end();
    await (await take('one')).release();
  });

  it('is taken again by its product after a restart of the server', async () => {
    const one = await take('one');
    await asRoot(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'holdfast one'`,
    );
    await waitFor('the claim', async () => {
      const { rows } = await asRoot(`SELECT FROM pg_stat_activity WHERE application_name = 'holdfast one'`);
      return rows.length > 0;
    });
    await expect(take('other')).rejects.toThrow(DatabaseTaken);
    await one.release();
  });
});

const onLinux = process.platform === 'linux' ? it : it.skip;

onLinux(
  'an idle connection is looked after: one whose server is gone ends within half a minute',
  async () => {
    const client = await openClient({ url: server.url, name: 'test' });
    const { localPort } = (client as unknown as { connection: { stream: Socket } }).connection.stream;
    const own = `0100007F:${localPort!.toString(16).toUpperCase().padStart(4, '0')}`;
    const line = readFileSync('/proc/net/tcp', 'utf8')
      .split('\n')
      .map((one) => one.trim().split(/\s+/))
      // Established: the port of an earlier connection may still be in TIME-WAIT.
      .find(([, local, , state]) => local === own && state === '01')!
      .join(' ');
    // The kernel's timer of the connection (2: keep-alive), in hundredths of a second.
    const [, kind, left] = / (0\d):([0-9A-F]{8}) /.exec(line)!;
    expect(kind).toBe('02');
    expect(Number.parseInt(left!, 16)).toBeLessThanOrEqual(2_000);
    await client.end();
  },
);

describe('a connection pooler', () => {
  const start = {
    refuses: () => RefusingPooler.start(server.url),
    drops: () => DroppingPooler.start(server.url),
  };

  it.each(['refuses', 'drops'] as const)('that %s the settings is named as what it is', async (manner) => {
    const pooler = await start[manner]();
    const opening = openClient({ url: pooler.url, name: 'test' });
    await expect(opening).rejects.toThrow(NotASession);
    await expect(opening).rejects.toThrow(/connection pooler .* name the PostgreSQL server directly/);
    const pool = openPool({ url: pooler.url, role: ROLES.inventory, max: 1, name: 'test' });
    await expect(pool.query('SELECT 1')).rejects.toThrow(NotASession);
    await pool.end();
    await pooler.stop();
  });
});
