import { randomBytes } from 'node:crypto';
import {
  bandOf,
  type ChangeMerchantDrop,
  type DropFields,
  type MerchantDropOutcome,
  shownStock,
  type ShownTotals,
  type StockDisplay,
  type StockRow,
} from '@holdfast/contracts';
import { publicVersion, randomId } from '@holdfast/kernel';
import { PgoutputChangeStream } from '@holdfast/messaging';
import { silentLogger } from '@holdfast/observability';
import { migrate, openPool, ROLES } from '@holdfast/postgres';
import { openRedis, RedisLivePublisher } from '@holdfast/redis';
import { dropDatabase, waitFor } from '@holdfast/testing';
import type { Pool } from 'pg';
import { LedgerDropRecords } from '../../apps/inventory/src/adapters/postgres/drops/ledger-drop-records';
import { LedgerDropUpkeep } from '../../apps/inventory/src/adapters/postgres/drops/ledger-drop-upkeep';
import { LedgerMerchantDrops } from '../../apps/inventory/src/adapters/postgres/merchant-drops/ledger-merchant-drops';
import { inventoryMigrations } from '../../apps/inventory/src/adapters/postgres/migrations';
import { inventoryStreamSource } from '../../apps/inventory/src/adapters/postgres/stream-source';
import { RedisStockView } from '../../apps/inventory/src/adapters/redis/view/redis-stock-view';
import { ProjectChanges } from '../../apps/inventory/src/application/projector/project-changes';
import { expectSoundBooks } from '../support/audit';
import { createLedger, type TestLedger } from '../support/database';
import { onDatabase } from '../support/drops';
import { type Inventory, newCustomerId, openInventory, placeHold, wordOf } from '../support/inventory';
import { LeakStream, LeakWatch } from '../support/leak-watch';
import { createOldLedger } from '../support/old-ledger';
import { TestRedis } from '../support/redis';
import { ViewGateway } from '../support/view-gateway';
import { adminPool, dropSlots } from './stream-support';

const EUR = (amountMinor: number) => ({ amountMinor, currency: 'EUR' });
const by = () => ({
  merchantId: 'mer_a',
  by: {
    actor: { kind: 'staff' as const, id: 'sta_1', label: 'ann@shop.example' },
    requestId: 'req-1',
    address: '192.0.2.1',
  },
  request: { key: randomBytes(32).toString('hex'), fingerprint: 'f' },
});
const versionOf = (row: StockRow) => shownStock(row, 'exact').version;

describe('what shoppers see of stock', () => {
  let ledger: TestLedger;
  let pool: Pool;
  let merchants: Pool;
  let drops: LedgerMerchantDrops;
  let upkeep: LedgerDropUpkeep;
  let records: LedgerDropRecords;
  let inventory: Inventory;

  beforeAll(async () => {
    ledger = await createLedger('shown_stock');
    pool = openPool({ url: ledger.url, role: ROLES.inventory, max: 6, name: 'test' });
    await pool.query(`INSERT INTO inventory.merchant (merchant_id, name) VALUES ('mer_a', 'A')`);
    merchants = openPool({ url: ledger.url, role: ROLES.inventoryMerchant, max: 2, name: 'test-merchants' });
    drops = new LedgerMerchantDrops(merchants, null);
    upkeep = new LedgerDropUpkeep(pool);
    records = new LedgerDropRecords(pool);
    inventory = openInventory(ledger.url);
  });
  afterAll(async () => {
    await inventory.close();
    await expectSoundBooks(ledger.url);
    // Whatever these tests did, the sums are those of the rows.
    const { rows } = await pool.query(
      `SELECT s.drop_id, sum(s.available) AS available, u.available AS kept, sum(s.total) AS total, u.total AS kept_total
       FROM inventory.stock s LEFT JOIN inventory.shown_units u USING (drop_id) WHERE s.stock_display <> 'exact'
       GROUP BY s.drop_id, u.drop_id
       HAVING sum(s.available) IS DISTINCT FROM u.available OR sum(s.total) IS DISTINCT FROM u.total`,
    );
    expect(rows).toEqual([]);
    await merchants.end();
    await pool.end();
    await ledger.drop();
  });

  const idOf = (outcome: MerchantDropOutcome): string => {
    if (outcome.kind !== 'done') throw new Error(JSON.stringify(outcome));
    return outcome.read.drop.id;
  };
  async function openDrop(stockDisplay: StockDisplay, units: Record<string, number>): Promise<string> {
    const fields: DropFields = {
      name: 'Tee',
      description: '',
      imageUrl: null,
      mode: 'first-come',
      opensAt: null,
      closesAt: null,
      perCustomerLimit: 10_000,
      holdTtlSeconds: 300,
      stockDisplay,
      items: Object.entries(units).map(([sku, total]) => ({ sku, total, name: sku, price: EUR(1_000) })),
    };
    const dropId = idOf(await drops.createMerchantDrop({ ...by(), drop: fields }));
    return idOf(await drops.stepMerchantDrop({ ...by(), dropId, action: 'open' }));
  }
  const change = async (dropId: string, it: ChangeMerchantDrop['change']) =>
    idOf(await drops.changeMerchantDrop({ ...by(), dropId, change: it, ifMatch: 'any' }));
  const stockOf = async (dropId: string, sku = 'A') =>
    (await upkeep.stockOf(dropId)).find((row) => row.sku === sku)!;
  const totalsOf = async (dropId: string): Promise<ShownTotals> =>
    (await records.page({ state: null, after: null, limit: 100 })).drops.find(({ id }) => id === dropId)!
      .shownTotals!;
  const hold = async (dropId: string, quantity: number, sku = 'A', customerId = newCustomerId()) => {
    const outcome = await placeHold(inventory, dropId, { customerId, lines: [{ sku, quantity }] });
    expect(wordOf(outcome)).toBe('held');
    return outcome.kind === 'held' ? { holdId: outcome.hold.id, customerId } : null!;
  };
  const adjust = (dropId: string, delta: number, sku = 'A') =>
    inventory.client.adjustStock({ ...by(), dropId, sku, delta, reason: 'recount' });

  it('has a version that grows with its band and at no other time', async () => {
    const dropId = await openDrop('bands', { A: 200 });
    let before = await stockOf(dropId);
    expect(before.shown).toMatchObject({ display: 'bands', version: 1 });
    const bands: string[] = ['plenty'];
    for (let left = 200; left > 0; left -= 1) {
      await hold(dropId, 1);
      const row = await stockOf(dropId);
      const [was, is] = [before, row].map(({ available, total }) => bandOf(available, total));
      expect(row.version).toBe(before.version + 1);
      if (was === is) expect(row.shown).toEqual(before.shown);
      else expect(row.shown!.version).toBe(before.shown!.version + 1);
      if (was !== is) bands.push(`${is} ${row.available}`);
      before = row;
    }
    expect(bands).toEqual(['plenty', 'few 39', 'last 4', 'none 0']);
    expect(await totalsOf(dropId)).toMatchObject({ band: 'none', version: 4 });
  });

  it('that is hidden has a version that grows when it sells out and comes back', async () => {
    const dropId = await openDrop('hidden', { A: 100 });
    const first = await stockOf(dropId);
    await hold(dropId, 50);
    await hold(dropId, 49);
    expect((await stockOf(dropId)).shown).toEqual(first.shown);
    const last = await hold(dropId, 1);
    const gone = await stockOf(dropId);
    expect(gone.shown).toMatchObject({ display: 'hidden', version: first.shown!.version + 1 });
    await inventory.client.releaseHold(last);
    expect((await stockOf(dropId)).shown!.version).toBe(gone.shown!.version + 1);
    expect(await totalsOf(dropId)).toMatchObject({ band: 'some', version: 3 });
  });

  it('follows adjustments, which change what a band is a part of', async () => {
    const dropId = await openDrop('bands', { A: 100 });
    await hold(dropId, 60);
    await adjust(dropId, 100); // 140 of 200
    expect((await stockOf(dropId)).shown!.version).toBe(1);
    await adjust(dropId, -110); // 30 of 90
    expect((await stockOf(dropId)).shown!.version).toBe(1);
    await adjust(dropId, -20); // 10 of 70
    expect(await stockOf(dropId)).toMatchObject({ available: 10, shown: { version: 2 } });
    await adjust(dropId, 1_000);
    expect((await stockOf(dropId)).shown!.version).toBe(3);
  });

  it('has totals whose version grows when their band changes, though no item leaves its own', async () => {
    const dropId = await openDrop('bands', { A: 100, B: 100 });
    const whole = await totalsOf(dropId);
    expect(whole).toMatchObject({ band: 'plenty', version: 1 });
    await hold(dropId, 90); // A: few; together 110 of 200
    expect(await totalsOf(dropId)).toEqual(whole);
    await hold(dropId, 75, 'B'); // B: 25 of 100, plenty; together 35 of 200
    expect((await stockOf(dropId, 'B')).shown!.version).toBe(1);
    expect(await totalsOf(dropId)).toMatchObject({ band: 'few', version: 2 });
  });

  it('is changed with its drop, by a version that never goes back', async () => {
    const dropId = await openDrop('exact', { A: 100 });
    await hold(dropId, 1);
    expect((await stockOf(dropId)).shown).toBeUndefined();
    const seen = [versionOf(await stockOf(dropId))];
    for (const stockDisplay of ['bands', 'hidden', 'exact', 'hidden', 'bands', 'exact'] as const) {
      await change(dropId, { stockDisplay });
      const row = await stockOf(dropId);
      expect(row.shown?.display ?? 'exact').toBe(stockDisplay);
      seen.push(versionOf(row));
      await hold(dropId, 1);
      seen.push(versionOf(await stockOf(dropId)));
    }
    const steps = seen.slice(1).map((version, n) => version - seen[n]!);
    // With numbers, each hold is a change; without, the change of the display is the only one.
    expect(steps).toEqual([1, 0, 1, 0, expect.any(Number), 1, 1, 0, 1, 0, expect.any(Number), 1]);
    expect(Math.min(...steps)).toBe(0);
  });

  it('is as their drop says for items that are added before it opens', async () => {
    const dropId = idOf(
      await drops.duplicateMerchantDrop({ ...by(), dropId: await openDrop('bands', { A: 5 }) }),
    );
    const item = (sku: string) => ({ sku, total: 5, name: sku, price: EUR(1_000) });
    await change(dropId, { items: [item('B')], stockDisplay: 'hidden' });
    expect((await upkeep.stockOf(dropId)).map(({ shown }) => shown?.display)).toEqual(['hidden', 'hidden']);
  });

  it('is as their drop says for items that an instance of before adds, which knows of no display', async () => {
    const dropId = idOf(
      await drops.duplicateMerchantDrop({ ...by(), dropId: await openDrop('bands', { A: 5 }) }),
    );
    await onDatabase(ledger.url, async (client) => {
      await client.query(
        `INSERT INTO inventory.item (drop_id, sku, position, name, price_minor, currency) VALUES ($1, 'Z', 9, 'Z', 1000, 'EUR')`,
        [dropId],
      );
      await client.query(
        `INSERT INTO inventory.stock (drop_id, sku, total, available, held, sold) VALUES ($1, 'Z', 5, 5, 0, 0)`,
        [dropId],
      );
      await client.query(
        `INSERT INTO inventory.movement (drop_id, movement_id, sku, delta, reason, actor) VALUES ($1, 'initial', 'Z', 5, 'initial stock', 'test')`,
        [dropId],
      );
    });
    expect((await stockOf(dropId, 'Z')).shown).toMatchObject({ display: 'bands', version: 1 });
  });

  describe('sent to shoppers by Redis and a gateway', () => {
    const ends: (() => unknown)[] = [];
    let gateway: ViewGateway;
    beforeAll(async () => {
      const server = await TestRedis.start();
      ends.push(() => server.stop());
      const redis = openRedis({ urls: [server.url], name: 'projector', logger: silentLogger() });
      ends.push(() => redis.close());
      const view = new RedisStockView({
        redis,
        stockOf: (dropId) => upkeep.stockOf(dropId),
        newName: randomId,
        onTrouble: (reason) => console.error(reason),
      });
      const feed = new RedisLivePublisher(redis, (fault) => console.error(fault));
      const changes = new ProjectChanges(view, feed, (_, reason) => console.error(reason));
      const stream = new PgoutputChangeStream(inventoryStreamSource(ledger.url), silentLogger());
      await stream.start((found) => changes.apply(found));
      ends.push(async () => {
        await stream.stop();
        const admin = adminPool(ledger.url);
        await dropSlots(admin, ledger.url);
        await admin.end();
      });
      const confirm = setInterval(() => void view.confirm(2_000, new Date().toISOString()), 500);
      ends.push(() => clearInterval(confirm));
      gateway = await ViewGateway.start({
        urls: [server.url],
        inventory: {
          getDrop: (dropId) => records.find(dropId),
          stockOf: (dropId) => upkeep.stockOf(dropId),
        },
      });
      ends.push(() => gateway.stop());
    });
    afterAll(async () => {
      for (const end of ends.splice(0).reverse()) await end();
    });

    it.each([
      ['bands', ['plenty', 'few', 'last', 'none']],
      ['hidden', ['some', 'none']],
    ] as const)('is without a number for a whole sale of a drop that shows %s', async (display, wanted) => {
      const dropId = await openDrop(display, { A: 1_373 });
      const watch = new LeakWatch();
      const stream = new LeakStream(gateway.urlOf(dropId));
      await waitFor('the stream', () =>
        stream.open().then(
          () => true,
          () => false,
        ),
      );
      const look = async () => {
        const { view, etag } = (await gateway.directory.snapshot(dropId))!;
        const [item] = view.items;
        // A busy machine lets the lease end, and counts that are stale have a tag of their own.
        watch.json('drop', JSON.stringify(view), item!.stock.stale ? null : etag);
        return item!;
      };
      let sent = 0;
      const watched = (was: string, left: number) =>
        Number(display === 'bands' ? bandOf(left, 1_373) !== was : left === 0);
      for (let left = 1_373; left > 0;) {
        const quantity = left > 61 ? 61 : left > 2 ? left - 2 : left;
        const was = bandOf(left, 1_373);
        await hold(dropId, quantity);
        left -= quantity;
        await look();
        // One frame for each: the newest state wins where there are several.
        const steps = watched(was, left);
        sent += steps;
        if (steps > 0) await waitFor('the change is sent', () => stream.of('stock').length === sent);
      }
      await waitFor(
        'the end is shown',
        async () => watch.history('A').at(-1) === 'none' || (await look(), false),
      );
      await stream.close();
      for (const event of ['snapshot', 'stock'])
        for (const data of stream.of(event)) watch.json('live', data);
      expect(watch.leaks).toEqual([]);
      expect(watch.history('A')).toEqual(wanted);
      expect([...watch.shown.get('A')!.keys()].sort()).toEqual(wanted.map((_, n) => n + 1));
      expect(watch.tags.size).toBeLessThanOrEqual(wanted.length);
      // Beside what says whether the counts are fresh.
      const told = stream.events
        .map(({ event }) => event)
        .filter((event) => !['stale', 'fresh'].includes(event));
      expect(told).toEqual(['snapshot', ...wanted.slice(1).map(() => 'stock')]);
    });

    it('loses its numbers at once when the merchant hides them, for readers who are there', async () => {
      const dropId = await openDrop('exact', { A: 1_373 });
      const stream = new LeakStream(gateway.urlOf(dropId));
      await waitFor('the stream', () =>
        stream.open().then(
          () => true,
          () => false,
        ),
      );
      await hold(dropId, 61);
      await waitFor('the numbers', () => stream.of('stock').some((data) => data.includes('1312')));
      await change(dropId, { stockDisplay: 'bands' });
      await waitFor('a snapshot without them', () =>
        stream.of('snapshot').at(-1)!.includes('"band":"plenty"'),
      );
      const { length } = stream.events;
      await hold(dropId, 61);
      await change(dropId, { stockDisplay: 'hidden' });
      await waitFor('one without bands', () => !stream.of('snapshot').at(-1)!.includes('"band"'));
      await stream.close();
      const watch = new LeakWatch();
      for (const { event, data } of stream.events.slice(length - 1))
        if (event === 'snapshot' || event === 'stock') watch.json('live', data);
      expect(watch.leaks.filter((leak) => !leak.includes('is some and was plenty'))).toEqual([]);
    });
  });
});

describe('a ledger of before', () => {
  it('shows the rows of a drop by its display after the upgrade', async () => {
    const url = await createOldLedger('6f40bf4');
    const { migrations, functions } = inventoryMigrations;
    const before = migrations.slice(
      0,
      migrations.findIndex(({ name }) => name.startsWith('ShownStock')),
    );
    await migrate(url, [
      {
        ...inventoryMigrations,
        migrations: before,
        functions: functions.filter(({ name }) => name !== 'define-show-stock'),
      },
    ]);
    const { rows } = await onDatabase(url, (client) =>
      client.query<{ drop_id: string; sku: string; version: string }>(
        `UPDATE inventory.drop d SET stock_display = 'bands' FROM inventory.stock s WHERE s.drop_id = d.drop_id
         RETURNING s.drop_id, s.sku, s.version`,
      ),
    );
    await migrate(url, [inventoryMigrations]);
    const { drop_id: dropId, sku, version } = rows[0]!;
    const pool = openPool({ url, role: ROLES.inventory, max: 1, name: 'test' });
    const row = (await new LedgerDropUpkeep(pool).stockOf(dropId)).find((it) => it.sku === sku);
    await pool.end();
    expect(row!.shown).toMatchObject({ display: 'bands', version: Number(version) + 1 });
    // Newer than the row that readers of the stream may have, which has numbers.
    expect(row!.version).toBe(Number(version) + 1);
    expect(publicVersion(row!)).toBeGreaterThan(0);
    await dropDatabase(url);
  });
});
