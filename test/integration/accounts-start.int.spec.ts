import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Global, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ConfigModule, loadConfig } from '@holdfast/config';
import {
  type AccountsCalls,
  ApiKeys,
  Audit,
  ChangeFacts,
  isSignedBy,
  Merchants,
  Revocations,
  SignIn,
  Staff,
} from '@holdfast/contracts';
import { Logger, silentLogger } from '@holdfast/observability';
import { migrate } from '@holdfast/postgres';
import { connectPeers, remoteAccounts, transportServer } from '@holdfast/transport';
import { dropDatabase } from '@holdfast/testing';
import { AccountsModule } from '../../apps/accounts/src/accounts.module';
import { ACCOUNTS_SERVER } from '../../apps/accounts/src/entrypoints/tcp/accounts.server';
import { migrationSets } from '../../apps/standalone/src/startup/migration-sets';
import { adminSignIn } from '../../apps/standalone/src/startup/admin-sign-in';
import { shareMerchants } from '../../apps/standalone/src/startup/share-merchants';
import { AccountsLab, BY, FROM, PASSWORD } from '../support/accounts';
import { testRuntime } from '../support/checkout-shop';
import { runInProcess } from '../support/cli';
import { createLedger, type TestLedger } from '../support/database';
import { createOldLedger } from '../support/old-ledger';

let ledger: TestLedger;
let lab: AccountsLab;
let folder: string;

beforeAll(async () => {
  ledger = await createLedger('accounts_start');
  lab = new AccountsLab(ledger.url);
  folder = mkdtempSync(join(tmpdir(), 'holdfast-accounts-'));
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await lab.close();
  await ledger.drop();
});

const share = (url: string) => shareMerchants({ inventory: url, accounts: url });
const merchantsOf = async (it: AccountsLab) => (await it.desk.listMerchants()).map(({ id }) => id);

describe.each(['37fb00b', '6f40bf4'])('a ledger of commit %s, of before accounts', (commit) => {
  it('gets its merchants and an owner for each, once, with two instances starting at once', async () => {
    const url = await createOldLedger(commit);
    await migrate(url, migrationSets());
    const old = new AccountsLab(url);
    await old.query(`INSERT INTO inventory.merchant (merchant_id, name) VALUES ('mer_second', 'Second')`);
    await Promise.all([share(url), share(url), share(url)]);
    await share(url);
    const { rows } = await old.query(
      `SELECT merchant_id, is_first FROM inventory.merchant ORDER BY merchant_id`,
    );
    const known = rows as { merchant_id: string; is_first: boolean }[];
    expect((await merchantsOf(old)).sort()).toEqual(known.map(({ merchant_id }) => merchant_id));
    for (const { merchant_id: id, is_first } of known) {
      const email = is_first ? 'owner@holdfast.test' : `owner+${id}@holdfast.test`;
      expect(await old.accounts.staff.listStaff(id)).toMatchObject([{ email, role: 'owner', joined: false }]);
      expect(await old.facts(id)).toMatchObject([
        { action: 'merchant.created', actor: { kind: 'system' } },
        { action: 'staff.invited', actor: { kind: 'system' } },
      ]);
    }
    await old.close();
    await dropDatabase(url);
  });
});

describe('the command line', () => {
  const cli = (args: string[], input: string | Buffer = '') =>
    runInProcess(
      [...args, '--json'],
      { DATABASE_URL: ledger.url, HOLDFAST_DATA_DIR: folder, PORT: '8123' },
      undefined,
      input,
    );
  const tokenOf = (url: unknown) => {
    const [place, token] = String(url).split('#token=');
    expect(place).toBe('http://127.0.0.1:8123/admin/link');
    return token!;
  };

  it('makes a merchant, which has an owner from the next start on', async () => {
    const { code, json } = await cli(['merchant', 'create', '--name', 'Second']);
    expect(code).toBe(0);
    const { merchantId } = json as { merchantId: string };
    const { rows } = await lab.query(`SELECT name FROM inventory.merchant WHERE merchant_id = $1`, [
      merchantId,
    ]);
    expect(rows).toEqual([{ name: 'Second' }]);
    await share(ledger.url);
    expect(await lab.accounts.staff.listStaff(merchantId)).toMatchObject([{ role: 'owner' }]);
    const listed = (await cli(['merchant', 'list'])).json as { items: { id: string }[] };
    expect(listed.items.map(({ id }) => id)).toContain(merchantId);
    expect((await lab.facts(merchantId))[0]).toMatchObject({ actor: { kind: 'operator', id: 'cli' } });
  });

  it('adds people by a link, or with a password from standard input without its line end', async () => {
    const first = await cli(['staff', 'add', '--email', 'Ann@Example.org', '--role', 'owner']);
    const { staffId, merchantId, inviteUrl } = first.json as Record<string, string>;
    const password = 'a password of mine';
    const used = await lab.accounts.signIn.useLink({ token: tokenOf(inviteUrl), password, from: FROM });
    expect(used).toMatchObject({ kind: 'signed-in', session: { staff: { id: staffId, merchantId } } });
    expect((await cli(['staff', 'add', '--email', 'ann@example.org', '--role', 'viewer'])).code).toBe(1);

    const bob = ['staff', 'add', '--email', 'bob@example.org', '--role', 'staff', '--password-stdin'];
    expect(await cli(bob, 'short\n')).toMatchObject({
      code: 1,
      json: { error: expect.stringContaining('too short') },
    });
    // What a shell that writes UTF-16 makes of it.
    expect(await cli(bob, Buffer.from(`\uFEFF${PASSWORD}\r\n`, 'utf16le'))).toMatchObject({
      code: 1,
      json: { error: expect.stringContaining('not UTF-8') },
    });
    expect(await cli(bob, `${PASSWORD}\r\n`)).toMatchObject({
      code: 0,
      json: { merchantId, inviteUrl: null },
    });
    const signedIn = await lab.accounts.signIn.login({ email: 'bob@example.org', password: PASSWORD });
    expect(signedIn.kind).toBe('signed-in');
  });

  it('makes a new link for whoever cannot sign in, and ends older ones', async () => {
    const person = await lab.person();
    const link = async (...more: string[]) =>
      tokenOf(((await cli(['staff', 'link', '--email', person.email, ...more])).json as { url: string }).url);
    const [older, newer] = [await link(), await link('--reset-mfa')];
    const use = (token: string) => lab.accounts.signIn.useLink({ token, password: PASSWORD, from: FROM });
    expect((await use(older)).kind).toBe('invalid-link');
    expect((await use(newer)).kind).toBe('signed-in');
    expect((await cli(['staff', 'link', '--email', 'nobody@example.org'])).code).toBe(1);
    expect(
      (await cli(['staff', 'add', '--email', 'c@example.org', '--role', 'owner', '--merchant', 'mer_x']))
        .code,
    ).toBe(1);
  });
});

describe('the link of a start', () => {
  it('is made anew until the first owner has a password, works once, and not after its hour', async () => {
    await lab.query(
      `INSERT INTO inventory.merchant (merchant_id, name, is_first) VALUES ('mer_first', 'First', true) ON CONFLICT DO NOTHING`,
    );
    await share(ledger.url);
    const origin = 'http://127.0.0.1:8123';
    const start = async () =>
      /the one-time link http:\/\/127\.0\.0\.1:8123\/admin\/link#token=(\S+) \(valid for an hour\)$/.exec(
        await adminSignIn(ledger.url, origin),
      )?.[1];
    const use = async (token: string | undefined) =>
      (await lab.accounts.signIn.useLink({ token: token!, password: PASSWORD, from: FROM })).kind;
    /** The clock of links is that of the database: the rows are made older instead. */
    const pass = (seconds: number) =>
      lab.query(
        `UPDATE accounts.one_time_link l SET expires_at = expires_at - make_interval(secs => $1) FROM accounts.staff s
          WHERE s.staff_id = l.staff_id AND s.email = 'owner@holdfast.test'`,
        [seconds],
      );
    const [first, late] = [await start(), await start()];
    expect(await use(first)).toBe('invalid-link');
    await pass(3_600);
    expect(await use(late)).toBe('invalid-link');
    const last = await start();
    await pass(3_500);
    expect(await use(last)).toBe('signed-in');
    expect(await use(last)).toBe('invalid-link');
    expect(await start()).toBeUndefined();
    expect(await adminSignIn(ledger.url, origin)).toContain('npx holdfast staff link');
  });
});

@Global()
@Module({ providers: [{ provide: Logger, useValue: silentLogger() }], exports: [Logger] })
class TestObservability {}

const none: ChangeFacts = {
  factsToChain: () => Promise.resolve([]),
  factsChained: () => Promise.resolve({ kind: 'marked' }),
};

@Module({ providers: [{ provide: ChangeFacts, useValue: none }], exports: [ChangeFacts] })
class NoFacts {}

@Module({})
class Root {}

describe('accounts as a service', () => {
  it('answers in all its roles over TCP, and leaves no connection behind', async () => {
    const key = 'k'.repeat(43);
    const config = ConfigModule.with(loadConfig({}), testRuntime(ledger.url));
    const { strategy } = transportServer({ listen: '127.0.0.1:0', key, tls: 'off', logger: silentLogger() });
    const app = await NestFactory.createMicroservice(
      {
        module: Root,
        imports: [config, TestObservability, AccountsModule.register({ imports: [NoFacts] })],
        ...ACCOUNTS_SERVER,
      },
      { strategy, logger: false },
    );
    await app.listen();
    const peers = connectPeers({
      service: 'accounts',
      addresses: [`${strategy.address.host}:${strategy.address.port}`],
      key,
      tls: 'off',
      logger: silentLogger(),
    });
    const remote: AccountsCalls = remoteAccounts(peers);
    const person = await lab.person();
    const { merchantId } = person;
    const outcome = await remote.login({ email: person.email, password: PASSWORD });
    if (outcome.kind !== 'signed-in') throw new Error(outcome.kind);
    const { session } = outcome;
    const caller = lab.callerOf(session);
    expect(await remote.whoAmI(caller)).toEqual(session.staff);
    expect((await remote.refresh(session.refreshToken)).kind).toBe('signed-in');
    expect((await remote.stepUp({ caller, password: PASSWORD })).kind).toBe('stepped-up');
    expect((await remote.startTotp(caller)).kind).toBe('started');
    expect((await remote.confirmTotp({ caller, code: '0', from: FROM })).kind).toBe('wrong-code');
    expect((await remote.removeTotp({ caller, password: PASSWORD, code: '0', from: FROM })).kind).toBe(
      'not-enrolled',
    );
    expect((await remote.changePassword({ caller, current: 'x', next: 'x', from: FROM })).kind).toBe(
      'weak-password',
    );
    expect((await remote.useLink({ token: 'x', password: 'x', from: FROM })).kind).toBe('invalid-link');
    expect(await remote.listStaff(merchantId)).toHaveLength(1);
    const one = { merchantId, staffId: person.staffId, by: BY };
    expect((await remote.changeRole({ ...one, role: 'viewer' })).kind).toBe('last-owner');
    expect((await remote.removeStaff(one)).kind).toBe('last-owner');
    expect(await remote.listApiKeys(merchantId)).toEqual([]);
    expect((await remote.removeApiKey({ merchantId, keyId: 'key_x', by: BY })).kind).toBe('not-found');
    expect(await remote.findApiKey('0'.repeat(64))).toBeNull();
    expect(await remote.getMerchant(merchantId)).toMatchObject({ id: merchantId });
    expect(await remote.changeMerchant({ merchantId, change: { name: 'N' }, by: BY })).toMatchObject({
      merchant: { name: 'N', revision: 2 },
    });
    await lab.accounts.chainRound();
    const { items } = await remote.listAudit({
      merchantId,
      afterSeq: 0,
      limit: 9,
      action: 'merchant.changed',
    });
    expect(items).toMatchObject([{ seq: 3, actor: BY.actor, target: { kind: 'merchant', id: merchantId } }]);
    const [auditKey] = await remote.auditKeys();
    for (const checkpoint of [await remote.auditCheckpoint(merchantId), await remote.sealAudit(merchantId)])
      expect([checkpoint.seq, isSignedBy(checkpoint, auditKey!.x)]).toEqual([3, true]);
    const part = await remote.readAudit({ merchantId, afterSeq: 0, upToSeq: 2 });
    expect([part.lines.length, part.nextSeq]).toEqual([2, null]);
    expect(await remote.tokenKeys()).toEqual(await lab.accounts.revocations.tokenKeys());
    const cursor = await lab.cursor();
    expect(await remote.logout(session.refreshToken)).toEqual({ kind: 'ended' });
    expect((await remote.revocationsSince(cursor)).items).toEqual([
      { kind: 'session', id: caller.sessionId },
    ]);
    peers.close();
    await app.close();
    const { rows } = await lab.query(
      `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'holdfast-accounts'`,
    );
    expect(rows.length).toBeLessThanOrEqual(6); // those of the lab itself
  });

  it('gives each role by its name to who runs it in the same process', async () => {
    const config = ConfigModule.with(loadConfig({}), testRuntime(ledger.url));
    const app = await NestFactory.createApplicationContext(
      { module: Root, imports: [config, TestObservability, AccountsModule.register({ imports: [NoFacts] })] },
      { logger: false },
    );
    for (const role of [SignIn, Staff, ApiKeys, Merchants, Revocations, Audit])
      expect(app.get(role, { strict: false })).toBeInstanceOf(role);
    await app.close();
  });
});
