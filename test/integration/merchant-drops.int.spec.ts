import { randomBytes } from 'node:crypto';
import type {
  ChangeMerchantDrop,
  DropFields,
  MerchantCommand,
  MerchantDropOutcome,
  MerchantDropRead,
} from '@holdfast/contracts';
import { openPool, ROLES } from '@holdfast/postgres';
import { waitFor } from '@holdfast/testing';
import type { Pool } from 'pg';
import { LedgerDropUpkeep } from '../../apps/inventory/src/adapters/postgres/drops/ledger-drop-upkeep';
import { ANSWER_BYTES_MAX } from '../../apps/inventory/src/adapters/postgres/merchants/merchant-changes';
import { LedgerMerchantDrops } from '../../apps/inventory/src/adapters/postgres/merchant-drops/ledger-merchant-drops';
import { purgeOldRequests } from '../../apps/inventory/src/application/request-purge';
import { expectSoundBooks } from '../support/audit';
import { createLedger, type TestLedger } from '../support/database';
import { onDatabase } from '../support/drops';
import { MerchantDrops } from '../support/merchant-drops';

const EUR = (amountMinor: number) => ({ amountMinor, currency: 'EUR' });
const item = (sku: string, total: number) => ({ sku, total, name: sku, price: EUR(1_000) });
const fields = (more: Partial<DropFields> = {}): DropFields => ({
  name: 'Tee',
  description: '',
  imageUrl: null,
  mode: 'first-come',
  opensAt: null,
  closesAt: null,
  perCustomerLimit: 4,
  holdTtlSeconds: 300,
  stockDisplay: 'exact',
  items: [item('A', 5), item('B', 7)],
  ...more,
});
const soon = (seconds: number) => new Date(Date.now() + seconds * 1_000).toISOString();
const actor = { kind: 'staff', id: 'sta_1', label: 'ann@shop.example' } as const;

function by(merchantId: string, key = randomBytes(32).toString('hex'), fingerprint = 'f'): MerchantCommand {
  const from = { requestId: 'req-1', address: '192.0.2.1' };
  return { merchantId, by: { actor, ...from }, request: { key, fingerprint } };
}

describe('the drops of merchants on the ledger', () => {
  let ledger: TestLedger;
  let pool: Pool;
  let merchants: Pool;
  let drops: LedgerMerchantDrops;

  beforeAll(async () => {
    ledger = await createLedger('merchant_drops');
    pool = openPool({
      url: ledger.url,
      role: ROLES.inventory,
      max: 6,
      name: 'test',
      connectTimeoutMs: 60_000,
    });
    merchants = openPool({
      url: ledger.url,
      role: ROLES.inventoryMerchant,
      max: 6,
      name: 'test-merchants',
      connectTimeoutMs: 60_000,
    });
    drops = new LedgerMerchantDrops(merchants, null);
    for (const id of ['mer_a', 'mer_b'])
      await pool.query('INSERT INTO inventory.merchant (merchant_id, name) VALUES ($1, $1)', [id]);
  });
  afterAll(async () => {
    await expectSoundBooks(ledger.url);
    await merchants.end();
    await pool.end();
    await ledger.drop();
  });

  const read = (outcome: MerchantDropOutcome): MerchantDropRead => {
    if (outcome.kind !== 'done') throw new Error(JSON.stringify(outcome));
    return outcome.read;
  };
  const create = async (more: Partial<DropFields> = {}, merchantId = 'mer_a') =>
    read(await drops.createMerchantDrop({ ...by(merchantId), drop: fields(more) }));
  const own = (dropId: string) => ({ ...by('mer_a'), dropId });
  const change = (dropId: string, more: Omit<ChangeMerchantDrop, keyof MerchantCommand | 'dropId'>) =>
    drops.changeMerchantDrop({ ...own(dropId), ...more });
  const step = (dropId: string, action: 'open' | 'pause' | 'resume' | 'close') =>
    drops.stepMerchantDrop({ ...own(dropId), action });
  const factsOf = async (dropId: string) => {
    const found = await pool.query<{ action: string; actor: { id: string }; request_id: string }>(
      `SELECT action, actor, request_id FROM inventory.audit_outbox WHERE target ->> 'id' = $1 ORDER BY fact_id`,
      [dropId],
    );
    return found.rows;
  };
  const actionsOf = async (dropId: string) => (await factsOf(dropId)).map(({ action }) => action);
  const totals = ({ stock }: MerchantDropRead) => stock.map(({ sku, total }) => [sku, total]);

  it('lets one of a hundred edits of a revision win', async () => {
    const { drop } = await create();
    const edits = await Promise.all(
      Array.from({ length: 100 }, (_, i) =>
        change(drop.id, { change: { name: `Edit ${i}` }, ifMatch: [drop.revision] }),
      ),
    );
    const won = edits.filter((it) => it.kind === 'done');
    expect(won).toHaveLength(1);
    expect(new Set(edits.map(({ kind }) => kind))).toEqual(new Set(['done', 'revision-mismatch']));
    const now = await drops.getMerchantDrop({ merchantId: 'mer_a', dropId: drop.id });
    expect(now!.drop).toMatchObject({ name: read(won[0]!).drop.name, revision: drop.revision + 1 });
    expect(await actionsOf(drop.id)).toEqual(['drop.created', 'drop.changed']);
  });

  it('makes no more drafts of a merchant than its quota, of many at once, those deleted today among them', async () => {
    await pool.query("INSERT INTO inventory.merchant (merchant_id, name) VALUES ('mer_d', 'mer_d')");
    const quota = new LedgerMerchantDrops(merchants, { drops: 9, drafts: 5 });
    const { drop: first } = await create({}, 'mer_d');
    const made = await Promise.all(
      Array.from({ length: 12 }, (_, n) =>
        n % 2
          ? quota.duplicateMerchantDrop({ ...by('mer_d'), dropId: first.id })
          : quota.createMerchantDrop({ ...by('mer_d'), drop: fields({}) }),
      ),
    );
    expect(made.filter(({ kind }) => kind === 'done')).toHaveLength(4);
    expect(made.filter(({ kind }) => kind === 'too-many-drafts')).toHaveLength(8);
    const again = async () => (await quota.createMerchantDrop({ ...by('mer_d'), drop: fields({}) })).kind;
    await quota.deleteMerchantDrop({ ...by('mer_d'), dropId: first.id, ifMatch: 'any' });
    expect(await again()).toBe('too-many-drafts');
    await pool.query(
      `UPDATE inventory.drop SET deleted_at = deleted_at - interval '1 day' WHERE drop_id = $1`,
      [first.id],
    );
    expect(await again()).toBe('done');
    const { id } = read(made.find(({ kind }) => kind === 'done')!).drop;
    expect((await quota.stepMerchantDrop({ ...by('mer_d'), dropId: id, action: 'open' })).kind).toBe('done');
    expect([await again(), await again()]).toEqual(['done', 'too-many-drafts']);
  });

  it('puts no more drops of a merchant on sale than its quota, of many at once, and each once that one is closed', async () => {
    await pool.query("INSERT INTO inventory.merchant (merchant_id, name) VALUES ('mer_q', 'mer_q')");
    const quota = new LedgerMerchantDrops(merchants, { drops: 3, drafts: 100 });
    const opensAt = new Date(Date.now() + 3_600_000).toISOString();
    const ids = await Promise.all(
      Array.from({ length: 10 }, async () => (await create({}, 'mer_q')).drop.id),
    );
    const others = (await create({}, 'mer_b')).drop.id;
    const onSale = (dropId: string, i: number) =>
      i % 2 === 0
        ? quota.stepMerchantDrop({ ...by('mer_q'), dropId, action: 'open' })
        : quota.scheduleMerchantDrop({ ...by('mer_q'), dropId, opensAt });
    const outcomes = await Promise.all(ids.map(onSale));
    expect(outcomes.filter(({ kind }) => kind === 'done')).toHaveLength(3);
    expect(outcomes.filter(({ kind }) => kind === 'too-many-drops')).toHaveLength(7);
    // Another merchant has a quota of its own, and a step of what is counted already is none.
    expect((await quota.stepMerchantDrop({ ...by('mer_b'), dropId: others, action: 'open' })).kind).toBe(
      'done',
    );
    const won = outcomes.flatMap((it, i) => (it.kind === 'done' ? [[ids[i]!, i] as const] : []));
    const close = (dropId: string) => quota.stepMerchantDrop({ ...by('mer_q'), dropId, action: 'close' });
    for (const [id, i] of won)
      if (i % 2 === 1)
        expect((await quota.stepMerchantDrop({ ...by('mer_q'), dropId: id, action: 'open' })).kind).toBe(
          'done',
        );
    expect((await close(won[0]![0])).kind).toBe('done');
    const lost = ids.findIndex((_, i) => outcomes[i]!.kind !== 'done');
    expect((await onSale(ids[lost]!, 0)).kind).toBe('done');
  });

  it('makes one drop of a request that comes many times at once, with one answer and one fact', async () => {
    const command = { ...by('mer_a'), drop: fields({ name: 'Once' }) };
    const made = await Promise.all(Array.from({ length: 8 }, () => drops.createMerchantDrop(command)));
    expect(new Set(made.map((it) => JSON.stringify(read(it)))).size).toBe(1);
    expect(made.filter((it) => it.kind === 'done' && !it.replayed)).toHaveLength(1);
    expect(await actionsOf(read(made[0]!).drop.id)).toEqual(['drop.created']);
    const other = { ...by('mer_a', command.request!.key, 'other'), drop: fields() };
    expect(await drops.createMerchantDrop(other)).toEqual({ kind: 'key-reused' });
  });

  it('replaces the items of a drop that has not opened, with a movement for each change of a total', async () => {
    const { drop } = await create();
    const items = [item('C', 2), { ...item('A', 9), name: 'Renamed' }];
    const first = read(await change(drop.id, { change: { items }, ifMatch: 'any' }));
    expect(first.drop.items.map(({ sku, name }) => [sku, name])).toEqual([
      ['C', 'C'],
      ['A', 'Renamed'],
    ]);
    expect(totals(first)).toEqual([
      ['A', 9],
      ['C', 2],
    ]);
    const again = read(
      await change(drop.id, { change: { items: [item('B', 1)] }, ifMatch: [first.drop.revision] }),
    );
    expect(totals(again)).toEqual([['B', 1]]);
    const listed = await drops.listMerchantDrops({ merchantId: 'mer_a', q: drop.id, limit: 1 });
    expect(listed.items).toMatchObject([
      { drop: { itemCount: 1, items: [{ sku: 'B' }] }, totals: { total: 1, available: 1 } },
    ]);
    const moved = await pool.query(
      `SELECT sku, array_agg(delta::int ORDER BY created_at) AS deltas FROM inventory.movement WHERE drop_id = $1 GROUP BY sku ORDER BY sku`,
      [drop.id],
    );
    expect(moved.rows).toEqual([
      { sku: 'A', deltas: [5, 4, -9] },
      { sku: 'B', deltas: [7, -7, 1] },
      { sku: 'C', deltas: [2, -2] },
    ]);
  });

  it('takes name, price and picture of an item from the product of the same merchant', async () => {
    await pool.query(
      `INSERT INTO inventory.product (merchant_id, product_id, handle, name, image_urls) VALUES ('mer_a', 'prd_1', 'cap', 'Cap', '{cap.jpg}')`,
    );
    await pool.query(
      `INSERT INTO inventory.product_sku (merchant_id, sku, product_id, name, price_minor, currency) VALUES ('mer_a', 'CAP', 'prd_1', 'Cap, one size', 1500, 'EUR')`,
    );
    const { drop } = await create({ items: [{ sku: 'CAP', total: 3 }] });
    expect(drop.items).toEqual([
      { sku: 'CAP', name: 'Cap, one size', imageUrl: 'cap.jpg', price: EUR(1_500) },
    ]);
    const theirs = { ...by('mer_b'), drop: fields({ items: [{ sku: 'CAP', total: 3 }] }) };
    expect(await drops.createMerchantDrop(theirs)).toMatchObject({
      kind: 'invalid',
      errors: [{ pointer: '/items/0/name' }, { pointer: '/items/0/price' }],
    });
  });

  it('is unknown to other merchants in every call', async () => {
    const { drop } = await create({}, 'mer_b');
    const calls: Promise<{ kind: string }>[] = [
      change(drop.id, { change: { name: 'Mine' }, ifMatch: null }),
      drops.scheduleMerchantDrop({ ...own(drop.id), opensAt: soon(60) }),
      ...(['open', 'pause', 'resume', 'close'] as const).map((action) => step(drop.id, action)),
      drops.duplicateMerchantDrop(own(drop.id)),
      drops.deleteMerchantDrop({ ...own(drop.id), ifMatch: null }),
    ];
    expect(new Set((await Promise.all(calls)).map(({ kind }) => kind))).toEqual(new Set(['not-found']));
    expect(await drops.getMerchantDrop({ merchantId: 'mer_a', dropId: drop.id })).toBeNull();
    expect((await drops.listMerchantDrops({ merchantId: 'mer_a', q: drop.id, limit: 1 })).items).toEqual([]);
    expect(await actionsOf(drop.id)).toEqual(['drop.created']);
  });

  it('walks through the life of a drop, with a fact for each step that was one', async () => {
    const { drop } = await create();
    const { id } = drop;
    expect(await step(id, 'close')).toEqual({ kind: 'invalid-transition', state: 'draft' });
    const times = { opensAt: soon(3_600), closesAt: soon(7_200) };
    expect(read(await drops.scheduleMerchantDrop({ ...own(id), ...times })).drop).toMatchObject(times);
    const later = { ...own(id), opensAt: soon(5_400) };
    expect(read(await drops.scheduleMerchantDrop(later)).drop).toMatchObject({ state: 'scheduled' });
    for (const action of ['open', 'open', 'pause', 'pause', 'resume', 'close', 'close'] as const)
      expect(await step(id, action)).toMatchObject({ kind: 'done' });
    expect(await step(id, 'resume')).toEqual({ kind: 'invalid-transition', state: 'closed' });
    const refused = await drops.scheduleMerchantDrop({ ...own(id), opensAt: soon(60) });
    expect(refused).toEqual({ kind: 'invalid-transition', state: 'closed' });
    expect(await actionsOf(id)).toEqual([
      'drop.created',
      'drop.scheduled',
      'drop.scheduled',
      'drop.opened',
      'drop.paused',
      'drop.resumed',
      'drop.closed',
    ]);
    expect(new Set((await factsOf(id)).map((it) => `${it.actor.id} ${it.request_id}`))).toEqual(
      new Set(['sta_1 req-1']),
    );
  });

  it('takes a step once when many try it at the same time', async () => {
    const { drop } = await create();
    const opened = await Promise.all(Array.from({ length: 20 }, () => step(drop.id, 'open')));
    expect(new Set(opened.map(({ kind }) => kind))).toEqual(new Set(['done']));
    expect(await actionsOf(drop.id)).toEqual(['drop.created', 'drop.opened']);
  });

  it('tells once that the clock has opened a drop, before what is done with it then', async () => {
    const { drop } = await create();
    await drops.scheduleMerchantDrop({ ...own(drop.id), opensAt: soon(3_600) });
    await pool.query(
      `UPDATE inventory.drop SET opens_at = clock_timestamp() - interval '1 ms' WHERE drop_id = $1`,
      [drop.id],
    );
    const upkeep = new LedgerDropUpkeep(pool);
    await Promise.all([step(drop.id, 'pause'), upkeep.advance(drop.id), upkeep.advance(drop.id)]);
    const facts = await factsOf(drop.id);
    expect(facts.map(({ action, actor: { id } }) => `${action} ${id}`).slice(2)).toEqual([
      'drop.opened clock',
      'drop.paused sta_1',
    ]);
  });

  it('tells that the command line did it', async () => {
    const { drop } = await create();
    expect(await new MerchantDrops(pool).act(drop.id, 'open')).toMatchObject({ kind: 'done' });
    const [, opened] = await factsOf(drop.id);
    expect(opened).toMatchObject({ action: 'drop.opened', actor: { kind: 'operator', id: 'cli' } });
  });

  it('deletes what has never opened, once, and keeps its books', async () => {
    const { drop } = await create();
    await drops.scheduleMerchantDrop({ ...own(drop.id), opensAt: soon(3_600) });
    const outcomes = await Promise.all(
      Array.from({ length: 5 }, () => drops.deleteMerchantDrop({ ...own(drop.id), ifMatch: null })),
    );
    expect(outcomes.filter(({ kind }) => kind === 'deleted')).toHaveLength(1);
    expect(await drops.getMerchantDrop({ merchantId: 'mer_a', dropId: drop.id })).toBeNull();
    expect(await step(drop.id, 'open')).toEqual({ kind: 'not-found' });
    const catalogue = new MerchantDrops(pool);
    expect(await catalogue.get(drop.id)).toBeNull();
    expect(await catalogue.act(drop.id, 'open')).toEqual({ kind: 'not-found' });
    expect(await actionsOf(drop.id)).toEqual(['drop.created', 'drop.scheduled', 'drop.deleted']);
    const open = await create();
    await step(open.drop.id, 'open');
    expect(await drops.deleteMerchantDrop({ ...own(open.drop.id), ifMatch: null })).toEqual({
      kind: 'invalid-transition',
      state: 'open',
    });
  });

  it('deletes the revision that is meant, and no newer one', async () => {
    const { drop } = await create();
    const remove = (ifMatch: number[] | 'any') => drops.deleteMerchantDrop({ ...own(drop.id), ifMatch });
    expect(await change(drop.id, { change: { name: 'Newer' }, ifMatch: 'any' })).toMatchObject({
      kind: 'done',
    });
    expect(await remove([drop.revision])).toEqual({ kind: 'revision-mismatch' });
    expect(await remove([])).toEqual({ kind: 'revision-mismatch' });
    expect(await remove([drop.revision, drop.revision + 1])).toEqual({ kind: 'deleted' });
    expect(await remove('any')).toEqual({ kind: 'not-found' });
  });

  it('copies a drop in any state, without its times', async () => {
    const { drop } = await create({ closesAt: soon(3_600), stockDisplay: 'bands' });
    await step(drop.id, 'open');
    const copy = read(await drops.duplicateMerchantDrop(own(drop.id)));
    expect(copy.drop).toMatchObject({ state: 'draft', opensAt: null, closesAt: null, stockDisplay: 'bands' });
    expect(copy.drop.items).toEqual(drop.items);
    expect(totals(copy)).toEqual([
      ['A', 5],
      ['B', 7],
    ]);
    expect(await actionsOf(copy.drop.id)).toEqual(['drop.duplicated']);
  });

  it('reads its answer with the row of the drop free, so that no lane waits while thousands of items are read', async () => {
    const { drop } = await create();
    const client = await pool.connect();
    await client.query('BEGIN');
    await client.query('LOCK TABLE inventory.item IN ACCESS EXCLUSIVE MODE');
    const opened = step(drop.id, 'open');
    await waitFor('the answer is being read', async () => {
      const { rows } = await pool.query(
        `SELECT 1 FROM pg_locks WHERE NOT granted AND relation = 'inventory.item'::regclass`,
      );
      return rows.length === 1;
    });
    const free = pool.query(`SELECT FROM inventory.drop WHERE drop_id = $1 FOR NO KEY UPDATE NOWAIT`, [
      drop.id,
    ]);
    expect((await free).rowCount).toBe(1);
    await client.query('COMMIT');
    client.release();
    expect(read(await opened).drop.state).toBe('open');
  });

  it('answers again what was not kept, once for all, and does nothing twice', async () => {
    const command = { ...by('mer_a'), drop: fields() };
    const first = read(await drops.createMerchantDrop(command));
    const key = Buffer.from(command.request!.key, 'hex');
    // As when the answer was lost before it could be kept.
    await pool.query('UPDATE inventory.merchant_request SET answer = NULL WHERE request_key = $1', [key]);
    const again = await Promise.all(Array.from({ length: 10 }, () => drops.createMerchantDrop(command)));
    expect(new Set(again.map((it) => JSON.stringify(it))).size).toBe(1);
    expect(again[0]).toMatchObject({ kind: 'done', replayed: true, read: { drop: first.drop } });
    // There is nothing to read it from.
    await pool.query('UPDATE inventory.merchant_request SET answer = NULL WHERE request_key = $1', [key]);
    await drops.deleteMerchantDrop({ ...own(first.drop.id), ifMatch: null });
    expect(await drops.createMerchantDrop(command)).toEqual({ kind: 'not-found' });
  });

  const REFUSE_TO_TRIM = `
    CREATE FUNCTION inventory.refuse_to_trim() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no room to work'; END $$;
    CREATE TRIGGER refuse_to_trim BEFORE UPDATE ON inventory.merchant_request FOR EACH ROW
    WHEN (OLD.answer IS NOT NULL AND NEW.answer IS NULL) EXECUTE FUNCTION inventory.refuse_to_trim();`;

  it('keeps no more than a bounded number of bytes of answers for a merchant, the newest ones', async () => {
    // What compression does not make smaller, so that forty are more than the bound.
    const large = randomBytes(640_000).toString('hex');
    for (let n = 1; n <= 40; n += 1)
      await pool.query(
        `INSERT INTO inventory.merchant_request (merchant_id, request_key, fingerprint, answer, target, created_at)
         VALUES ('mer_b', $1, 'f', $2, 'd', now() - $3 * interval '1 s')`,
        [randomBytes(32), large, n],
      );
    const items = Array.from({ length: 600 }, (_, n) => item(`SKU-${n}`, 1));
    const createLarge = async () => {
      const command = { ...by('mer_b'), drop: fields({ items }) };
      return { command, made: await drops.createMerchantDrop(command) };
    };
    // A bound that fails does so by itself: the change has its answer, and the next one bounds.
    await onDatabase(ledger.url, (client) => client.query(REFUSE_TO_TRIM));
    const unbounded = await createLarge();
    expect(unbounded.made.kind).toBe('done');
    expect(await drops.createMerchantDrop(unbounded.command)).toEqual({ ...unbounded.made, replayed: true });
    await onDatabase(ledger.url, (client) => client.query('DROP FUNCTION inventory.refuse_to_trim CASCADE'));
    const { command, made } = await createLarge();
    const { rows } = await pool.query<{ bytes: string; kept: number; all: number }>(
      `SELECT sum(pg_column_size(answer)) AS bytes, count(answer)::int AS kept, count(*)::int AS all FROM inventory.merchant_request WHERE merchant_id = 'mer_b'`,
    );
    expect(Number(rows[0]!.bytes)).toBeLessThanOrEqual(ANSWER_BYTES_MAX);
    expect(Number(rows[0]!.bytes)).toBeGreaterThan(ANSWER_BYTES_MAX * 0.9);
    expect(rows[0]!.kept).toBeLessThan(rows[0]!.all);
    expect(await drops.createMerchantDrop(command)).toEqual({ ...made, replayed: true });
  });

  it('forgets after a day what it has answered', async () => {
    const command = { ...by('mer_a'), drop: fields({ name: 'Yesterday' }) };
    const first = read(await drops.createMerchantDrop(command));
    const key = Buffer.from(command.request!.key, 'hex');
    await pool.query(
      `UPDATE inventory.merchant_request SET created_at = now() - interval '25 hours' WHERE request_key = $1`,
      [key],
    );
    expect(await purgeOldRequests(new LedgerDropUpkeep(pool))).toBe(1);
    expect(read(await drops.createMerchantDrop(command)).drop.id).not.toBe(first.drop.id);
  });

  it('finds drops by the beginning of a name or an id, without case, and never by a pattern', async () => {
    const made = await create({ name: 'Été 100% 20_off' });
    const found = async (q: string) =>
      (await drops.listMerchantDrops({ merchantId: 'mer_a', q, limit: 200 })).items.map((it) => it.drop.id);
    for (const q of ['ÉTÉ', 'été 100%', 'Été 100% 20_', made.drop.id, made.drop.id.slice(0, 5).toUpperCase()])
      expect(await found(q)).toContain(made.drop.id);
    for (const q of ['100%', '%', 'Ét_', '.*', 'té']) expect(await found(q)).not.toContain(made.drop.id);
  });
});
