import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { newApiKey, secretHash } from '@holdfast/contracts';
import { openPool, ROLES } from '@holdfast/postgres';
import type { Pool, PoolClient } from 'pg';
import { AccountsLab, BY, type Person } from '../support/accounts';
import { createLedger, type TestLedger } from '../support/database';
import { REPOSITORY } from '../support/repository';

const FOLDER = join(REPOSITORY, 'apps/accounts/src/adapters/postgres/sql');
const OWNED = [
  ...['merchant', 'staff', 'recovery_code', 'one_time_link', 'session', 'refresh_token', 'api_key', 'made'],
  ...['audit_outbox', 'audit_record', 'audit_checkpoint'],
];

let ledger: TestLedger;
let lab: AccountsLab;
let pool: Pool;
let mine: Person;
let theirs: Person;

beforeAll(async () => {
  ledger = await createLedger('accounts_isolation');
  lab = new AccountsLab(ledger.url);
  pool = openPool({ url: ledger.url, role: ROLES.accounts, max: 2, name: 'test' });
  [mine, theirs] = [await lab.person(), await lab.person()];
  for (const person of [mine, theirs]) {
    await lab.enrol(await lab.session(person), Date.now());
    await lab.link(person);
    const { secret: _, ...key } = newApiKey();
    const { merchantId } = person;
    const scopes = ['drops:read' as const];
    await lab.accounts.apiKeys.createApiKey({
      ...key,
      merchantId,
      name: 'k',
      scopes,
      makerScopes: scopes,
      expiresAt: null,
      fingerprint: 'f',
      by: BY,
    });
  }
  await lab.accounts.chainRound();
  await lab.accounts.sealRound();
});
afterAll(async () => {
  await pool.end();
  await lab.close();
  await ledger.drop();
});

/** One transaction as the service has it, in the given merchant; nothing of it stays. */
async function inMerchant<T>(
  merchantId: string | null,
  work: (client: PoolClient) => Promise<T>,
): Promise<T> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    if (merchantId !== null)
      await client.query(`SELECT set_config('accounts.merchant_id', $1, true)`, [merchantId]);
    return await work(client);
  } finally {
    await client.query('ROLLBACK');
    client.release();
  }
}

describe('row-level security, with no predicate of the application', () => {
  it('stands on every table that has a merchant', async () => {
    const { rows } = await lab.query(
      `SELECT c.relname AS name FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'merchant_id'
       WHERE c.relnamespace = 'accounts'::regnamespace AND c.relkind = 'r' AND c.relrowsecurity`,
    );
    const { rows: all } = await lab.query(
      `SELECT c.relname AS name FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'merchant_id'
       WHERE c.relnamespace = 'accounts'::regnamespace AND c.relkind = 'r'`,
    );
    const names = (list: unknown[]) => (list as { name: string }[]).map(({ name }) => name).sort();
    expect(names(rows)).toEqual([...OWNED].sort());
    expect(names(all)).toEqual(names(rows));
  });

  it.each(OWNED)('shows and changes only the rows of the merchant: %s', async (table) => {
    const seen = await inMerchant(mine.merchantId, (client) =>
      client.query<{ merchant_id: string }>(`SELECT DISTINCT merchant_id FROM accounts.${table}`),
    );
    expect(seen.rows).toEqual([{ merchant_id: mine.merchantId }]);
    for (const nobody of [null, '', 'mer_none']) {
      const none = await inMerchant(nobody, (client) => client.query(`SELECT 1 FROM accounts.${table}`));
      expect(none.rows).toEqual([]);
    }
    const total = await lab.query(`SELECT count(*)::int AS n FROM accounts.${table} WHERE merchant_id = $1`, [
      theirs.merchantId,
    ]);
    expect((total.rows[0] as { n: number }).n).toBeGreaterThan(0);
  });

  it.each(OWNED.filter((table) => table !== 'merchant' && !table.startsWith('audit_')))(
    'deletes nothing of others: %s',
    async (table) => {
      await inMerchant(mine.merchantId, async (client) => {
        const gone = await client.query(`DELETE FROM accounts.${table} WHERE merchant_id = $1`, [
          theirs.merchantId,
        ]);
        expect(gone.rowCount).toBe(0);
      });
    },
  );

  it('moves no row to another merchant, and inserts none there', async () => {
    const move = (client: PoolClient) =>
      client.query(`UPDATE accounts.staff SET merchant_id = $1 WHERE staff_id = $2`, [
        theirs.merchantId,
        mine.staffId,
      ]);
    await expect(inMerchant(mine.merchantId, move)).rejects.toThrow('row-level security');
    const insert = (client: PoolClient) =>
      client.query(
        `INSERT INTO accounts.audit_outbox (merchant_id, actor, action, target, change) VALUES ($1, '{}', 'a.b', '{}', '{}')`,
        [theirs.merchantId],
      );
    await expect(inMerchant(mine.merchantId, insert)).rejects.toThrow('row-level security');
  });

  it('is not switched off by the service', async () => {
    await expect(
      inMerchant(mine.merchantId, async (client) => {
        await client.query('SET LOCAL row_security = off');
        return client.query('SELECT 1 FROM accounts.staff');
      }),
    ).rejects.toThrow('row-level security');
    await expect(pool.query('ALTER TABLE accounts.staff DISABLE ROW LEVEL SECURITY')).rejects.toThrow(
      'must be owner',
    );
  });

  it('leaves a connection of the pool without a merchant when its transaction is over', async () => {
    await lab.accounts.staff.listStaff(mine.merchantId);
    const one = openPool({ url: ledger.url, role: ROLES.accounts, max: 1, name: 'test' });
    const client = await one.connect();
    await client.query('BEGIN');
    await client.query(`SELECT set_config('accounts.merchant_id', $1, true)`, [mine.merchantId]);
    await client.query('COMMIT');
    expect((await client.query('SELECT 1 FROM accounts.staff')).rows).toEqual([]);
    client.release();
    await one.end();
  });
});

describe('what is asked across merchants', () => {
  it('tells whose it is, and nothing else', async () => {
    const { rows } = await pool.query(`SELECT accounts.merchant_of_email($1) AS id`, [theirs.email]);
    expect(rows).toEqual([{ id: theirs.merchantId }]);
    const { rows: functions } = await lab.query(
      `SELECT p.proname AS name, p.prosecdef AS definer, p.proconfig AS config, pg_get_userbyid(p.proowner) AS owner
       FROM pg_proc p WHERE p.pronamespace = 'accounts'::regnamespace`,
    );
    for (const it of functions as { definer: boolean; config: string[]; owner: string }[]) {
      expect(it).toMatchObject({ definer: true, owner: 'holdfast_migrator' });
      expect(it.config).toEqual(['search_path=pg_catalog, pg_temp']); // a caller's own functions are never called
    }
  });

  it('may be asked by the service alone', async () => {
    const foreign = openPool({ url: ledger.url, role: ROLES.checkout, max: 1, name: 'test' });
    await expect(foreign.query(`SELECT accounts.merchant_of_email('x')`)).rejects.toThrow(
      'permission denied',
    );
    await expect(foreign.query(`SELECT 1 FROM accounts.staff`)).rejects.toThrow('permission denied');
    await foreign.end();
  });

  it('is no way around: another merchant finds no person, key or session of theirs', async () => {
    const { staff, apiKeys, signIn } = lab.accounts;
    const [key] = await apiKeys.listApiKeys(theirs.merchantId);
    const { merchantId } = mine;
    expect(await staff.removeStaff({ merchantId, staffId: theirs.staffId, by: BY })).toEqual({
      kind: 'not-found',
    });
    expect(await staff.changeRole({ merchantId, staffId: theirs.staffId, role: 'viewer', by: BY })).toEqual({
      kind: 'not-found',
    });
    expect(await apiKeys.removeApiKey({ merchantId, keyId: key!.id, by: BY })).toEqual({ kind: 'not-found' });
    const caller = { ...lab.callerOf(await lab.session(await lab.person())), merchantId };
    expect(await signIn.whoAmI(caller)).toBeNull();
    expect(await lab.store.within(merchantId, (tx) => tx.staff.findByEmail(theirs.email))).toBeNull();
    expect(await lab.store.within(merchantId, (tx) => tx.links.find(secretHash('x')))).toBeNull();
  });
});

it('every statement on what a merchant owns names the merchant', () => {
  const files = readdirSync(FOLDER).filter((file) => file.endsWith('.sql') && !/^(define|grant)-/.test(file));
  const touching = files.filter((file) =>
    new RegExp(`\\b(FROM|INTO|UPDATE|JOIN) accounts\\.(${OWNED.join('|')})\\b`).test(
      readFileSync(join(FOLDER, file), 'utf8'),
    ),
  );
  expect(touching.length).toBeGreaterThan(25);
  for (const file of touching)
    expect([
      file,
      /merchant_id( =|,[^)]*\)\s*(VALUES|SELECT)|\))/.test(readFileSync(join(FOLDER, file), 'utf8')),
    ]).toEqual([file, true]);
});
