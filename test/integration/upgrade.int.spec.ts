import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { migrate, migrationStatus, openClient, openPool, ROLES } from '@holdfast/postgres';
import { createDatabase, dropDatabase, waitFor } from '@holdfast/testing';
import type { Client } from 'pg';
import { accountsMigrations } from '../../apps/accounts/src/adapters/postgres/migrations';
import { checkoutMigrations } from '../../apps/checkout/src/adapters/postgres/migrations';
import { PgOrderStore } from '../../apps/checkout/src/adapters/postgres/pg-order-store';
import { inventoryMigrations } from '../../apps/inventory/src/adapters/postgres/migrations';
import { catalogueOf } from '../support/catalogue';
import { createLedger, type TestLedger } from '../support/database';
import { onDatabase } from '../support/drops';
import { openInventory, placeHold, wordOf } from '../support/inventory';
import { createOldLedger, readStatements } from '../support/old-ledger';
import { REPOSITORY } from '../support/repository';

const SETS = [inventoryMigrations, checkoutMigrations, accountsMigrations];
const LAST_RELEASE = '6f40bf4';

let fresh: TestLedger;
beforeAll(async () => {
  fresh = await createLedger('fresh');
});
afterAll(() => fresh.drop());

const catalogue = (url: string) => onDatabase(url, catalogueOf);

describe.each(['37fb00b', LAST_RELEASE])('the ledger of commit %s', (commit) => {
  let url: string;
  beforeAll(async () => {
    url = await createOldLedger(commit);
    await migrate(url, SETS);
  });
  afterAll(() => dropDatabase(url));

  it('is upgraded to the schema of a fresh one', async () => {
    expect(await catalogue(url)).toEqual(await catalogue(fresh.url));
    expect(await migrationStatus(url, SETS)).toMatchObject([
      { pending: [] },
      { pending: [] },
      { pending: [] },
    ]);
  });

  it('goes on with its live holds and open orders', async () => {
    const { rows: live } = await onDatabase(url, (client) =>
      client.query<{
        drop_id: string;
        hold_id: string;
        customer_id: string;
        order_id: string | null;
        sku: string;
      }>(
        `SELECT drop_id, hold_id, customer_id, order_id, skus[1] AS sku FROM inventory.hold WHERE state = 'held' ORDER BY order_id`,
      ),
    );
    expect(live.map(({ order_id }) => order_id !== null)).toEqual([true, true, false]);
    const [first, second, free] = live;
    const inventory = openInventory(url);
    const end = (it: typeof free) => ({ holdId: it!.hold_id, customerId: it!.customer_id });
    expect(await inventory.client.confirmHold({ ...end(first), orderId: first!.order_id! })).toEqual({
      kind: 'confirmed',
    });
    expect(await inventory.client.releaseHold(end(second))).toEqual({ kind: 'payment-in-flight' });
    expect(await inventory.client.releaseHold(end(free))).toEqual({ kind: 'released' });
    const again = await placeHold(inventory, free!.drop_id, { lines: [{ sku: free!.sku, quantity: 1 }] });
    expect(wordOf(again)).toBe('held');
    await inventory.close();

    const pool = openPool({ url, role: ROLES.checkout, max: 1, name: 'test' });
    const orders = new PgOrderStore(pool);
    const open = await orders.activeOfHold(second!.drop_id, second!.hold_id);
    expect(open).toMatchObject({ orderId: second!.order_id });
    const { lines, totalMinor } = open!;
    expect(totalMinor).toBe(
      lines.reduce((sum, { quantity, price }) => sum + quantity * price.amountMinor, 0),
    );
    expect(
      await orders.advance(open!, { step: 'yielding' }, { fact: null, answer: null }, 60_000),
    ).toMatchObject({
      step: 'yielding',
    });
    await pool.end();
  });
});

describe('processes of the last release that still run beside an upgraded ledger', () => {
  it('find parameters and results of all their statements as they were', async () => {
    const url = await createOldLedger(LAST_RELEASE);
    const statements = Object.entries(readStatements(LAST_RELEASE));
    expect(statements.length).toBeGreaterThan(50);
    const before = await onDatabase(url, (client) => typesOf(client, statements));
    await migrate(url, SETS);
    expect(await onDatabase(url, (client) => typesOf(client, statements))).toEqual(before);
    await dropDatabase(url);
  });

  it('go on with the statements that they have prepared', async () => {
    const url = await createOldLedger(LAST_RELEASE);
    const text = readStatements(LAST_RELEASE)['apps/inventory/src/adapters/postgres/sql/run-batch.sql']!;
    const none = (count: number) => Array.from({ length: count }, () => '{}');
    const client = await openClient({ url, name: 'test', role: ROLES.inventory });
    const run = () =>
      client.query({ name: 'run-batch', text, values: ['d0', ...none(4), 60, 1, ...none(17)] });
    const before = await run();
    await migrate(url, SETS);
    const after = await run();
    expect(after.rows).toHaveLength(1);
    expect(after.fields.map(({ name }) => name)).toEqual(before.fields.map(({ name }) => name));
    await client.end();
    await dropDatabase(url);
  });

  /** By file: the types that PostgreSQL gives the parameters and the columns of its statement. */
  async function typesOf(client: Client, statements: [string, string][]): Promise<unknown> {
    for (const [file, text] of statements) await client.query(`PREPARE "${file.slice(-63)}" AS ${text}`);
    const { rows } = await client.query(
      `SELECT name, parameter_types, to_jsonb(s) -> 'result_types' AS result_types FROM pg_prepared_statements s ORDER BY name`,
    );
    expect(rows).toHaveLength(statements.length);
    return rows;
  }
});

it('numbered migrations read no file that may change', () => {
  for (const app of ['inventory', 'checkout']) {
    const folder = join(REPOSITORY, `apps/${app}/src/adapters/postgres/migrations`);
    const numbered = readdirSync(folder).filter((file) => /^\d/.test(file));
    expect(numbered.length).toBeGreaterThan(3);
    for (const file of numbered)
      expect(
        readFileSync(join(folder, file), 'utf8').match(/^import\b.*|\b(?:import|require)\(.*/gm),
      ).toEqual([`import type { Migration } from '@holdfast/postgres';`]);
  }
});

describe('function files', () => {
  const file = (name: string, text: string) => ({ name, text });
  const TABLE =
    'CREATE TABLE inventory.counted (n integer); CREATE PUBLICATION counted FOR TABLE inventory.counted';
  const STAMP = `CREATE OR REPLACE FUNCTION inventory.stamp() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.n := 1; RETURN NEW; END';
    CREATE OR REPLACE TRIGGER stamped BEFORE INSERT ON inventory.counted FOR EACH ROW EXECUTE FUNCTION inventory.stamp()`;
  /** A function, and one whose definition depends on its columns. */
  const pair = (out: string) =>
    `CREATE OR REPLACE FUNCTION inventory.image(${out}) RETURNS record LANGUAGE sql BEGIN ATOMIC SELECT 1, 2; END;
     CREATE OR REPLACE FUNCTION inventory.reader() RETURNS bigint LANGUAGE sql RETURN (SELECT count(i) FROM inventory.image() i)`;
  const first = {
    schema: 'inventory',
    migrations: [{ name: 'Counted1790000000001', statements: [TABLE] }],
    functionSchemas: ['inventory'],
    functions: [
      file('stamp', STAMP),
      file('pair', pair('OUT a integer, OUT b integer')),
      file('gone', `CREATE OR REPLACE FUNCTION inventory.gone() RETURNS integer LANGUAGE sql RETURN 1`),
    ],
    grants: file(
      'grants',
      `GRANT EXECUTE ON FUNCTION inventory.reader TO ${ROLES.inventory}, ${ROLES.auditor}`,
    ),
  };
  const second = {
    ...first,
    functions: [
      first.functions[0]!,
      file('pair', pair('OUT a integer, OUT b integer, OUT c integer').replace('1, 2', '1, 2, 3')),
    ],
    grants: file('grants', `GRANT EXECUTE ON FUNCTION inventory.reader TO ${ROLES.inventory}`),
  };

  it('give an upgraded ledger what a fresh one has: other OUT columns, no removed function, no former grant', async () => {
    const upgraded = await createDatabase('files_upgraded');
    const made = await createDatabase('files_fresh');
    const began = await migrate(upgraded, [first]);
    const between = await migrationStatus(upgraded, [second]);
    const ended = await migrate(upgraded, [second]);
    await migrate(made, [second]);
    const lines = await catalogue(made);
    expect(await catalogue(upgraded)).toEqual(lines);
    for (const part of ['OUT c integer', 'TRIGGER stamped', 'publication counted'])
      expect(lines).toContainEqual(expect.stringContaining(part));
    expect(began).toMatchObject([{ applied: ['Counted1790000000001', 'stamp', 'pair', 'gone', 'grants'] }]);
    expect(between).toMatchObject([{ pending: ['pair', 'grants', 'gone'] }]);
    expect(ended).toMatchObject([{ applied: ['pair', 'grants', 'gone'] }]);
    expect(await migrate(upgraded, [second])).toMatchObject([{ applied: [] }]);
    await dropDatabase(upgraded);
    await dropDatabase(made);
  });

  it('are left alone by a version that is older than the ledger', async () => {
    const url = await createDatabase('files_newer');
    const newer = {
      ...second,
      migrations: [...second.migrations, { name: 'More1790000000002', statements: [] }],
    };
    await migrate(url, [newer]);
    const lines = await catalogue(url);
    expect(await migrate(url, [first])).toMatchObject([{ applied: [] }]);
    expect(await catalogue(url)).toEqual(lines);
    await dropDatabase(url);
  });

  it('and migrations are applied all or none', async () => {
    const url = await createDatabase('files_broken');
    const broken = { ...first, functions: [file('broken', 'CREATE FUNCTION inventory.broken() nonsense')] };
    await expect(migrate(url, [broken])).rejects.toThrow('syntax error');
    expect(await catalogue(url)).toEqual([expect.stringContaining('schema inventory')]);
    await dropDatabase(url);
  });
});

describe('indexes beside the migrations', () => {
  const ONE = [checkoutMigrations];
  const INDEX = 'order_of_drop';
  let url: string;
  beforeEach(async () => {
    url = await createDatabase('indexes');
    await migrate(url, SETS);
  });
  afterEach(() => dropDatabase(url));

  const isValid = async () =>
    (
      await onDatabase(url, (client) =>
        client.query<{ indisvalid: boolean }>(
          `SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass('checkout.${INDEX}')`,
        ),
      )
    ).rows[0]?.indisvalid;

  it('are built again where a crash has left an invalid one, by one of many processes', async () => {
    await onDatabase(url, (client) =>
      client.query(`UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'checkout.${INDEX}'::regclass`),
    );
    expect(await migrationStatus(url, ONE)).toMatchObject([{ pending: [INDEX] }]);
    const done = await Promise.all(Array.from({ length: 4 }, () => migrate(url, ONE)));
    expect(done.flatMap(([set]) => set!.applied)).toEqual([INDEX]);
    expect(await isValid()).toBe(true);
  });

  it('are built while others write to the table', async () => {
    await onDatabase(url, (client) => client.query(`DROP INDEX checkout.${INDEX}`));
    const writer = await openClient({ url, name: 'test', role: ROLES.checkout });
    // It waits for transactions that have written and not committed, and blocks no other writer meanwhile.
    await writer.query('BEGIN; LOCK TABLE checkout.orders IN ROW EXCLUSIVE MODE');
    const built = migrate(url, ONE);
    await waitFor('the build waits for the writer', async () => (await isValid()) === false);
    const other = await openClient({ url, name: 'test', role: ROLES.checkout, lockTimeoutMs: 2_000 });
    await other.query(`UPDATE checkout.orders SET updated_at = updated_at WHERE drop_id = 'd0'`);
    await writer.query('COMMIT');
    expect(await built).toMatchObject([{ applied: [INDEX] }]);
    expect(await isValid()).toBe(true);
    await Promise.all([writer.end(), other.end()]);
  });

  it('are built while a process of the last release starts', async () => {
    await onDatabase(url, (client) => client.query(`DROP INDEX checkout.${INDEX}`));
    const [migration, test] = [7_116_001, 1];
    const [gate, starting] = await Promise.all([
      openClient({ url, name: 'test' }),
      openClient({ url, name: 'test' }),
    ]);
    await gate.query('SELECT pg_advisory_lock($1)', [test]);
    const wait = {
      name: 'Wait1790000199999',
      statements: [`SELECT pg_advisory_lock(${test}), pg_advisory_unlock(${test})`],
    };
    const built = migrate(url, [
      { ...checkoutMigrations, migrations: [...checkoutMigrations.migrations, wait] },
    ]);
    const waiting = (key: number) =>
      gate
        .query(
          `SELECT FROM pg_locks WHERE locktype = 'advisory' AND objid::bigint = $1 AND NOT granted
             AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
          [key],
        )
        .then(({ rowCount }) => rowCount === 1);
    await waitFor('the tables are being changed', () => waiting(test));
    // As it does: it waits for the lock in a statement, for whose end an index would wait.
    const started = starting.query('SELECT pg_advisory_lock($1)', [migration]);
    await waitFor('the other process waits', () => waiting(migration));
    await gate.query('SELECT pg_advisory_unlock($1)', [test]);
    await started;
    expect(await built).toMatchObject([{ applied: [wait.name, INDEX] }]);
    expect(await isValid()).toBe(true);
    await Promise.all([gate.end(), starting.end()]);
  });

  it('are left alone by a version that is older than the ledger', async () => {
    await onDatabase(url, (client) => client.query(`DROP INDEX checkout.${INDEX}`));
    const older = { ...checkoutMigrations, migrations: checkoutMigrations.migrations.slice(0, -1) };
    expect(await migrate(url, [older])).toMatchObject([{ applied: [] }]);
    expect(await isValid()).toBeUndefined();
  });
});
