import { InvalidDrop, type NewDrop, type NewProduct } from '@holdfast/contracts';
import { openPool, ROLES } from '@holdfast/postgres';
import { waitFor } from '@holdfast/testing';
import type { Pool } from 'pg';
import { MerchantDrops } from '../support/merchant-drops';
import { LedgerDropUpkeep } from '../../apps/inventory/src/adapters/postgres/drops/ledger-drop-upkeep';
import { actOnDrop } from '../../apps/inventory/src/application/drops/act-on';
import { createDrop } from '../../apps/inventory/src/application/drops/create';
import { createLedger, type TestLedger } from '../support/database';

const item = { sku: 'TEE-M', name: 'Tee, M', imageUrl: null, priceMinor: 2900, currency: 'EUR', units: 10 };
const aDrop = (change: Partial<NewDrop> = {}): NewDrop => ({
  name: 'Tee',
  description: 'A tee.',
  imageUrl: 'https://example.com/tee.jpg',
  opensAt: 'now',
  closesAt: null,
  perCustomerLimit: 4,
  holdTtlSeconds: 300,
  items: [item, { ...item, sku: 'TEE-L', name: 'Tee, L', units: 0 }],
  ...change,
});
const soon = (ms: number) => new Date(Date.now() + ms).toISOString();

describe('the catalogue of drops on the ledger', () => {
  let ledger: TestLedger;
  let pool: Pool;
  let catalogue: MerchantDrops;

  beforeAll(async () => {
    ledger = await createLedger('drops_catalogue');
    pool = openPool({ url: ledger.url, role: ROLES.inventory, max: 6, name: 'test' });
    catalogue = new MerchantDrops(pool);
  });
  afterAll(async () => {
    await pool.end();
    await ledger.drop();
  });

  const count = async (what: string) => {
    const found = await pool.query<{ n: number }>(`SELECT count(*)::int AS n FROM inventory.${what}`);
    return found.rows[0]!.n;
  };

  it('leaves no merchant behind on an empty ledger when the first drop is refused', async () => {
    await expect(catalogue.create(aDrop({ closesAt: soon(-1_000) }))).rejects.toThrow(InvalidDrop);
    expect(await count('merchant')).toBe(0);
  });

  it('seeds one merchant and one open demo drop, however many products start at once', async () => {
    const atOnce = (demo: boolean) => Promise.all(Array.from({ length: 6 }, () => catalogue.seed({ demo })));
    const merchants = await atOnce(false);
    expect(new Set(merchants.map((it) => it.merchantId)).size).toBe(1);
    expect(merchants.filter((it) => it.merchantMade)).toHaveLength(1);
    expect(await count('merchant')).toBe(1);
    const demos = await atOnce(true);
    expect(demos.filter((it) => it.demoDropId !== null)).toHaveLength(1);
    const [demo] = await catalogue.list();
    expect(demo).toMatchObject({ drop: { state: 'open', perCustomerLimit: 4, holdTtlSeconds: 300 } });
    expect(demo!.stock.every((row) => row.available >= 40 && row.available <= 120)).toBe(true);
    expect(demo!.drop.items.map((it) => it.sku)).toContain('NLR01-42');
  });

  it('seeds no demo drop when there is one already or none is wanted', async () => {
    expect(await catalogue.seed({ demo: true })).toMatchObject({ merchantMade: false, demoDropId: null });
    expect(await catalogue.seed({ demo: false })).toMatchObject({ demoDropId: null });
  });

  it('makes a drop whose items keep their order, whose stock is all available and explained by movements', async () => {
    const { drop, stock } = await catalogue.create(aDrop());
    expect(drop).toMatchObject({ name: 'Tee', state: 'open', mode: 'first-come', revision: 1 });
    expect(drop.items).toEqual([
      { sku: 'TEE-M', name: 'Tee, M', imageUrl: null, price: { amountMinor: 2900, currency: 'EUR' } },
      { sku: 'TEE-L', name: 'Tee, L', imageUrl: null, price: { amountMinor: 2900, currency: 'EUR' } },
    ]);
    expect(Math.abs(Date.parse(drop.opensAt!) - Date.now())).toBeLessThan(5_000);
    expect(stock).toMatchObject([
      { sku: 'TEE-L', total: 0, available: 0, held: 0, sold: 0, epoch: 0, version: 1 },
      { sku: 'TEE-M', total: 10, available: 10, held: 0, sold: 0, epoch: 0, version: 1 },
    ]);
    const explained = await pool.query(
      `SELECT sku, sum(delta)::int AS units FROM inventory.movement WHERE drop_id = $1 GROUP BY sku ORDER BY sku`,
      [drop.id],
    );
    expect(explained.rows).toEqual([
      { sku: 'TEE-L', units: 0 },
      { sku: 'TEE-M', units: 10 },
    ]);
    expect(await catalogue.get(drop.id)).toMatchObject({ drop });
    expect(await catalogue.get('dunknown')).toBeNull();
  });

  it('shows and changes the drops of one merchant only', async () => {
    const [owner, other] = ['mer_owner', 'mer_other'];
    for (const id of [owner, other])
      await pool.query('INSERT INTO inventory.merchant (merchant_id, name) VALUES ($1, $1)', [id]);
    const actor = { kind: 'staff', id: 'sta_1', label: 'ann@shop.example' } as const;
    const by = { merchantId: owner, by: { actor, requestId: null, address: null } };
    const { drop } = await createDrop(catalogue.store, by, aDrop({ items: [{ ...item, sku: 'OWN-1' }] }));
    expect(drop.merchantId).toBe(owner);
    const mine = { merchantId: owner };
    const theirs = { merchantId: other };
    expect(await catalogue.store.find(theirs, drop.id)).toBeNull();
    expect(await catalogue.store.list(theirs)).toEqual([]);
    expect((await catalogue.store.list(mine)).map((it) => it.drop.id)).toEqual([drop.id]);
    expect(await actOnDrop(catalogue.store, theirs, drop.id, 'pause')).toEqual({ kind: 'not-found' });
    expect((await catalogue.get(drop.id))!.drop.state).toBe('open');
    expect(await actOnDrop(catalogue.store, mine, drop.id, 'pause')).toMatchObject({ kind: 'done' });
    expect(await catalogue.store.skusOnSale(owner, ['OWN-1'])).toMatchObject([{ dropId: drop.id }]);
    expect(await catalogue.store.skusOnSale(other, ['OWN-1'])).toEqual([]);
    const moved = await pool.query('SELECT actor FROM inventory.movement WHERE drop_id = $1', [drop.id]);
    expect(moved.rows).toEqual([{ actor: 'sta_1' }]);
  });

  it('starts a drop as draft, scheduled or open by its opening time and the clock of the database', async () => {
    const state = async (opensAt: string | null) => (await catalogue.create(aDrop({ opensAt }))).drop.state;
    expect(await state(null)).toBe('draft');
    expect(await state(soon(60_000))).toBe('scheduled');
    expect(await state(soon(-60_000))).toBe('open');
    expect(await state('now')).toBe('open');
  });

  it.each<[string, Partial<NewDrop>]>([
    ['a closing time that is over', { closesAt: '2020-01-01T00:00:00Z' }],
    ['a SKU twice', { items: [item, item] }],
    ['no items', { items: [] }],
    ['mixed currencies', { items: [item, { ...item, sku: 'B', currency: 'USD' }] }],
  ])('refuses %s and leaves nothing half made', async (_, change) => {
    const before = [await count('drop'), await count('stock'), await count('product')];
    const product = { handle: 'half', name: 'Half', description: '', imageUrls: [], skus: [] };
    await expect(catalogue.create(aDrop(change), [product])).rejects.toThrow(InvalidDrop);
    expect([await count('drop'), await count('stock'), await count('product')]).toEqual(before);
  });

  it('makes a drop of 5,000 SKUs with 5,000 catalogue SKUs in about a second', async () => {
    const items = Array.from({ length: 5_000 }, (_, i) => ({ ...item, sku: `BIG-${i}`, units: i }));
    const products: NewProduct[] = Array.from({ length: 500 }, (_, p) => ({
      handle: `big-${p}`,
      name: `Big ${p}`,
      description: '<p>big</p>'.repeat(50),
      imageUrls: ['https://example.com/a.jpg'],
      skus: items.slice(p * 10, p * 10 + 10),
    }));
    const start = Date.now();
    const { drop, stock } = await catalogue.create(aDrop({ items }), products);
    const tookMs = Date.now() - start;
    console.info(`5,000 SKUs: ${tookMs} ms`);
    expect(tookMs).toBeLessThan(10_000);
    expect(drop.items.map((it) => it.sku)).toEqual(items.map((it) => it.sku));
    expect(stock.reduce((sum, row) => sum + row.total, 0)).toBe((5_000 * 4_999) / 2);
    expect(await count('product_sku')).toBe(5_000);
  });

  it('brings products with the same handle up to date, from two imports at once too', async () => {
    const product = (name: string): NewProduct[] =>
      Array.from({ length: 300 }, (_, i) => ({
        handle: `same-${i}`,
        name,
        description: '',
        imageUrls: ['a', `b "${i}"`],
        skus: [{ sku: `SAME-${i}`, name, priceMinor: 1, currency: 'EUR' }],
      }));
    const before = await count('product');
    await Promise.all([
      catalogue.create(aDrop(), product('one')),
      catalogue.create(aDrop(), product('two').reverse()),
    ]);
    expect(await count('product')).toBe(before + 300);
    await catalogue.create(aDrop(), product('three'));
    const saved = await pool.query(
      `SELECT DISTINCT p.name, s.name AS sku_name, cardinality(image_urls) AS images
       FROM inventory.product p JOIN inventory.product_sku s USING (merchant_id, product_id) WHERE handle LIKE 'same-%'`,
    );
    expect(saved.rows).toEqual([{ name: 'three', sku_name: 'three', images: 2 }]);
  });

  it('walks the life of a drop, each step growing the revision, and refuses what is illegal', async () => {
    const { drop } = await catalogue.create(aDrop({ opensAt: null }));
    expect(await catalogue.act(drop.id, 'pause')).toEqual({ kind: 'illegal', state: 'draft' });
    expect(await catalogue.act(drop.id, 'open')).toMatchObject({
      kind: 'done',
      result: { drop: { state: 'open', revision: 2, opensAt: expect.any(String) } },
    });
    expect(await catalogue.act(drop.id, 'open')).toEqual({ kind: 'illegal', state: 'open' });
    expect(await catalogue.act(drop.id, 'resume')).toEqual({ kind: 'illegal', state: 'open' });
    expect(await catalogue.act(drop.id, 'pause')).toMatchObject({
      result: { drop: { state: 'paused', revision: 3 } },
    });
    expect(await catalogue.act(drop.id, 'resume')).toMatchObject({
      result: { drop: { state: 'open', revision: 4 } },
    });
    expect(await catalogue.act(drop.id, 'close')).toMatchObject({
      result: { drop: { state: 'closed', revision: 5 } },
    });
    for (const action of ['open', 'pause', 'resume', 'close'] as const)
      expect(await catalogue.act(drop.id, action)).toEqual({ kind: 'illegal', state: 'closed' });
    expect(await catalogue.act('dunknown', 'open')).toEqual({ kind: 'not-found' });
  });

  it('notes when a drop is closed by hand, and leaves one alone that never opened', async () => {
    const before = Date.now();
    const closedAt = async (change: Partial<NewDrop>) => {
      const { drop } = await catalogue.create(aDrop(change));
      expect(await catalogue.act(drop.id, 'close')).toMatchObject({ kind: 'done' });
      return (await catalogue.get(drop.id))!.drop.closesAt;
    };
    for (const closesAt of [null, soon(3_600_000)]) {
      const at = Date.parse((await closedAt({ closesAt }))!);
      expect(at).toBeGreaterThan(before - 5_000);
      expect(at).toBeLessThan(Date.now() + 5_000);
    }
    const later = soon(7_200_000);
    expect(await closedAt({ opensAt: soon(3_600_000) })).toBeNull();
    expect(await closedAt({ opensAt: soon(3_600_000), closesAt: later })).toBe(later);
  });

  it('takes a step once when many try it at the same time', async () => {
    const { drop } = await catalogue.create(aDrop());
    const outcomes = await Promise.all(Array.from({ length: 12 }, () => catalogue.act(drop.id, 'close')));
    expect(outcomes.filter((it) => it.kind === 'done')).toHaveLength(1);
    expect((await catalogue.get(drop.id))!.drop.revision).toBe(2);
  });

  it('opens a scheduled drop ahead of its time, from now on', async () => {
    const { drop } = await catalogue.create(aDrop({ opensAt: soon(3_600_000) }));
    const opened = await catalogue.act(drop.id, 'open');
    expect(opened).toMatchObject({ kind: 'done', result: { drop: { state: 'open' } } });
    expect(Date.parse((await catalogue.get(drop.id))!.drop.opensAt!)).toBeLessThan(Date.now() + 5_000);
  });

  it('lets time open and close a drop before anybody has written it down, and then writes it down once', async () => {
    const { drop } = await catalogue.create(aDrop({ opensAt: soon(3_600_000), closesAt: soon(7_200_000) }));
    // The moment itself is brought about, so that no busy machine can miss it.
    const becomesDue = (column: string, agoMs: number) =>
      pool.query(
        `UPDATE inventory.drop SET ${column} = clock_timestamp() - $2 * interval '1 millisecond' WHERE drop_id = $1`,
        [drop.id, agoMs],
      );
    const upkeep = [new LedgerDropUpkeep(pool), new LedgerDropUpkeep(pool)];
    const stored = async () =>
      (await pool.query('SELECT state, revision::int FROM inventory.drop WHERE drop_id = $1', [drop.id]))
        .rows[0];
    expect(await catalogue.act(drop.id, 'pause')).toEqual({ kind: 'illegal', state: 'scheduled' });

    await becomesDue('opens_at', 2);
    await waitFor('it opens by time', async () => (await catalogue.get(drop.id))!.drop.state === 'open');
    expect(await stored()).toEqual({ state: 'scheduled', revision: 1 });
    expect(await upkeep[0]!.dueDrops(100)).toContain(drop.id);
    const written = await Promise.all(upkeep.map((it) => it.advance(drop.id)));
    expect(written.sort()).toEqual([false, true]);
    expect(await stored()).toEqual({ state: 'open', revision: 2 });

    await becomesDue('closes_at', 1);
    await waitFor('it closes by time', async () => (await catalogue.get(drop.id))!.drop.state === 'closed');
    expect(await catalogue.act(drop.id, 'pause')).toEqual({ kind: 'illegal', state: 'closed' });
    await Promise.all(upkeep.map((it) => it.advance(drop.id)));
    expect(await stored()).toEqual({ state: 'closed', revision: 3 });
    expect(await upkeep[0]!.dueDrops(100)).not.toContain(drop.id);
  });

  it('looks after an old drop that is closed for as long as a hold lives in it', async () => {
    const { drop } = await catalogue.create(aDrop());
    const upkeep = new LedgerDropUpkeep(pool);
    const isActive = async () => (await upkeep.activeDrops('', 1_000)).includes(drop.id);
    await pool.query(
      `INSERT INTO inventory.hold (drop_id, hold_id, customer_id, state, fingerprint, skus, quantities, prices_minor, currency, units,
         created_at, first_expires_at, expires_at)
       VALUES ($1, 'hld_late', 'cus_late', 'held', 'f', '{TEE-M}', '{1}', '{2900}', 'EUR', 1, now(), now() + '1 minute', now() + '1 minute')`,
      [drop.id],
    );
    await pool.query(
      `UPDATE inventory.drop SET state = 'closed', opens_at = now() - interval '3 days', created_at = now() - interval '3 days'
       WHERE drop_id = $1`,
      [drop.id],
    );
    expect(await isActive()).toBe(true);
    await pool.query(
      `UPDATE inventory.hold SET state = 'released', ended_at = now() WHERE drop_id = $1 AND hold_id = 'hld_late'`,
      [drop.id],
    );
    expect(await isActive()).toBe(false);
  });
});
