import type { Client } from 'pg';
import { waitFor } from '@holdfast/testing';
import { onDatabase } from './drops';
import type { StaffClient } from './staff-client';

/** As lock-chain.sql has it. */
const HOLD_CHAIN = 'SELECT pg_advisory_xact_lock(7116201, hashtext($1))';
const MARKING = `SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%SET chained_at%'`;

export interface KilledBetween {
  databaseUrl: string;
  owner: StaffClient;
  merchantId: string;
  dropId: string;
  killAll(service: 'accounts' | 'inventory'): void;
  untilAllUp(): Promise<unknown>;
}

const NAMES = ['one', 'two', 'three'];

async function inTransaction(db: Client, work: () => Promise<void>): Promise<void> {
  await db.query('BEGIN');
  await work();
  await db.query('COMMIT');
}

/** Changes that accounts and inventory commit while nobody can write the chain: then every instance of accounts is killed. Returns what they were. */
export async function killAccountsBeforeChaining(lab: KilledBetween): Promise<string[]> {
  const { owner, dropId } = lab;
  await onDatabase(lab.databaseUrl, (db) =>
    inTransaction(db, async () => {
      await db.query(HOLD_CHAIN, [lab.merchantId]);
      for (const name of NAMES)
        await done(owner.send('POST', '/v1/admin/api-keys', { name, scopes: ['drops:read'] }));
      for (const step of ['pause', 'resume'])
        await done(owner.send('POST', `/v1/admin/drops/${dropId}/${step}`));
      const waiting = `SELECT FROM pg_locks WHERE locktype = 'advisory' AND classid = 7116201 AND NOT granted`;
      await waitFor('a chain that waits', async () => (await db.query(waiting)).rowCount! > 0);
      lab.killAll('accounts');
    }),
  );
  return [...NAMES.map(() => 'key.created'), 'drop.paused', 'drop.resumed'];
}

/**
 * A change that stands in the chain, while inventory has not noted that yet, and one that accounts has not asked for yet: then every instance of
 * inventory is killed, and what it was just writing is undone. Returns what they were.
 */
export async function killInventoryBeforeMarking(lab: KilledBetween): Promise<string[]> {
  const { owner, dropId, merchantId } = lab;
  await onDatabase(lab.databaseUrl, (rows) =>
    onDatabase(lab.databaseUrl, async (db) => {
      await inTransaction(db, async () => {
        await db.query(HOLD_CHAIN, [merchantId]);
        await done(owner.send('POST', `/v1/admin/drops/${dropId}/pause`));
        await rows.query('BEGIN');
        await rows.query('SELECT FROM inventory.audit_outbox WHERE chained_at IS NULL FOR UPDATE');
      });
      const marking = async () => (await db.query(MARKING)).rowCount! > 0;
      await waitFor('a mark that waits', marking, { deadlineMs: 30_000 });
      await db.query('BEGIN');
      await db.query(HOLD_CHAIN, [merchantId]);
      await done(owner.send('POST', `/v1/admin/drops/${dropId}/resume`));
      lab.killAll('inventory');
      // Its statement would go on without it.
      await db.query(`SELECT pg_terminate_backend(pid) FROM (${MARKING}) marking`);
      await rows.query('ROLLBACK');
      await db.query('COMMIT');
    }),
  );
  return ['drop.paused', 'drop.resumed'];
}

/** The actions of the merchant's chain from a record on, when nothing is left to chain. */
export async function chainedSince(lab: KilledBetween, seq: number): Promise<string[]> {
  await lab.untilAllUp();
  const open = `SELECT FROM inventory.audit_outbox WHERE chained_at IS NULL
    UNION ALL SELECT FROM accounts.audit_outbox WHERE chained_at IS NULL`;
  await onDatabase(lab.databaseUrl, (db) =>
    waitFor('all facts to be chained and marked', async () => (await db.query(open)).rowCount === 0, {
      deadlineMs: 30_000,
    }),
  );
  return (await records(lab.owner)).filter((it) => it.seq > seq).map(({ action }) => action);
}

export async function newestSeq(owner: StaffClient): Promise<number> {
  return (await records(owner)).at(-1)!.seq;
}

async function records(owner: StaffClient): Promise<{ seq: number; action: string }[]> {
  const { body } = await done(owner.send('GET', '/v1/admin/audit?limit=200'));
  return body.items as { seq: number; action: string }[];
}

async function done(answer: ReturnType<StaffClient['send']>): ReturnType<StaffClient['send']> {
  const { status, body } = await answer;
  if (status >= 300) throw new Error(`${status} ${JSON.stringify(body)}`);
  return answer;
}
