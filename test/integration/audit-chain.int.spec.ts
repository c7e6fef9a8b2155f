import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AuditVerdict, ExportVerifier, type Line, type VerifyWith } from '@holdfast/audit';
import {
  type AuditPage,
  isSignedBy,
  newSecret,
  newStaffId,
  secretHash,
  type SealedCheckpoint,
} from '@holdfast/contracts';
import { seededRandom } from '@holdfast/kernel';
import { openPool, ROLES } from '@holdfast/postgres';
import type { Pool } from 'pg';
import { LedgerChangeFacts } from '../../apps/inventory/src/adapters/postgres/merchants/ledger-change-facts';
import { AuditChain } from '../../apps/accounts/src/application/audit-chain';
import { AccountsLab, atOnce, BY } from '../support/accounts';
import { canonical, type Exported, hashOf, rechained } from '../support/audit-export';
import { createLedger, type TestLedger } from '../support/database';

let ledger: TestLedger;
let lab: AccountsLab;
let other: AccountsLab;
let inventory: Pool;
const folder = mkdtempSync(join(tmpdir(), 'holdfast-audit-'));

beforeAll(async () => {
  ledger = await createLedger('audit_chain');
  inventory = openPool({ url: ledger.url, role: ROLES.inventory, max: 2, name: 'test' });
  const more = { sources: { inventory: new LedgerChangeFacts(inventory) }, auditDir: folder };
  lab = new AccountsLab(ledger.url, undefined, more);
  other = new AccountsLab(ledger.url, undefined, more);
});
afterAll(async () => {
  await lab.close();
  await other.close();
  await inventory.end();
  await ledger.drop();
  rmSync(folder, { recursive: true });
});

function verify(lines: readonly string[], options: VerifyWith = {}): AuditVerdict {
  const verifier = new ExportVerifier(options);
  for (const line of lines) verifier.add(line);
  return verifier.verdict();
}
const recordsOf = async (merchantId: string) =>
  (await lab.exported(merchantId)).slice(0, -1).map((line) => JSON.parse(line) as Exported);
const invite = (merchantId: string, n: number, it = lab) =>
  it.accounts.staff.addStaff({
    id: newStaffId(),
    merchantId,
    email: `${n}-${merchantId}@example.com`.toLowerCase(),
    name: 'New',
    role: 'staff',
    linkHash: secretHash(newSecret()),
    fingerprint: 'f',
    by: { ...BY, requestId: `req-${n}`, actor: { kind: 'staff', id: `stf_${n}`, label: `${n}` } },
  });

const INSERT = (schema: string) =>
  `INSERT INTO ${schema}.audit_outbox (merchant_id, actor, action, target, change, request_id)
   VALUES ($1, '{"id":"cli","kind":"operator","label":"x"}', 'drop.paused', '{"kind":"drop","id":"d1"}', '{}', $2)`;

describe('the chain', () => {
  it('has one record for each of a hundred changes at once, of whoever made it, written by two instances', async () => {
    const merchantId = await lab.merchant();
    const made = atOnce(100, (n) =>
      (n % 2 ? lab : other).store.within(merchantId, (tx) =>
        tx.record(
          { action: 'staff.invited', target: { kind: 'staff', id: `new_${n}` }, change: {} },
          { ...BY, requestId: `req-${n}`, actor: { kind: 'staff', id: `stf_${n}`, label: `${n}` } },
        ),
      ),
    );
    for (let round = 0; round < 5; round += 1)
      await Promise.all([lab.accounts.chainRound(), other.accounts.chainRound()]);
    await made;
    await Promise.all([lab, other, lab, other].map((it) => it.accounts.chainRound()));
    expect(verify(await lab.exported(merchantId))).toMatchObject({ ok: true, records: 101 });
    const records = (await recordsOf(merchantId)).slice(1) as unknown as {
      actor: { id: string };
      requestId: string;
      action: string;
    }[];
    expect(records.map(({ actor, requestId }) => `${actor.id} ${requestId}`).sort()).toEqual(
      Array.from({ length: 100 }, (_, n) => `stf_${n} req-${n}`).sort(),
    );
    expect(new Set(records.map(({ action }) => action))).toEqual(new Set(['staff.invited']));
  });

  it.each(['accounts', 'inventory'])(
    'takes facts of %s that are committed out of order, each once',
    async (schema) => {
      const merchantId = await lab.merchant();
      const pool = openPool({
        url: ledger.url,
        role: schema === 'accounts' ? ROLES.accounts : ROLES.inventory,
        max: 2,
        name: 'test',
      });
      const [slow, quick] = [await pool.connect(), await pool.connect()];
      for (const [client, id] of [
        [slow, 'first'],
        [quick, 'second'],
      ] as const) {
        await client.query('BEGIN');
        await client.query(`SELECT set_config('accounts.merchant_id', $1, true)`, [merchantId]);
        await client.query(INSERT(schema), [merchantId, id]);
      }
      await quick.query('COMMIT');
      await lab.accounts.chainRound();
      await slow.query('COMMIT');
      await lab.accounts.chainRound();
      await lab.accounts.chainRound();
      slow.release();
      quick.release();
      await pool.end();
      const requests = (await recordsOf(merchantId)).map((it) => it['requestId']);
      expect(requests).toEqual([null, 'second', 'first']);
      expect(verify(await lab.exported(merchantId)).ok).toBe(true);
    },
  );

  it('loses and doubles nothing when it is cut off between chaining and marking', async () => {
    const merchantId = await lab.merchant();
    await invite(merchantId, 1);
    const cutOff = new AuditChain(
      Object.assign(Object.create(lab.store) as typeof lab.store, {
        within: <T>(id: string, work: Parameters<typeof lab.store.within<T>>[1]) =>
          lab.store.within<T>(id, (tx) =>
            work({
              ...tx,
              audit: Object.assign(Object.create(tx.audit) as typeof tx.audit, {
                markChained: () => Promise.reject(new Error('cut off')),
              }),
            }),
          ),
      }),
    );
    await expect(cutOff.chainOwn()).rejects.toThrow('cut off');
    expect(await recordsOf(merchantId)).toEqual([]);
    await lab.accounts.chainRound();
    expect((await recordsOf(merchantId)).map((it) => it['action'])).toEqual([
      'merchant.created',
      'staff.invited',
    ]);
  });

  it('takes a fact of another service once, although the answer to its mark was lost', async () => {
    const merchantId = await lab.merchant();
    await lab.accounts.chainRound();
    await inventory.query(INSERT('inventory'), [merchantId, 'only']);
    const facts = new LedgerChangeFacts(inventory);
    const unmarked = Object.assign(Object.create(facts) as LedgerChangeFacts, {
      factsChained: () => Promise.reject(new Error('lost')),
    });
    await expect(new AuditChain(lab.store).collect('inventory', unmarked)).rejects.toThrow('lost');
    await lab.accounts.chainRound();
    expect((await recordsOf(merchantId)).map((it) => it['requestId'])).toEqual([null, 'only']);
    expect(await facts.factsToChain(10)).toEqual([]);
  });

  it('is read by action and target, page by page', async () => {
    const merchantId = await lab.merchant();
    for (let n = 0; n < 5; n += 1) await invite(merchantId, n);
    await lab.accounts.chainRound();
    const { audit } = lab.accounts;
    const first = await audit.listAudit({ merchantId, afterSeq: 0, limit: 2, action: 'staff.invited' });
    expect([first.items.map(({ seq }) => seq), first.nextSeq]).toEqual([[2, 3], 3]);
    const rest = await audit.listAudit({ merchantId, afterSeq: 3, limit: 3, action: 'staff.invited' });
    expect([rest.items.map(({ seq }) => seq), rest.nextSeq]).toEqual([[4, 5, 6], null]);
    const targetId = first.items[0]!.target.id;
    expect((await audit.listAudit({ merchantId, afterSeq: 0, limit: 9, targetId })).items).toEqual([
      first.items[0],
    ]);
  });

  it('is read in pages of bounded size, whatever its records have', async () => {
    const merchantId = await lab.merchant();
    const change = JSON.stringify({ of: 'x'.repeat(400_000) });
    for (let n = 0; n < 7; n += 1)
      await lab.query(
        `INSERT INTO accounts.audit_outbox (merchant_id, actor, action, target, change, request_id)
         VALUES ($1, '{"id":"cli","kind":"operator","label":"x"}', 'drop.changed', '{"kind":"drop","id":"d1"}', $2, 'r')`,
        [merchantId, change],
      );
    await lab.accounts.chainRound();
    const sizes: number[] = [];
    const seen: number[] = [];
    let afterSeq: number | null = 0;
    while (afterSeq !== null) {
      const page: AuditPage = await lab.accounts.audit.listAudit({
        merchantId,
        afterSeq,
        limit: 200,
        action: 'drop.changed',
      });
      seen.push(...page.items.map(({ seq }) => seq));
      sizes.push(JSON.stringify(page).length);
      afterSeq = page.nextSeq;
    }
    expect(seen).toEqual([2, 3, 4, 5, 6, 7, 8]);
    expect(Math.max(...sizes)).toBeLessThan(1_500_000);
    expect(sizes.length).toBeLessThan(5);
  });
});

describe('checkpoints', () => {
  const keptOf = async (merchantId: string) => {
    const { rows } = await lab.query(
      'SELECT checkpoint FROM accounts.audit_checkpoint WHERE merchant_id = $1 ORDER BY at',
      [merchantId],
    );
    return (rows as { checkpoint: SealedCheckpoint }[]).map(({ checkpoint }) => checkpoint);
  };
  const older = (merchantId: string, by: string) =>
    lab.query(`UPDATE accounts.audit_checkpoint SET at = at - $2::interval WHERE merchant_id = $1`, [
      merchantId,
      by,
    ]);

  it('are made once by two instances: in each minute with a change, and each day; and written to a file', async () => {
    const merchantId = await lab.merchant();
    const seal = async () => {
      await lab.accounts.chainRound();
      await Promise.all([lab.accounts.sealRound(), other.accounts.sealRound()]);
      return (await keptOf(merchantId)).map(({ seq }) => seq);
    };
    expect(await seal()).toEqual([1]);
    await invite(merchantId, 1);
    expect(await seal()).toEqual([1]); // less than a minute ago
    await older(merchantId, '61 seconds');
    expect(await seal()).toEqual([1, 2]);
    await older(merchantId, '61 seconds');
    expect(await seal()).toEqual([1, 2]); // nothing changed
    await older(merchantId, '1 day');
    expect(await seal()).toEqual([1, 2, 2]);
    const lines = readFileSync(join(folder, `${merchantId}.ndjson`), 'utf8')
      .trim()
      .split('\n');
    const written = lines.map((line) => JSON.parse(line) as SealedCheckpoint);
    // An instance writes before it knows that another one has made the checkpoint.
    expect(written).toEqual(expect.arrayContaining(await keptOf(merchantId)));
    const keys = await lab.accounts.audit.auditKeys();
    expect(written.every((it) => it.keyId === keys[0]!.kid && isSignedBy(it, keys[0]!.x))).toBe(true);
    const checkpoints = written as unknown as Line[];
    expect(verify(await lab.exported(merchantId), { checkpoints }).ok).toBe(true);
  });

  it('are made neither too rarely nor twice after the clock was set back or forward', async () => {
    const merchantId = await lab.merchant();
    const seal = async () => {
      await lab.accounts.chainRound();
      await lab.accounts.sealRound();
      return (await keptOf(merchantId)).map(({ seq }) => seq).sort((a, b) => a - b);
    };
    await seal();
    await older(merchantId, '2 minutes');
    await invite(merchantId, 1);
    expect(await seal()).toEqual([1, 2]);
    // As after a step of an hour back.
    await older(merchantId, '-1 hour');
    await invite(merchantId, 2);
    expect(await seal()).toEqual([1, 2, 3]);
    await invite(merchantId, 3);
    expect([await seal(), await seal()]).toEqual([
      [1, 2, 3],
      [1, 2, 3],
    ]);
    // A minute later; those of before the step are still in the future, or come by.
    await older(merchantId, '61 seconds');
    expect([await seal(), await seal()]).toEqual([
      [1, 2, 3, 4],
      [1, 2, 3, 4],
    ]);
    await older(merchantId, '59 minutes');
    expect(await seal()).toEqual([1, 2, 3, 4]);
  });
});

/** What a superuser of the database can do to a chain of 12 records, of which 8 stood there when a checkpoint was taken away. */
const TAMPERINGS: Record<string, (it: Exported[], pick: (n: number) => number) => Exported[]> = {
  edit: (it, pick) => it.with(pick(12), { ...it[pick(12)]!, action: 'drop.deleted' }),
  'edit with its hash': (it, pick) => {
    const at = pick(8);
    const edited = { ...it[at]!, requestId: `forged-${at}` };
    return it.with(at, { ...edited, hash: hashOf(edited) });
  },
  'edit with all hashes': (it, pick) => {
    const at = pick(8);
    return rechained(it.with(at, { ...it[at]!, requestId: `forged-${at}` }));
  },
  'other hash': (it, pick) =>
    it.map((record, i) => (i === pick(12) ? { ...record, hash: 'f'.repeat(64) } : record)),
  remove: (it, pick) => it.toSpliced(pick(11), 1),
  'remove with all hashes': (it, pick) => rechained(it.toSpliced(pick(8), 1)),
  add: (it, pick) => rechained(it.toSpliced(pick(8), 0, { ...it[0]!, requestId: 'forged' })),
  exchange: (it, pick) => {
    const at = pick(11);
    return it.toSpliced(at, 2, it[at + 1]!, it[at]!);
  },
  cut: (it, pick) => it.slice(0, pick(8)),
};

it('what a superuser does to the records in the database is found in the export', async () => {
  const merchantId = await lab.merchant();
  for (let n = 0; n < 7; n += 1) await invite(merchantId, n);
  await lab.accounts.chainRound();
  const kept = (await lab.accounts.audit.auditCheckpoint(merchantId)) as unknown as Line;
  for (let n = 7; n < 11; n += 1) await invite(merchantId, n);
  await lab.accounts.chainRound();
  const before = await recordsOf(merchantId);
  expect([kept['seq'], before.length]).toEqual([8, 12]);
  const write = async (records: readonly Exported[]) => {
    const rows = records.map(({ hash, ...record }, i) => ({ place: i + 1, hash, record: canonical(record) }));
    await lab.query('DELETE FROM accounts.audit_record WHERE merchant_id = $1', [merchantId]);
    await lab.query(
      `INSERT INTO accounts.audit_record (merchant_id, source, seq, fact_id, record, hash)
       SELECT $1, 'forged', place, place, record, hash FROM jsonb_to_recordset($2) AS it (place bigint, record text, hash text)`,
      [merchantId, JSON.stringify(rows)],
    );
  };
  const next = seededRandom(20_261_201);
  for (const [name, tamper] of Object.entries(TAMPERINGS))
    for (let n = 0; n < 6; n += 1) {
      const picks: Record<number, number> = {};
      const pick = (below: number) => (picks[below] ??= Math.floor(next() * below));
      await write(tamper(before, pick));
      const verdict = verify(await lab.exported(merchantId), { checkpoints: [kept] });
      expect([name, picks, verdict.ok]).toEqual([name, picks, false]);
    }
  await write(before);
  expect(verify(await lab.exported(merchantId), { checkpoints: [kept] })).toMatchObject({
    ok: true,
    records: 12,
  });
});
