import type { Tick } from '@holdfast/contracts';
import { openPool, ROLES } from '@holdfast/postgres';
import { waitFor } from '@holdfast/testing';
import type { Pool } from 'pg';
import { LedgerDropUpkeep } from '../../apps/inventory/src/adapters/postgres/drops/ledger-drop-upkeep';
import { LedgerFigures } from '../../apps/inventory/src/adapters/postgres/figures/ledger-figures';
import { HoldPurge } from '../../apps/inventory/src/application/hold-purge';
import { createLedger, type TestLedger } from '../support/database';
import { insertDrop, onDatabase } from '../support/drops';
import { type Inventory, newCustomerId, openInventory, placeHold } from '../support/inventory';

const MERCHANT = 'mer_test';
const SECOND = 1_800_000_000;
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
    expect(more).toEqual([]);
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
