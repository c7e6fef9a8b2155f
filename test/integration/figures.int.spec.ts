import { READERS_SLOT_SECONDS, type Tick } from '@holdfast/contracts';
import { seededRandom } from '@holdfast/kernel';
import { openPool, ROLES } from '@holdfast/postgres';
import { waitFor } from '@holdfast/testing';
import type { Pool } from 'pg';
import { LedgerDropUpkeep } from '../../apps/inventory/src/adapters/postgres/drops/ledger-drop-upkeep';
import { LedgerFigures } from '../../apps/inventory/src/adapters/postgres/figures/ledger-figures';
import { foldOldTicks } from '../../apps/inventory/src/application/tick-folding';
import { HoldPurge } from '../../apps/inventory/src/application/hold-purge';
import { createLedger, type TestLedger } from '../support/database';
import { insertDrop, onDatabase } from '../support/drops';
import { type Inventory, newCustomerId, openInventory, placeHold } from '../support/inventory';
import { seeds } from '../support/seeds';

const MERCHANT = 'mer_test';
/** A whole hour of yesterday: nothing that is much older is stored. */
const SECOND = Math.floor(Date.now() / 3_600_000) * 3_600 - 86_400;
let ledger: TestLedger;
let pool: Pool;
let merchants: Pool;
let figures: LedgerFigures;
let inventory: Inventory;

beforeAll(async () => {
  ledger = await createLedger('figures');
  pool = openPool({ url: ledger.url, role: ROLES.inventory, max: 8, name: 'test', connectTimeoutMs: 60_000 });
  merchants = openPool({ url: ledger.url, role: ROLES.inventoryMerchant, max: 2, name: 'test' });
  figures = new LedgerFigures({ merchants, service: pool });
  inventory = openInventory(ledger.url);
});
afterAll(async () => {
  await inventory.close();
  await merchants.end();
  await pool.end();
  await ledger.drop();
});

const tick = (dropId: string, more: Partial<Tick> = {}): Tick => ({
  dropId,
  second: SECOND,
  arrivals: 3,
  refusals: { 'sold-out': 2 },
  latencies: { 4: 3 },
  readers: 5,
  ...more,
});
const stats = async (dropId: string) => (await figures.dropStats({ merchantId: MERCHANT, dropId }))!;

async function held(dropId: string, sku: string, quantity = 1) {
  const customerId = newCustomerId();
  const outcome = await placeHold(inventory, dropId, { customerId, lines: [{ sku, quantity }] });
  if (outcome.kind !== 'held') throw new Error(outcome.kind);
  return { holdId: outcome.hold.id, customerId };
}

describe('ticks', () => {
  it('count once, however often and by however many they are sent at once', async () => {
    const dropId = await insertDrop(ledger.url, { skus: { A: 1 } });
    const ticks = [tick(dropId), tick(dropId, { second: SECOND + 1 })];
    await Promise.all(
      Array.from({ length: 100 }, (_, n) => figures.addTicks({ source: `gw_${n % 2}`, ticks })),
    );
    expect((await stats(dropId)).refusals).toEqual({ 'sold-out': 8 });
    const [point, ...more] = await figures.dropSeries({
      merchantId: MERCHANT,
      dropId,
      from: new Date(SECOND * 1_000).toISOString(),
      to: new Date((SECOND + 60) * 1_000).toISOString(),
      stepSeconds: 10,
    });
    expect(point).toMatchObject({ arrivals: 12, refusals: { 'sold-out': 8 }, holds: 0, readers: 10 });
    expect(point!.p99Ms).toBeGreaterThan(0);
    expect(more.map(({ arrivals, readers }) => [arrivals, readers])).toEqual([
      [0, 10],
      [0, 10],
    ]);
  });

  it('of drops that do not exist are left out, and the others kept', async () => {
    const dropId = await insertDrop(ledger.url, { skus: { A: 1 } });
    await figures.addTicks({ source: 'gw', ticks: [tick('dnothing'), tick(dropId)] });
    expect((await stats(dropId)).refusals).toEqual({ 'sold-out': 2 });
    const { rows } = await pool.query(`SELECT 1 FROM inventory.tick WHERE drop_id = 'dnothing'`);
    expect(rows).toEqual([]);
  });
});

describe('figures of a drop', () => {
  it('agree with its holds, by state and by step of time', async () => {
    const dropId = await insertDrop(ledger.url, { skus: { A: 10, B: 10 } });
    const holds = [];
    for (let n = 0; n < 6; n += 1) holds.push(await held(dropId, 'A'));
    await inventory.client.releaseHold(holds[0]!);
    await inventory.client.confirmHold({ ...holds[1]!, orderId: `${dropId}-o1` });
    const now = await stats(dropId);
    expect(now).toMatchObject({
      holds: { placed: 6, confirmed: 1, released: 1, expired: 0, active: 4 },
      items: [
        { sku: 'A', total: 10, available: 5, held: 4, sold: 1 },
        { sku: 'B', total: 10, available: 10, held: 0, sold: 0 },
      ],
      currency: 'EUR',
      soldOutAt: null,
    });
    const life = (await figures.dropLife({ merchantId: MERCHANT, dropId }))!;
    const points = await figures.dropSeries({
      merchantId: MERCHANT,
      dropId,
      from: life.firstAt!.replace(/\.\d+/, '.000'),
      to: new Date(Date.parse(life.now) + 1_000).toISOString(),
      stepSeconds: 1,
    });
    const sum = (of: 'holds' | 'released') => points.reduce((n, point) => n + point[of], 0);
    expect([sum('holds'), sum('released')]).toEqual([6, 1]);
  });

  it('are those of its merchant alone', async () => {
    const dropId = await insertDrop(ledger.url, { skus: { A: 1 } });
    await held(dropId, 'A');
    const other = { merchantId: 'mer_other', dropId };
    expect(await figures.dropStats(other)).toBeNull();
    expect(await figures.dropLife(other)).toBeNull();
    const range = { from: '2020-01-01T00:00:00Z', to: '2099-01-01T00:00:00Z', stepSeconds: 3_600 };
    expect(await figures.dropSeries({ ...other, ...range })).toEqual([]);
  });

  it('keep the first moment at which no SKU had a unit', async () => {
    const dropId = await insertDrop(ledger.url, { skus: { A: 1, B: 2 } });
    await held(dropId, 'B', 2);
    expect((await stats(dropId)).soldOutAt).toBeNull();
    const last = await held(dropId, 'A');
    const { soldOutAt } = await stats(dropId);
    expect(soldOutAt).not.toBeNull();
    await inventory.client.releaseHold(last);
    await held(dropId, 'A');
    expect((await stats(dropId)).soldOutAt).toBe(soldOutAt);
  });

  it('stay when the holds are purged', async () => {
    const dropId = await insertDrop(ledger.url, { skus: { A: 10 } });
    const holds = [await held(dropId, 'A'), await held(dropId, 'A')];
    for (const hold of holds) await inventory.client.releaseHold(hold);
    await onDatabase(ledger.url, (client) =>
      client.query(
        `UPDATE inventory.hold SET created_at = created_at - interval '31 days', ended_at = ended_at - interval '31 days' WHERE drop_id = $1`,
        [dropId],
      ),
    );
    const before = await stats(dropId);
    const purge = new HoldPurge(new LedgerDropUpkeep(pool));
    await waitFor('the holds are purged', async () => {
      await purge.run();
      const { rows } = await pool.query(`SELECT 1 FROM inventory.hold WHERE drop_id = $1`, [dropId]);
      return rows.length === 0;
    });
    const after = await stats(dropId);
    expect(after.holds).toEqual(before.holds);
    expect(after.holds).toMatchObject({ placed: 2, released: 2 });
  });
});

describe('ticks that are older than a week', () => {
  const DAYS_AGO = 8;
  const iso = (second: number) => new Date(second * 1_000).toISOString();
  const FROM = SECOND - DAYS_AGO * 86_400;
  const seriesOf = (dropId: string, stepSeconds: number, from = FROM, to = FROM + 10 * 3_600) =>
    figures.dropSeries({ merchantId: MERCHANT, dropId, from: iso(from), to: iso(to), stepSeconds });
  const folding = () => foldOldTicks(new LedgerDropUpkeep(pool));
  const count = async (table: string, dropId: string) =>
    (await pool.query(`SELECT 1 FROM inventory.${table} WHERE drop_id = $1`, [dropId])).rows.length;

  /** As many ticks of some gateways, within some hours; one gateway is only read, in half minutes. */
  async function ticksOfLastWeek(count: number, random: () => number): Promise<string> {
    const dropId = await insertDrop(ledger.url, { skus: { A: 1 } });
    const below = (n: number) => Math.floor(random() * n);
    for (const source of ['gw_1', 'gw_2', 'gw_3']) {
      const ticks = Array.from({ length: count }, () =>
        tick(dropId, {
          second: SECOND + below(2) * 3_600 + below(5) * 60 + below(60),
          arrivals: below(9),
          refusals: below(3) ? { 'sold-out': below(4) + 1, [`limit-reached`]: 1 } : {},
          latencies: { [below(50)]: below(9) + 1, [below(50)]: 2 },
          readers: below(4) * 10,
        }),
      );
      await figures.addTicks({ source, ticks });
    }
    await age(dropId);
    return dropId;
  }

  const age = (dropId: string) =>
    onDatabase(ledger.url, (client) =>
      client.query(`UPDATE inventory.tick SET second = second - $2::interval WHERE drop_id = $1`, [
        dropId,
        `${DAYS_AGO} days`,
      ]),
    );

  it.each(seeds(3))(
    'are a row for each minute then, and figures stay as they were (seed %p)',
    async (seed) => {
      const dropId = await ticksOfLastWeek(60, seededRandom(seed));
      const before = { minutes: await seriesOf(dropId, 60), hours: await seriesOf(dropId, 3_600) };
      expect(before.hours).toHaveLength(2);
      expect(await folding()).toBeGreaterThan(0);
      expect(await count('tick', dropId)).toBe(0);
      expect(await count('tick_minute', dropId)).toBe(before.minutes.length);
      expect({ minutes: await seriesOf(dropId, 60), hours: await seriesOf(dropId, 3_600) }).toEqual(before);
      const refusals: Record<string, number> = {};
      for (const point of before.hours)
        for (const [code, n] of Object.entries(point.refusals)) refusals[code] = (refusals[code] ?? 0) + n;
      expect(refusals).toEqual((await stats(dropId)).refusals);
      // Single seconds show the sums of their minute, at its beginning.
      const seconds = await seriesOf(dropId, 1);
      expect(seconds.map(({ t, arrivals }) => [t, arrivals])).toEqual(
        before.minutes.map(({ t, arrivals }) => [t, arrivals]),
      );
      const life = await figures.dropLife({ merchantId: MERCHANT, dropId });
      expect(life!.firstAt).toBe(before.minutes[0]!.t);
    },
  );

  it('are folded once by processes that all begin at the same moment, in pieces', async () => {
    const dropId = await ticksOfLastWeek(120, seededRandom(7));
    const before = await seriesOf(dropId, 60);
    // A piece ends in the middle of a minute, which waits as a whole for the next one.
    const upkeep = new LedgerDropUpkeep(pool);
    while ((await upkeep.dropsWithOldTicks(7 * 86_400, 1_000)).includes(dropId))
      await Promise.all(Array.from({ length: 8 }, () => upkeep.foldTicks(dropId, 7 * 86_400, 50)));
    expect(await seriesOf(dropId, 60)).toEqual(before);
  });

  it('are neither lost nor counted twice by a process that dies while it folds', async () => {
    const dropId = await ticksOfLastWeek(60, seededRandom(9));
    const before = await seriesOf(dropId, 60);
    const dying = await pool.connect();
    await dying.query('BEGIN');
    await dying.query('SELECT inventory.fold_ticks($1, $2, 1000)', [dropId, '7 days']);
    expect(await new LedgerDropUpkeep(pool).foldTicks(dropId, 7 * 86_400, 1_000)).toBe(0);
    dying.release(new Error('killed'));
    await waitFor('another process folds', async () => (await folding()) > 0);
    expect(await count('tick', dropId)).toBe(0);
    expect(await seriesOf(dropId, 60)).toEqual(before);
  });

  it('are not stored any more, so that none is counted twice, and younger ones are left alone', async () => {
    const dropId = await insertDrop(ledger.url, { skus: { A: 1 } });
    await figures.addTicks({ source: 'gw', ticks: [tick(dropId), tick(dropId, { second: FROM })] });
    await folding();
    expect(await count('tick', dropId)).toBe(1);
    expect((await stats(dropId)).refusals).toEqual({ 'sold-out': 2 });
  });
});

describe('readers', () => {
  // The statements have its length, too.
  const SLOT = READERS_SLOT_SECONDS;
  const now = () => Math.floor(Date.now() / 1_000);

  it('of a gateway hold until its next tick or the end of the half minute', async () => {
    const dropId = await insertDrop(ledger.url, { skus: { A: 1 } });
    const told = (second: number, readers: number) =>
      tick(dropId, { second: SECOND + second, readers, arrivals: 0, refusals: {}, latencies: {} });
    await figures.addTicks({ source: 'gw_1', ticks: [told(2, 5), told(20, 1), told(SLOT + 10, 2)] });
    await figures.addTicks({ source: 'gw_2', ticks: [told(10, 7)] });
    const range = {
      from: new Date((SECOND + 15) * 1_000).toISOString(),
      to: new Date((SECOND + 2 * SLOT) * 1_000).toISOString(),
    };
    const read = async (stepSeconds: number) =>
      (await figures.dropSeries({ merchantId: MERCHANT, dropId, ...range, stepSeconds })).map(
        ({ t, readers }) => [Date.parse(t) / 1_000 - SECOND, readers],
      );
    const each = (from: number, to: number, readers: number) =>
      Array.from({ length: to - from }, (_, n) => [from + n, readers]);
    expect(await read(1)).toEqual([
      ...each(15, 20, 12),
      ...each(20, SLOT, 8),
      ...each(SLOT + 10, 2 * SLOT, 2),
    ]);
    expect(await read(60)).toEqual([[0, 12]]);
  });

  it('now are those of the newest tick of each gateway', async () => {
    const dropId = await insertDrop(ledger.url, { skus: { A: 1 } });
    const told = (ago: number, readers: number) => tick(dropId, { second: now() - ago, readers });
    await figures.addTicks({ source: 'gw_1', ticks: [told(28, 9), told(20, 3)] });
    await figures.addTicks({ source: 'gw_2', ticks: [told(25, 4)] });
    await figures.addTicks({ source: 'gw_3', ticks: [told(60, 100)] });
    expect((await stats(dropId)).readers).toBe(7);
    const recent = await figures.recentTicks({ merchantId: MERCHANT, dropId, sinceSecond: now() - 10 });
    expect(recent!.map(({ source, readers }) => [source, readers])).toEqual([
      ['gw_2', 4],
      ['gw_1', 3],
    ]);
  });
});
