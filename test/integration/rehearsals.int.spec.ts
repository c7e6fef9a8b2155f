import {
  EVIDENCE_BYTES_MAX,
  NO_FIGURES,
  ServiceUnavailable,
  type RehearsalEvidence,
  type StartRehearsalOutcome,
} from '@holdfast/contracts';
import { isGhostId, randomId } from '@holdfast/kernel';
import { waitFor } from '@holdfast/testing';
import { KeepRehearsals, purgeOldGhosts } from '../../apps/inventory/src/application/rehearsal-upkeep';
import { expectSoundBooks } from '../support/audit';
import { Shop, type Stockroom } from '../support/checkout-shop';
import { createLedger, type TestLedger } from '../support/database';
import { insertDrop, onDatabase, type TestDrop } from '../support/drops';
import { DEMO_DROP } from '../../apps/inventory/src/application/drops/demo-drop';
import { type Inventory, newCustomerId, openInventory, placeHold } from '../support/inventory';
import { readStock, readTruth } from '../support/ledger-truth';
import { merchantCommand } from '../support/merchant-command';
import { openRehearsals, RUNNER, type TestRehearsals } from '../support/rehearsals';

const MERCHANT = 'mer_test';

describe('rehearsals on the ledger', () => {
  let db: TestLedger;
  let shop: Inventory;
  let it_: TestRehearsals;

  beforeAll(async () => {
    db = await createLedger('rehearsals');
    for (const id of [MERCHANT, 'mer_other'])
      await sql('INSERT INTO inventory.merchant (merchant_id, name) VALUES ($1, $1)', [id]);
    shop = openInventory(db.url, { settings: { deadlineMs: 30_000 } });
    it_ = openRehearsals(db.url);
  });
  afterEach(async () => {
    await sql(`UPDATE inventory.rehearsal SET state = 'failed', ended_at = now() WHERE state = 'running'`);
    await it_.upkeep.removeGhosts();
    await sql(`UPDATE inventory.drop SET state = 'closed' WHERE state = 'open'`);
    await expectSoundBooks(db.url);
  });
  afterAll(async () => {
    await it_.close();
    await shop.close();
    await db.drop();
  });

  const sql = <R extends object>(text: string, values: unknown[] = []): Promise<R[]> =>
    onDatabase(db.url, async (client) => (await client.query<R>(text, values)).rows);
  const drop = (more: Partial<TestDrop> = {}) => insertDrop(db.url, { skus: { A: 5, B: 3 }, ...more });
  const ref = (dropId: string, rehearsalId: string) => ({ merchantId: MERCHANT, dropId, rehearsalId });
  const end = (rehearsalId: string, more: object = {}) =>
    it_.runs.endRehearsal({
      ...{ rehearsalId, runner: RUNNER, state: 'done', verdict: 'go', detail: 'go' },
      ...{ figures: NO_FIGURES, evidence: null },
      ...more,
    });
  const beat = (rehearsalId: string, runner = RUNNER) =>
    it_.runs.beatRehearsal({ rehearsalId, runner, progress: 0.5, detail: 'selling', figures: NO_FIGURES });
  const idOf = (started: StartRehearsalOutcome) => {
    if (started.kind !== 'started') throw new Error(JSON.stringify(started));
    return started.rehearsal.id;
  };

  describe('a start', () => {
    it('lets one of twenty at once win, over all merchants', async () => {
      const dropId = await drop();
      const theirs = await drop();
      await sql(`UPDATE inventory.drop SET merchant_id = 'mer_other' WHERE drop_id = $1`, [theirs]);
      const outcomes = await Promise.all(
        Array.from({ length: 20 }, (_, i) =>
          i % 2 ? it_.start(dropId) : it_.start(theirs, {}, merchantCommand('mer_other')),
        ),
      );
      expect(outcomes.map(({ kind }) => kind).sort()).toEqual([
        ...new Array<string>(19).fill('conflict'),
        'started',
      ]);
      const refused = outcomes.find((it) => it.kind === 'conflict');
      expect(refused).toMatchObject({ why: expect.stringContaining('one at a time') as string });
    });

    it('gives the same rehearsal to the same request, also when it has ended, and one fact', async () => {
      const dropId = await drop();
      const same = merchantCommand();
      const starts = await Promise.all(Array.from({ length: 5 }, () => it_.start(dropId, {}, same)));
      const ids = new Set(starts.map(idOf));
      expect(ids.size).toBe(1);
      const [id] = [...ids];
      await it_.runs.claimRehearsal(RUNNER);
      await end(id!);
      expect(await it_.start(dropId, {}, same)).toMatchObject({
        kind: 'started',
        replayed: true,
        rehearsal: { id },
      });
      const other = { ...same, request: { ...same.request, fingerprint: 'g' } };
      expect(await it_.start(dropId, {}, other)).toEqual({ kind: 'key-reused' });
      const facts = await sql(
        `SELECT action, target, change FROM inventory.audit_outbox WHERE change ->> 'dropId' = $1`,
        [dropId],
      );
      expect(facts).toMatchObject([
        {
          action: 'rehearsal.started',
          target: { kind: 'rehearsal', id },
          change: { dropId, profile: 'spike', seed: 7 },
        },
      ]);
    });

    it('asks for whileSelling while a drop of any merchant is open, and not while it is closed', async () => {
      const dropId = await drop({ state: 'draft' });
      const open = await drop();
      await sql(`UPDATE inventory.drop SET merchant_id = 'mer_other' WHERE drop_id = $1`, [open]);
      expect(await it_.start(dropId, { whileSelling: false })).toMatchObject({
        kind: 'conflict',
        why: expect.stringContaining('whileSelling') as string,
      });
      expect(await it_.rehearsals.listRehearsals({ merchantId: MERCHANT, dropId, limit: 5 })).toMatchObject({
        items: [],
      });
      await sql(`UPDATE inventory.drop SET closes_at = now() WHERE drop_id = $1`, [open]);
      expect(await it_.start(dropId, { whileSelling: false })).toMatchObject({ kind: 'started' });
    });

    it('does not ask for it beside the demo drop, which is nobody’s launch', async () => {
      const dropId = await drop({ state: 'draft' });
      const demo = await drop();
      await sql(`UPDATE inventory.drop SET image_url = $2 WHERE drop_id = $1`, [demo, DEMO_DROP.imageUrl]);
      expect(await it_.start(dropId, { whileSelling: false })).toMatchObject({ kind: 'started' });
    });

    it('is refused for a drop of nobody, of others, without units, and for a past one without history', async () => {
      const dropId = await drop();
      for (const id of ['d0000000', 'no drop', ''])
        expect(await it_.start(id)).toEqual({ kind: 'not-found' });
      expect(await it_.start(dropId, {}, merchantCommand('mer_other'))).toEqual({ kind: 'not-found' });
      expect(await it_.start(await drop({ skus: { A: 0 } }))).toMatchObject({ kind: 'invalid' });
      for (const past of [dropId, 'd0000000', 'no drop'])
        expect(await it_.start(dropId, { like: { dropId: past, times: 1 } })).toMatchObject({
          kind: 'invalid',
          errors: [{ pointer: '/like' }],
        });
    });

    it('replays the arrivals of a past drop, multiplied, from the minute before it opened', async () => {
      const past = await drop({ state: 'closed' });
      const [{ at }] = (await sql<{ at: string }>(
        `SELECT extract(epoch FROM date_trunc('second', opens_at))::text AS at FROM inventory.drop WHERE drop_id = $1`,
        [past],
      )) as [{ at: string }];
      const tick = (second: number, arrivals: number) => ({
        ...{ dropId: past, second: Number(at) + second, arrivals, refusals: {}, latencies: {}, readers: 0 },
      });
      await it_.figures.addTicks({ source: 'g1', ticks: [tick(-86_400, 9), tick(1, 3), tick(3, 2)] });
      await it_.figures.addTicks({ source: 'g2', ticks: [tick(1, 1), tick(100_000, 9)] });
      const dropId = await drop();
      expect(await it_.start(dropId, { like: { dropId: past, times: 9_999 } })).toMatchObject({
        kind: 'invalid',
        errors: [{ pointer: '/times' }],
      });
      const run = await it_.begin(dropId, { like: { dropId: past, times: 2 } });
      expect(run.arrivals).toEqual([8, 0, 4]);
      expect(run.rehearsal.settings).toMatchObject({ shoppers: 12, duration: 5 });
      await end(run.id);
      // After a week only its minutes are known.
      await sql(`DELETE FROM inventory.tick WHERE drop_id = $1`, [past]);
      await sql(
        `INSERT INTO inventory.tick_minute (drop_id, minute, arrivals, refusals, latencies, readers)
         SELECT drop_id, date_trunc('minute', opens_at, 'UTC') + n * interval '1 min', 90, '{}', '{}', 0
         FROM inventory.drop, generate_series(0, 1) n WHERE drop_id = $1`,
        [past],
      );
      const { arrivals } = await it_.begin(dropId, { like: { dropId: past, times: 1 } });
      expect(arrivals!.reduce((sum, each) => sum + each, 0)).toBe(180);
      expect(new Set(arrivals)).toEqual(new Set([1, 2]));
    });

    it('keeps a hundred of a drop, the newest ones', async () => {
      const dropId = await drop();
      await sql(
        `INSERT INTO inventory.rehearsal (merchant_id, rehearsal_id, drop_id, settings, state, requested_at, ends_by, ended_at, ghosts_removed_at)
         SELECT 'mer_test', 'reh_old' || n, $1, $2, 'done', now() - n * interval '1 min', now(), now(), now() FROM generate_series(1, 120) n`,
        [dropId, JSON.stringify({ profile: 'spike', seed: 1 })],
      );
      const newest = idOf(await it_.start(dropId));
      const seen: string[] = [];
      for (let cursor: string | null | undefined; cursor !== null;) {
        const page = await it_.rehearsals.listRehearsals({
          ...{ merchantId: MERCHANT, dropId, limit: 30 },
          ...(cursor ? { cursor } : {}),
        });
        seen.push(...page!.items.map(({ id }) => id));
        cursor = page!.nextCursor;
      }
      expect(seen).toEqual([newest, ...Array.from({ length: 99 }, (_, n) => `reh_old${n + 1}`)]);
    });
  });

  describe('a run', () => {
    it('has a ghost with items, limits and totals of the drop, whatever was sold of it, and one when it asks twice', async () => {
      const dropId = await drop({ state: 'open', perCustomerLimit: 2, holdTtlSeconds: 77, priceMinor: 500 });
      await placeHold(shop, dropId, { lines: [{ sku: 'A', quantity: 2 }] });
      const run = await it_.begin(dropId);
      expect(isGhostId(run.ghostId)).toBe(true);
      expect(run.items).toEqual([
        { sku: 'A', units: 5 },
        { sku: 'B', units: 3 },
      ]);
      const again = await it_.runs.claimRehearsal(RUNNER);
      expect(again!.rehearsal.ghostId).toBe(run.ghostId);
      expect(await it_.runs.claimRehearsal('rehearsals-2')).toBeNull();
      const real = await shop.client.getDrop(dropId);
      const ghost = await shop.client.getDrop(run.ghostId);
      const times = { id: run.ghostId, opensAt: ghost!.opensAt, createdAt: ghost!.createdAt, revision: 1 };
      expect(ghost).toEqual({ ...real, ...times });
      expect(await placeHold(shop, run.ghostId)).toMatchObject({ kind: 'held' });
      const { endsBy, startedAt } = run.rehearsal;
      expect(Date.parse(endsBy) - Date.parse(startedAt)).toBeCloseTo(180_000, -3);
    });

    it('tells its runner to stop, and a runner that it is no longer its', async () => {
      const dropId = await drop();
      const { id } = await it_.begin(dropId);
      expect(await beat(id)).toEqual({ stop: false });
      expect(await beat(id, 'another')).toEqual({ stop: true });
      const stop = { ...merchantCommand(), dropId, rehearsalId: id };
      expect(await it_.rehearsals.stopRehearsal(stop)).toMatchObject({
        state: 'running',
        progress: 0.5,
        detail: 'selling',
      });
      expect(await beat(id)).toEqual({ stop: true });
      await end(id, { state: 'stopped', verdict: null, detail: 'stopped' });
      expect(await it_.rehearsals.stopRehearsal(stop)).toMatchObject({ state: 'stopped', verdict: null });
      expect(await beat(id)).toEqual({ stop: true });
      await expect(it_.runs.anotherGhost({ rehearsalId: id, runner: RUNNER, units: 1 })).rejects.toThrow(
        'has ended',
      );
    });

    it('ends at once when nobody has taken it over', async () => {
      const dropId = await drop();
      const id = idOf(await it_.start(dropId));
      const stop = { ...merchantCommand(), dropId, rehearsalId: id };
      expect(await it_.rehearsals.stopRehearsal(stop)).toMatchObject({ state: 'stopped', ghostId: null });
      expect(await it_.runs.claimRehearsal(RUNNER)).toBeNull();
    });

    it('keeps its result with the evidence within its bound, and the first when it ends twice', async () => {
      const dropId = await drop();
      const { id } = await it_.begin(dropId);
      const second = {
        second: 0,
        offered: 1,
        held: 1,
        paid: 1,
        refused: 0,
        errors: 0,
        cpu: { x: 0.123456789 },
      };
      const evidence = {
        seconds: Array.from({ length: 2_000 }, (_, i) => ({ ...second, second: i, odd: 'x'.repeat(1_500) })),
        ...{ checks: [], faults: [], rates: [] },
      } as unknown as RehearsalEvidence;
      await end(id, { figures: { ...NO_FIGURES, held: 5 }, evidence });
      await end(id, { verdict: 'no-go' });
      const report = await it_.rehearsals.rehearsalReport(ref(dropId, id));
      expect(report!.rehearsal).toMatchObject({ state: 'done', verdict: 'go', held: 5, progress: 1 });
      expect(report!.rehearsal.endsBy).toBe(report!.rehearsal.endedAt);
      const bytes = Buffer.byteLength(JSON.stringify(report!.evidence));
      expect(bytes).toBeLessThanOrEqual(EVIDENCE_BYTES_MAX);
      expect(report!.evidence!.seconds.length).toBe(1_000);
    });

    it('is shown to its own merchant alone', async () => {
      const dropId = await drop();
      const { id } = await it_.begin(dropId);
      const theirs = { merchantId: 'mer_other', dropId, rehearsalId: id };
      expect(await it_.rehearsals.getRehearsal(ref(dropId, id))).toMatchObject({ id, state: 'running' });
      expect(await it_.rehearsals.getRehearsal(theirs)).toBeNull();
      expect(await it_.rehearsals.rehearsalReport(theirs)).toBeNull();
      expect(await it_.rehearsals.listRehearsals({ ...theirs, limit: 5 })).toBeNull();
      expect(
        await it_.rehearsals.stopRehearsal({ ...merchantCommand('mer_other'), dropId, rehearsalId: id }),
      ).toBeNull();
      expect(await beat(id)).toEqual({ stop: false });
    });
  });

  describe('a ghost', () => {
    const figuresOf = async (dropId: string) => {
      const whole = { merchantId: MERCHANT, dropId };
      const { asOf: _, ...stats } = (await it_.figures.dropStats(whole))!;
      const span = { from: '2020-01-01T00:00:00Z', to: '2100-01-01T00:00:00Z', stepSeconds: 3_600 };
      const series = await it_.figures.dropSeries({ ...whole, ...span });
      const timeline = await it_.timeline.dropTimeline({ ...whole, after: null, limit: 100 });
      const page = await it_.merchantDrops.listMerchantDrops({ merchantId: MERCHANT, limit: 200 });
      const listed = page.items.map(({ drop: { id, items }, totals }) => ({ id, items, totals }));
      const shown = (await shop.client.listDrops({ limit: 200 })).items.map(({ id }) => id);
      return JSON.stringify({ stats, series, timeline: timeline!.entries, listed, shown });
    };

    it('is in no list, figure, call or fact of its merchant, and changes none of the real drop', async () => {
      const dropId = await drop({ skus: { A: 50 } });
      await placeHold(shop, dropId, { lines: [{ sku: 'A', quantity: 2 }] });
      const second = Math.floor(Date.now() / 1_000);
      const tick = { second, arrivals: 1, refusals: {}, latencies: {}, readers: 1 };
      await it_.figures.addTicks({ source: 'g1', ticks: [{ ...tick, dropId }] });
      const before = await figuresOf(dropId);
      const run = await it_.begin(dropId);
      const { ghostId } = run;
      for (let n = 0; n < 30; n += 1) await placeHold(shop, ghostId, { network: { id: n, blockId: null } });
      await it_.figures.addTicks({
        source: 'g1',
        ticks: [{ ...tick, dropId: ghostId, arrivals: 40, refusals: { 'sold-out': 10 } }],
      });
      expect(await figuresOf(dropId)).toBe(before);
      const own = { merchantId: MERCHANT, dropId: ghostId };
      const command = { ...merchantCommand(), dropId: ghostId };
      const nothing = await Promise.all([
        it_.merchantDrops.getMerchantDrop(own),
        it_.figures.dropStats(own),
        it_.figures.dropLife(own),
        it_.figures.recentTicks({ ...own, sinceSecond: 0 }),
        it_.timeline.dropTimeline({ ...own, after: null, limit: 5 }),
        it_.rehearsals.listRehearsals({ ...own, limit: 5 }),
        shop.client.listDropHolds({ ...own, limit: 5 }),
        shop.client.listAdjustments({ ...own, limit: 5 }),
        shop.client.merchantOfDrop(ghostId),
      ]);
      expect(nothing).toEqual(nothing.map(() => null));
      const refused = await Promise.all([
        it_.merchantDrops.stepMerchantDrop({ ...command, action: 'close' }),
        it_.merchantDrops.deleteMerchantDrop({ ...command, ifMatch: null }),
        it_.merchantDrops.duplicateMerchantDrop({ ...command, ...merchantCommand() }),
        it_.start(ghostId),
        shop.client.adjustStock({ ...command, sku: 'A', delta: 1, reason: 'x' }),
      ]);
      expect(refused).toEqual(refused.map(() => ({ kind: 'not-found' })));
      const told = await sql(
        `SELECT action FROM inventory.audit_outbox WHERE target ->> 'id' = $1 OR change ->> 'dropId' = $1`,
        [ghostId],
      );
      expect(told).toEqual([]);
      await end(run.id);
      expect(await figuresOf(dropId)).toBe(before);
    });

    it('does not count for the quota of drops on sale, nor as a drop that is open', async () => {
      const dropId = await drop({ state: 'draft' });
      const { id } = await it_.begin(dropId);
      const open = await sql(`SELECT inventory.real_drop_open() AS open`);
      expect(open).toEqual([{ open: false }]);
      await end(id);
    });

    it('is removed in pieces while it sells, from wherever the last removal was cut off', async () => {
      const dropId = await drop({ skus: { A: 400, B: 400 }, perCustomerLimit: 3 });
      // Its sums for shoppers are kept by triggers, also while the units go.
      await sql(`UPDATE inventory.drop SET stock_display = 'bands' WHERE drop_id = $1`, [dropId]);
      const { id, ghostId } = await it_.begin(dropId);
      const lines = [
        { sku: 'A', quantity: 1 },
        { sku: 'B', quantity: 2 },
      ];
      const holds = await Promise.all(
        Array.from({ length: 120 }, (_, n) =>
          placeHold(shop, ghostId, { lines, network: { id: n % 7, blockId: 99 } }).then((it) =>
            it.kind === 'held' ? it.hold : null,
          ),
        ),
      );
      const placed = holds.filter((it) => it !== null);
      expect(placed.length).toBeGreaterThan(20);
      const orderOf = (n: number) => `${ghostId}-o${String(n).padStart(26, '0')}`;
      for (const [n, { id: holdId, customerId }] of placed.slice(0, 12).entries()) {
        const of = { holdId, customerId, orderId: orderOf(n) };
        if (n % 3 === 2) {
          await shop.client.releaseHold({ holdId, customerId });
          continue;
        }
        await shop.client.confirmHold(of);
        if (n % 3 === 1) await shop.client.returnHold(of);
      }
      await sql(`UPDATE inventory.rehearsal SET state = 'failed', ended_at = now() WHERE rehearsal_id = $1`, [
        id,
      ]);
      // Shoppers go on meanwhile; each piece is followed by a look at the books, as after a crash.
      const selling = { on: true };
      const rush = (async () => {
        while (selling.on) await placeHold(shop, ghostId, { lines, customerId: newCustomerId() });
      })();
      try {
        for (let isRemoved = false; !isRemoved;) {
          const [piece] = await sql<{ removed: boolean }>(
            'SELECT inventory.remove_ghost($1, 40) AS removed',
            [ghostId],
          );
          isRemoved = piece!.removed;
          expect((await readTruth(db.url, ghostId)).faults).toEqual([]);
        }
      } finally {
        selling.on = false;
        await rush;
      }
      expect(await it_.upkeep.removeGhosts()).toEqual([ghostId]);
      expect(await it_.upkeep.removeGhosts()).toEqual([]);
      const left = await sql<{ table_name: string }>(
        `SELECT table_name FROM information_schema.columns WHERE table_schema = 'inventory' AND column_name = 'drop_id'`,
      );
      const counts: Record<string, number> = {};
      for (const { table_name: table } of left) {
        const [row] = await sql<{ n: number }>(
          `SELECT count(*)::int AS n FROM inventory.${table} WHERE drop_id = $1`,
          [ghostId],
        );
        if (row!.n > 0) counts[table] = row!.n;
      }
      expect(counts).toEqual({ drop: 1, item: 2, stock: 2 });
      expect(await readStock(db.url, ghostId)).toMatchObject({
        A: { total: 0, available: 0, held: 0, sold: 0 },
        B: { total: 0, available: 0, held: 0, sold: 0 },
      });
      expect(await shop.client.getDrop(ghostId)).toBeNull();
      expect(await placeHold(shop, ghostId)).toEqual({ kind: 'drop-not-found' });
      const tick = {
        second: Math.floor(Date.now() / 1_000),
        arrivals: 1,
        refusals: { x: 1 },
        latencies: {},
        readers: 0,
      };
      await it_.figures.addTicks({ source: 'late', ticks: [{ ...tick, dropId: ghostId }] });
      expect(await sql(`SELECT FROM inventory.tick WHERE drop_id = $1`, [ghostId])).toEqual([]);
      expect(await it_.dropUpkeep.activeDrops('', 10_000)).not.toContain(ghostId);
    });

    it('is forgotten a month after it was removed, and no other drop is', async () => {
      const dropId = await drop();
      const { id, ghostId } = await it_.begin(dropId);
      const age = (of: string, days: number) =>
        sql(
          `UPDATE inventory.drop SET state = 'draft', deleted_at = now() - make_interval(days => $2) WHERE drop_id = $1`,
          [of, days],
        );
      const rows = async (of: string) => {
        const found = await sql<{ n: number }>(
          `SELECT (SELECT count(*) FROM inventory.drop WHERE drop_id = $1)::int + (SELECT count(*) FROM inventory.item WHERE drop_id = $1)::int
             + (SELECT count(*) FROM inventory.stock WHERE drop_id = $1)::int AS n`,
          [of],
        );
        return found[0]!.n;
      };
      const deleted = await drop({ state: 'draft' });
      await age(deleted, 400);
      // Removed in the middle: what is left of it is removed first.
      await age(ghostId, 31);
      await purgeOldGhosts(it_.upkeep);
      expect(await rows(ghostId)).toBe(5);
      await end(id);
      await age(ghostId, 29);
      await purgeOldGhosts(it_.upkeep);
      expect(await rows(ghostId)).toBe(5);
      await age(ghostId, 31);
      await purgeOldGhosts(it_.upkeep);
      expect([await rows(ghostId), await rows(deleted), await rows(dropId)]).toEqual([0, 5, 5]);
      expect(await it_.rehearsals.getRehearsal(ref(dropId, id))).toMatchObject({ id, ghostId });
    });

    it('is the only kind of drop that can be removed', async () => {
      const dropId = await drop();
      await expect(it_.service.query('SELECT inventory.remove_ghost($1, 10)', [dropId])).rejects.toThrow(
        'is no ghost',
      );
      expect((await readStock(db.url, dropId))['A']).toMatchObject({ total: 5 });
      const open = async () => sql(`UPDATE inventory.drop SET ghost_of = $1 WHERE drop_id = $1`, [dropId]);
      await expect(open()).rejects.toThrow('ghost_by_id');
    });

    it('of a step of the search has units of the first SKU, and goes with the others', async () => {
      const dropId = await drop();
      const { id, ghostId } = await it_.begin(dropId);
      const step = await it_.runs.anotherGhost({ rehearsalId: id, runner: RUNNER, units: 77 });
      expect(await readStock(db.url, step.ghostId)).toMatchObject({ A: { total: 77, available: 77 } });
      await end(id);
      for (const ghost of [ghostId, step.ghostId]) expect(await shop.client.getDrop(ghost)).toBeNull();
    });
  });

  describe('a rehearsal whose runner is gone', () => {
    const keeper = () => {
      const log: string[] = [];
      const keep = new KeepRehearsals(
        it_.upkeep,
        ({ detail }) => log.push(detail),
        (ghosts) => log.push(`removed ${ghosts.length}`),
      );
      return { keep, log };
    };
    const silence = (id: string, seconds = 11) =>
      sql(
        `UPDATE inventory.rehearsal SET beaten_at = now() - make_interval(secs => $2) WHERE rehearsal_id = $1`,
        [id, seconds],
      );

    it('fails when its lease is over in two looks, and its ghosts go', async () => {
      const dropId = await drop();
      const { id, ghostId } = await it_.begin(dropId);
      await placeHold(shop, ghostId);
      const { keep, log } = keeper();
      await keep.run();
      expect(log).toEqual([]);
      await silence(id);
      await keep.run();
      await keep.run();
      expect(log).toEqual([expect.stringContaining('has not been heard of'), 'removed 1']);
      expect(await it_.rehearsals.getRehearsal(ref(dropId, id))).toMatchObject({
        state: 'failed',
        detail: log[0],
      });
      expect(await shop.client.getDrop(ghostId)).toBeNull();
      expect(await beat(id)).toEqual({ stop: true });
      await end(id);
      expect(await it_.rehearsals.getRehearsal(ref(dropId, id))).toMatchObject({
        state: 'failed',
        verdict: null,
      });
    });

    it('lives on when it is heard of between the looks, as after a pause of the ledger', async () => {
      const { id } = await it_.begin(await drop());
      const { keep, log } = keeper();
      await silence(id);
      await keep.run();
      await beat(id);
      await keep.run();
      await silence(id, 12);
      await keep.run();
      expect(log).toEqual([]);
      expect(await beat(id)).toEqual({ stop: false });
    });

    it('fails at once when its drop was deleted before it began', async () => {
      const dropId = await drop({ state: 'draft' });
      const id = idOf(await it_.start(dropId));
      await sql(`UPDATE inventory.drop SET deleted_at = now() WHERE drop_id = $1`, [dropId]);
      expect(await it_.runs.claimRehearsal(RUNNER)).toBeNull();
      expect(await it_.rehearsals.getRehearsal(ref(dropId, id))).toMatchObject({
        state: 'failed',
        ghostId: null,
        detail: expect.stringContaining('was deleted') as string,
      });
    });

    it('fails when no runner takes it over, when it runs past its end, and at the start of a product of one process', async () => {
      const dropId = await drop();
      const waiting = idOf(await it_.start(dropId));
      const { keep, log } = keeper();
      await keep.endOrphans();
      await sql(
        `UPDATE inventory.rehearsal SET requested_at = now() - interval '31 s' WHERE rehearsal_id = $1`,
        [waiting],
      );
      await keep.run();
      await keep.run();
      expect(log.splice(0)).toEqual([expect.stringContaining('no runner took it over')]);
      const late = await it_.begin(dropId);
      await sql(`UPDATE inventory.rehearsal SET ends_by = now() - interval '31 s' WHERE rehearsal_id = $1`, [
        late.id,
      ]);
      expect(await beat(late.id)).toEqual({ stop: true });
      await keep.run();
      expect(log.splice(0)).toEqual([expect.stringContaining('past its end'), 'removed 1']);
      const orphan = await it_.begin(dropId);
      await keep.endOrphans();
      await keep.run();
      expect(log).toEqual([expect.stringContaining('has ended with the product'), 'removed 1']);
      expect(await shop.client.getDrop(orphan.ghostId)).toBeNull();
    });
  });

  describe('orders of a ghost', () => {
    const rowsOf = async (like: string) => {
      const sums = `SELECT (SELECT count(*)::int FROM checkout.orders WHERE drop_id ~ $1) AS orders,
        (SELECT count(*)::int FROM checkout.order_event WHERE drop_id ~ $1) AS events,
        (SELECT count(*)::int FROM checkout.outbox WHERE drop_id ~ $1) AS facts,
        (SELECT count(*)::int FROM checkout.webhook_inbox WHERE drop_id ~ $1) AS webhooks,
        (SELECT count(*)::int FROM checkout.order_key WHERE drop_id ~ $1) AS keys,
        (SELECT count(*)::int FROM sandbox.charge WHERE provider_key ~ $1) AS charges`;
      return (await sql<Record<string, number>>(sums, [`^${like}`]))[0]!;
    };
    const NOTHING = { orders: 0, events: 0, facts: 0, webhooks: 0, keys: 0, charges: 0 };
    const stockroom = () => ({ inventory: shop.client }) as unknown as Stockroom;

    it('are paid like others, are in no merchant’s orders, and go with their charges when the ghost has gone', async () => {
      const dropId = await drop({ skus: { 'TEE-M': 20 } });
      const { id, ghostId } = await it_.begin(dropId);
      const checkout = await new Shop(stockroom(), db.url).open();
      try {
        const real = await checkout.holdOf(dropId, 1);
        const holds = await Promise.all(Array.from({ length: 6 }, () => checkout.holdOf(ghostId, 1)));
        const tokens = ['tok_ok', 'tok_ok', 'tok_declined', 'tok_ok', 'tok_ok', 'tok_slow'];
        const paid = await Promise.all([
          checkout.pay(real, 'tok_ok'),
          ...holds.map((hold, n) => checkout.pay(hold, tokens[n]!)),
        ]);
        expect(paid.map(({ kind }) => kind)).not.toContain('unavailable');
        await waitFor('the slow card is paid', async () => {
          const [row] = await sql<{ n: number }>(
            `SELECT count(*)::int AS n FROM checkout.orders WHERE drop_id = $1 AND state = 'paid'`,
            [ghostId],
          );
          return row!.n === 5;
        });
        const mine = await sql<{ drop_id: string }>(
          `SELECT drop_id FROM checkout.orders WHERE merchant_id = 'mer_test'`,
        );
        expect(mine).toEqual([{ drop_id: dropId }]);
        await expectSoundBooks(db.url);
        expect(await checkout.checkout.ghostRound()).toBe(0);
        const before = await rowsOf(dropId);
        expect(await rowsOf(ghostId)).toMatchObject({ orders: 6, charges: 6 });
        await end(id);
        // Their holds are gone already, and the books are in order.
        await expectSoundBooks(db.url);
        expect(await checkout.checkout.ghostRound()).toBe(1);
        expect(await rowsOf(ghostId)).toEqual(NOTHING);
        expect(await rowsOf(dropId)).toEqual(before);
        expect(await checkout.checkout.ghostRound()).toBe(0);
      } finally {
        await checkout.close();
      }
    });

    it('stay while inventory cannot be asked, and are found by their charges alone', async () => {
      const { id, ghostId } = await it_.begin(await drop({ skus: { 'TEE-M': 20 } }));
      let isUp = false;
      const inventory = {
        knownGhosts: (ids: readonly string[]) =>
          isUp ? shop.client.knownGhosts(ids) : Promise.reject(new ServiceUnavailable('down')),
      };
      const checkout = new Shop(
        { ...stockroom(), inventory: Object.assign(Object.create(shop.client), inventory) } as Stockroom,
        db.url,
      );
      try {
        await checkout.pay(await checkout.holdOf(ghostId, 1), 'tok_ok');
        await end(id);
        await expect(checkout.checkout.ghostRound()).rejects.toThrow('down');
        expect(await rowsOf(ghostId)).toMatchObject({ orders: 1, charges: 1 });
        // As a process leaves it that ends between the two, and a payment that was under way.
        await sql(
          'SELECT checkout.remove_ghost($1, 10), checkout.remove_ghost($1, 10), checkout.remove_ghost($1, 10)',
          [ghostId],
        );
        expect(await rowsOf(ghostId)).toMatchObject({ orders: 0, charges: 1 });
        isUp = true;
        expect(await checkout.checkout.ghostRound()).toBe(1);
        expect(await rowsOf(ghostId)).toEqual(NOTHING);
      } finally {
        await checkout.close();
      }
    });

    it('are the only ones that can be removed', async () => {
      for (const schema of ['checkout', 'sandbox'])
        await expect(sql(`SELECT ${schema}.remove_ghost('d1234567', 10)`)).rejects.toThrow('is no ghost');
    });
  });

  it('finds no rehearsal by an id that is none', async () => {
    const dropId = await drop();
    for (const id of ['', 'x'.repeat(5_000), `reh_${randomId()}`])
      expect(await it_.rehearsals.getRehearsal(ref(dropId, id))).toBeNull();
  });
});
