import { migrationStatus, openClient, openPool, ROLES } from '@holdfast/postgres';
import { waitFor } from '@holdfast/testing';
import { MerchantDrops } from '../support/merchant-drops';
import { inventoryMigrations } from '../../apps/inventory/src/adapters/postgres/migrations';
import { SESSION_SETTINGS } from '../../libs/postgres/src/session';
import { insertDrop, onDatabase } from '../support/drops';
import { countWords, openInventory, placeHold, wordOf } from '../support/inventory';
import { readTruth } from '../support/ledger-truth';
import { type OwnLedger, startOwnLedger } from '../support/own-ledger';

const HOLDS = 300;

/** Defaults of a database that somebody else made: each of them breaks something unless every connection sets its own. */
const ODD_DEFAULTS: Record<string, string> = {
  synchronous_commit: 'off',
  datestyle: 'German, DMY',
  intervalstyle: 'sql_standard',
  timezone: 'Asia/Kathmandu',
  default_transaction_isolation: 'serializable',
  bytea_output: 'escape',
  extra_float_digits: '-15',
  standard_conforming_strings: 'off',
  array_nulls: 'off',
  search_path: 'nowhere',
  statement_timeout: '1ms',
  lock_timeout: '1ms',
  idle_in_transaction_session_timeout: '1ms',
  idle_session_timeout: '1ms',
};

let ledger: OwnLedger;

beforeAll(async () => {
  // The log is written every ten seconds, unless a commit asks for it.
  ledger = await startOwnLedger({ synchronous_commit: 'off', wal_writer_delay: '10s' });
});
afterAll(() => ledger.drop());

async function setDefaults(settings: Record<string, string>): Promise<void> {
  const elsewhere = Object.assign(new URL(ledger.url), { pathname: '/postgres' }).href;
  await onDatabase(elsewhere, async (client) => {
    await client.query('ALTER DATABASE holdfast RESET ALL');
    for (const [name, value] of Object.entries(settings))
      await client.query(`ALTER DATABASE holdfast SET ${name} = ${value}`);
  });
}

const quoted = (settings: Record<string, string>) =>
  Object.fromEntries(
    Object.entries(settings).map(([name, value]) => [name, name === 'datestyle' ? value : `'${value}'`]),
  );

describe('a PostgreSQL with defaults of its own', () => {
  it('loses no acknowledged hold when it is killed with synchronous_commit = off', async () => {
    const dropId = await insertDrop(ledger.url, { skus: { A: HOLDS } });
    await onDatabase(ledger.url, (client) => client.query('CHECKPOINT'));
    const inventory = openInventory(ledger.url);
    const words: string[] = [];
    // One after the other: each is a commit of its own, and the last ones are those that an unwritten log loses.
    for (let i = 0; i < HOLDS; i += 1) words.push(wordOf(await placeHold(inventory, dropId)));
    expect(countWords(words)).toEqual({ held: HOLDS });
    await killServer();
    await inventory.close();
    const { faults, stock } = await waitFor(
      'the server',
      () => readTruth(ledger.url, dropId).catch(() => null),
      {
        deadlineMs: 30_000,
      },
    );
    expect(faults).toEqual([]);
    expect(stock['A']).toMatchObject({ held: HOLDS, available: 0 });
  });

  it('gives 300 shoppers their units when its default isolation is serializable, and no error', async () => {
    await setDefaults({ default_transaction_isolation: 'serializable' });
    const [one, other] = [openInventory(ledger.url), openInventory(ledger.url)];
    let undone = 0;
    for (const { ledger: source } of [one, other]) {
      const runBatch = source.runBatch.bind(source);
      source.runBatch = (...args) =>
        runBatch(...args).catch((error: unknown) => {
          undone += 1;
          throw error;
        });
    }
    const dropId = await insertDrop(ledger.url, { skus: { A: 300 } });
    const places = Array.from({ length: 300 }, (_, i) => placeHold(i % 2 ? one : other, dropId));
    expect(countWords((await Promise.all(places)).map(wordOf))).toEqual({ held: 300 });
    expect(undone).toBe(0);
    await Promise.all([one.close(), other.close()]);
    expect((await readTruth(ledger.url, dropId)).faults).toEqual([]);
  });

  it.each([
    ['another DateStyle', { datestyle: ODD_DEFAULTS['datestyle']! }],
    ['every default odd', ODD_DEFAULTS],
  ])('is read and written rightly with %s', async (_, defaults) => {
    await setDefaults(quoted(defaults));
    const pool = openPool({ url: ledger.url, role: ROLES.inventory, max: 1, name: 'test-odd' });
    const inventory = openInventory(ledger.url);
    try {
      const catalogue = new MerchantDrops(pool);
      await catalogue.seed({ demo: false });
      const { drop } = await catalogue.create({
        name: 'Tee',
        description: '',
        imageUrl: null,
        opensAt: 'now',
        closesAt: null,
        perCustomerLimit: 4,
        holdTtlSeconds: 300,
        items: [{ sku: 'TEE', name: 'Tee', imageUrl: null, priceMinor: 500, currency: 'EUR', units: 5 }],
      });
      const ageMs = Date.now() - new Date(drop.createdAt).getTime();
      expect(Math.abs(ageMs)).toBeLessThan(60_000);
      const outcome = await placeHold(inventory, drop.id, { lines: [{ sku: 'TEE', quantity: 1 }] });
      const hold = outcome.kind === 'held' ? outcome.hold : null;
      const leftMs = new Date(hold!.expiresAt).getTime() - Date.now();
      expect(leftMs).toBeGreaterThan(200_000);
      expect(leftMs).toBeLessThan(400_000);
      expect(await migrationStatus(ledger.url, [inventoryMigrations])).toMatchObject([{ pending: [] }]);
    } finally {
      await inventory.close();
      await pool.end();
      await setDefaults({});
    }
  });

  it('has no say in the settings of any connection, nor has the URL', async () => {
    await setDefaults(quoted(ODD_DEFAULTS));
    const url = new URL(ledger.url);
    url.searchParams.set('options', '-c synchronous_commit=off -c DateStyle=German -c work_mem=1MB');
    url.searchParams.set('statement_timeout', '1');
    url.searchParams.set('application_name', 'mine');
    const wanted = {
      ...SESSION_SETTINGS,
      synchronous_commit: 'on',
      work_mem: '1MB',
      application_name: 'test',
    };
    const read = async (query: (text: string) => Promise<{ rows: { name: string; setting: string }[] }>) => {
      const names = ['role', ...Object.keys(wanted)].join("', '");
      const { rows } = await query(
        `SELECT name, current_setting(name) AS setting FROM unnest(ARRAY['${names}']) AS name`,
      );
      return Object.fromEntries(rows.map(({ name, setting }) => [name, setting]));
    };
    const pool = openPool({ url: url.href, role: ROLES.auditor, max: 1, name: 'test' });
    const client = await openClient({ url: url.href, name: 'test' });
    const stream = await openClient({ url: url.href, name: 'test', role: ROLES.cdc, replication: true });
    try {
      expect(await read((text) => pool.query(text))).toEqual({ ...wanted, role: ROLES.auditor });
      expect(await read((text) => client.query(text))).toEqual({ ...wanted, role: 'none' });
      expect(await read((text) => stream.query(text))).toEqual({ ...wanted, role: ROLES.cdc });
      await client.query('ALTER DATABASE holdfast SET synchronous_commit = remote_apply');
      const stronger = await openClient({ url: url.href, name: 'test' });
      const { rows } = await stronger.query('SHOW synchronous_commit');
      await stronger.end();
      // The URL's own wish was weaker, and is raised to what is needed.
      expect(rows).toEqual([{ synchronous_commit: 'on' }]);
      const plain = await openClient({ url: ledger.url, name: 'test' });
      expect((await plain.query('SHOW synchronous_commit')).rows).toEqual([
        { synchronous_commit: 'remote_apply' },
      ]);
      await plain.end();
    } finally {
      await Promise.all([pool.end(), client.end(), stream.end()]);
      await setDefaults({});
    }
  });
});

/** `kill -9` of one server process: PostgreSQL then forgets its memory and comes back from what is on the disk. */
async function killServer(): Promise<void> {
  const { pid } = await onDatabase(ledger.url, async (client) => {
    const { rows } = await client.query<{ pid: number }>(
      `SELECT pid FROM pg_stat_activity WHERE backend_type = 'checkpointer'`,
    );
    return rows[0]!;
  });
  process.kill(pid, 'SIGKILL');
}
