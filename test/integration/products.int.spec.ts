import { randomBytes } from 'node:crypto';
import {
  type ChangeOrigin,
  type NewDrop,
  newMerchantId,
  type Product,
  type ProductPart,
  type ProductSku,
  ServiceUnavailable,
} from '@holdfast/contracts';
import { randomId } from '@holdfast/kernel';
import { openPool, ROLES } from '@holdfast/postgres';
import { waitFor } from '@holdfast/testing';
import type { Pool, PoolClient } from 'pg';
import { LedgerMerchants } from '../../apps/inventory/src/adapters/postgres/drops/ledger-merchants';
import { insertDrop } from '../../apps/inventory/src/adapters/postgres/drops/write-drop';
import { LedgerProducts } from '../../apps/inventory/src/adapters/postgres/products/ledger-products';
import { createDrop } from '../../apps/inventory/src/application/drops/create';
import { LedgerDropStore } from '../../apps/inventory/src/adapters/postgres/drops/ledger-drop-store';
import { createLedger, type TestLedger } from '../support/database';
import { inventoryAt, startInventory } from './transport-support';

const BY: ChangeOrigin = {
  requestId: 'req-1',
  address: '192.0.2.1',
  actor: { kind: 'staff', id: 'stf_test', label: 'test' },
};

let ledger: TestLedger;
let pool: Pool;
let merchants: Pool;
let catalogue: LedgerProducts;
let merchantId: string;

beforeAll(async () => {
  ledger = await createLedger('products');
  pool = openPool({
    url: ledger.url,
    role: ROLES.inventory,
    max: 12,
    name: 'test',
    connectTimeoutMs: 30_000,
  });
  merchants = openPool({
    url: ledger.url,
    role: ROLES.inventoryMerchant,
    max: 12,
    name: 'test-merchants',
    connectTimeoutMs: 30_000,
  });
  catalogue = new LedgerProducts(merchants);
});
afterAll(async () => {
  await merchants.end();
  await pool.end();
  await ledger.drop();
});
beforeEach(async () => {
  merchantId = await newMerchant();
});

async function newMerchant(): Promise<string> {
  const id = newMerchantId();
  await new LedgerMerchants(pool).insert(id, 'Shop');
  return id;
}

const command = (request: { key: string; fingerprint: string } | null = null) => ({
  merchantId,
  by: BY,
  request,
});
const aKey = () => ({ key: randomBytes(32).toString('hex'), fingerprint: 'a' });
const sku = (text: string, amountMinor = 2900): ProductSku => ({
  sku: text,
  name: `Tee ${text}`,
  price: { amountMinor, currency: 'EUR' },
});
const input = (more: object = {}) => ({
  name: 'Tee',
  handle: null as string | null,
  description: 'A tee.',
  imageUrls: ['https://example.com/tee.jpg'],
  skus: [sku(`S-${randomId(10)}`), sku(`S-${randomId(10)}`)],
  ...more,
});
const create = (more: object = {}, request: ReturnType<typeof aKey> | null = null) =>
  catalogue.createProduct({ ...command(request), product: input(more) });
async function created(more: object = {}): Promise<Product> {
  const outcome = await create(more);
  if (outcome.kind !== 'done') throw new Error(outcome.kind);
  return outcome.product;
}
const change = (productId: string, change: object, ifRevision: number | null = null) =>
  catalogue.changeProduct({ ...command(), productId, change, ifRevision });
const remove = (productId: string, ifRevision: number | null = null) =>
  catalogue.deleteProduct({ ...command(), productId, ifRevision });
const get = (productId: string, of = merchantId) => catalogue.getProduct({ merchantId: of, productId });

async function facts(): Promise<{ action: string; target: { kind: string; id: string }; change: object }[]> {
  const { rows } = await pool.query(
    'SELECT action, target, change FROM inventory.audit_outbox WHERE merchant_id = $1 ORDER BY fact_id',
    [merchantId],
  );
  return rows as Awaited<ReturnType<typeof facts>>;
}

function tally(outcomes: readonly { kind: string }[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { kind } of outcomes) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}
const atOnce = <T>(times: number, act: (n: number) => Promise<T>) =>
  Promise.all(Array.from({ length: times }, (_, n) => act(n)));

const dropOf = (skus: readonly string[], more: Partial<NewDrop> = {}): NewDrop => ({
  name: 'Drop',
  description: '',
  imageUrl: null,
  opensAt: null,
  closesAt: null,
  perCustomerLimit: 4,
  holdTtlSeconds: 300,
  items: skus.map((text) => ({
    sku: text,
    name: text,
    imageUrl: null,
    priceMinor: 100,
    currency: 'EUR',
    units: 1,
  })),
  ...more,
});
const aDrop = async (skus: readonly string[], more: Partial<NewDrop> = {}) =>
  (await createDrop(new LedgerDropStore(pool), { merchantId, by: BY }, dropOf(skus, more))).drop.id;

describe('products', () => {
  it('belong to one merchant: for another one they are not there, and its SKUs and handles are its own', async () => {
    const product = await created({ handle: 'tee', skus: [sku('SAME')] });
    expect(await get(product.id)).toEqual(product);
    expect(product).toMatchObject({ handle: 'tee', revision: 1, skus: [sku('SAME')] });
    merchantId = await newMerchant();
    expect(await get(product.id)).toBeNull();
    expect(await change(product.id, { name: 'Mine' })).toEqual({ kind: 'not-found' });
    expect(await remove(product.id)).toEqual({ kind: 'not-found' });
    expect((await create({ handle: 'tee', skus: [sku('SAME')] })).kind).toBe('done');
  });

  it('are listed newest first, page by page, each once', async () => {
    const ids: string[] = [];
    for (let n = 0; n < 5; n += 1) ids.unshift((await created({ name: `Tee ${n}` })).id);
    const seen: string[] = [];
    for (let cursor: string | undefined; ;) {
      const page = await catalogue.listProducts({ merchantId, limit: 2, ...(cursor ? { cursor } : {}) });
      seen.push(...page.items.map(({ id }) => id));
      if (page.nextCursor === null) break;
      cursor = page.nextCursor;
    }
    expect(seen).toEqual(ids);
  });

  it('of one name get handles of their own; a handle that was asked for is given once', async () => {
    const handles = await atOnce(12, () => created({ name: 'Crème Tee' }));
    expect(new Set(handles.map(({ handle }) => handle)).size).toBe(12);
    expect(handles.map(({ handle }) => handle)).toEqual(expect.arrayContaining(['creme-tee', 'creme-tee-2']));
    expect(tally(await atOnce(20, () => create({ handle: 'mine' })))).toEqual({
      done: 1,
      'handle-taken': 19,
    });
  });

  it('a SKU of a hundred requests at once is given once, and says where it stood', async () => {
    const outcomes = await atOnce(100, (n) => create({ skus: [sku(`OWN-${n}`), sku('RACE')] }));
    expect(tally(outcomes)).toEqual({ done: 1, 'skus-taken': 99 });
    expect(outcomes.find(({ kind }) => kind === 'skus-taken')).toEqual({ kind: 'skus-taken', indexes: [1] });
    expect((await facts()).map(({ action }) => action)).toEqual(['product.created']);
  });

  it('a hundred requests with one key make one product, and a key of another body is refused', async () => {
    const key = aKey();
    const skus = [sku(`S-${randomId(10)}`)];
    const outcomes = await atOnce(100, () => create({ skus }, key));
    const ids = new Set(outcomes.map((it) => (it.kind === 'done' ? it.product.id : it.kind)));
    expect(ids.size).toBe(1);
    expect(outcomes.filter((it) => it.kind === 'done' && !it.replayed)).toHaveLength(1);
    expect(await create({ skus }, { ...key, fingerprint: 'b' })).toEqual({ kind: 'key-reused' });
    // A refusal is not kept.
    const other = aKey();
    expect((await create({ skus }, other)).kind).toBe('skus-taken');
    expect((await create({}, other)).kind).toBe('done');
  });

  it('change with each difference in the audit; without one nothing is changed', async () => {
    const { id, skus } = await created();
    const next = [sku('NEW', 100), { ...skus[1]!, name: 'Renamed' }];
    const outcome = await change(id, { name: 'Shirt', skus: next }, 1);
    expect(outcome).toMatchObject({ kind: 'done', product: { name: 'Shirt', revision: 2, skus: next } });
    expect(await get(id)).toEqual(outcome.kind === 'done' && outcome.product);
    expect((await facts()).at(-1)).toEqual({
      action: 'product.changed',
      target: { kind: 'product', id },
      change: { name: { from: 'Tee', to: 'Shirt' }, skus: { from: skus, to: next } },
    });
    expect(await change(id, { name: 'Shirt', skus: next })).toMatchObject({ product: { revision: 2 } });
    expect(await facts()).toHaveLength(2);
    expect(await change(id, { name: 'Late' }, 1)).toEqual({ kind: 'revision-mismatch' });
    expect(await remove(id, 1)).toEqual({ kind: 'revision-mismatch' });
    const other = await created();
    expect(await change(other.id, { skus: [sku('FREE'), sku('NEW')] })).toEqual({
      kind: 'skus-taken',
      indexes: [1],
    });
    expect(await change(other.id, { handle: outcome.kind === 'done' && outcome.product.handle })).toEqual({
      kind: 'handle-taken',
    });
    expect((await get(other.id))!.revision).toBe(1);
  });

  it('lose no change of ten that each follow the last revision', async () => {
    const { id } = await created();
    await atOnce(10, async (n) => {
      for (;;) {
        const { revision, imageUrls } = (await get(id))!;
        const outcome = await change(id, { imageUrls: [...imageUrls, `https://example.com/${n}`] }, revision);
        if (outcome.kind === 'done') return;
      }
    });
    expect(await get(id)).toMatchObject({ revision: 11, imageUrls: { length: 11 } });
  });
});

describe('what a drop sells', () => {
  it.each<[string, Partial<NewDrop>]>([
    ['a draft', {}],
    ['a scheduled drop', { opensAt: '2090-01-01T00:00:00Z' }],
    ['an open drop', { opensAt: 'now' }],
  ])('in %s stays in the catalogue', async (_what, terms) => {
    const { id, skus } = await created();
    const [first, second] = skus as [ProductSku, ProductSku];
    const dropId = await aDrop([second.sku], terms);
    const inUse = { kind: 'in-use', skus: [{ sku: second.sku, dropId }] };
    expect(await remove(id)).toEqual(inUse);
    expect(await change(id, { skus: [first] })).toEqual(inUse);
    // What stays may change, and what is not sold may go.
    expect((await change(id, { skus: [{ ...second, name: 'Other' }] })).kind).toBe('done');
    expect((await get(id))!.skus).toHaveLength(1);
  });

  it('may go when its drop has closed, also by time alone, and what another merchant sells does not count', async () => {
    const { id, skus } = await created();
    const dropId = await aDrop([skus[0]!.sku], { opensAt: 'now', closesAt: '2090-01-01T00:00:00Z' });
    expect((await remove(id)).kind).toBe('in-use');
    await pool.query(
      `UPDATE inventory.drop SET opens_at = now() - interval '2 hours', closes_at = now() - interval '1 hour' WHERE drop_id = $1`,
      [dropId],
    );
    const mine = merchantId;
    merchantId = await newMerchant();
    await aDrop([skus[0]!.sku]);
    merchantId = mine;
    // Nor does a drop that was deleted, or an item that was taken out.
    const deleted = await aDrop([skus[0]!.sku]);
    await pool.query('UPDATE inventory.drop SET deleted_at = now() WHERE drop_id = $1', [deleted]);
    const changed = await aDrop([skus[0]!.sku]);
    expect((await remove(id)).kind).toBe('in-use');
    await pool.query('UPDATE inventory.item SET removed_at = now() WHERE drop_id = $1', [changed]);
    expect(await remove(id)).toEqual({ kind: 'deleted' });
    expect(await remove(id)).toEqual({ kind: 'not-found' });
    expect((await facts()).at(-1)).toMatchObject({ action: 'product.deleted', target: { id } });
    // Its SKUs are free again.
    expect((await create({ skus })).kind).toBe('done');
  });

  it('is seen while the drop is being created: a product never disappears from under it', async () => {
    const { id, skus } = await created();
    const client = await pool.connect();
    await client.query('BEGIN');
    const dropId = `d${randomId(7)}`;
    await insertDrop(client, { dropId, merchantId, actor: 'test' }, dropOf([skus[0]!.sku]));
    const removed = remove(id);
    await waitFor('the deletion waits', () => isWaiting(client));
    await client.query('COMMIT');
    client.release();
    expect(await removed).toMatchObject({ kind: 'in-use', skus: [{ dropId }] });
    expect(await get(id)).not.toBeNull();
  });

  it('is locked in one order by a new drop and by who deletes it: neither has what the other wants', async () => {
    const { id } = await created({ skus: [sku('A'), sku('M'), sku('Z')] });
    // Rows that were written in another order than that of their SKUs.
    for (const text of ['M', 'A'])
      await pool.query('UPDATE inventory.product_sku SET name = name WHERE merchant_id = $1 AND sku = $2', [
        merchantId,
        text,
      ]);
    const [middle, drop] = [await pool.connect(), await pool.connect()];
    await middle.query('BEGIN');
    await middle.query(`SELECT FROM inventory.product_sku WHERE merchant_id = $1 AND sku = 'M' FOR UPDATE`, [
      merchantId,
    ]);
    await drop.query('BEGIN');
    const inserted = insertDrop(
      drop,
      { dropId: `d${randomId(7)}`, merchantId, actor: 'test' },
      dropOf(['A', 'M', 'Z']),
    );
    await waitFor('the drop waits', () => isWaiting(middle));
    const removed = remove(id);
    await waitFor('the deletion waits', () => isWaiting(middle, 2));
    await middle.query('COMMIT');
    await inserted;
    await drop.query('COMMIT');
    expect(await removed).toMatchObject({ kind: 'in-use' });
    middle.release();
    drop.release();
  });

  it('is changed by one at a time, the command line included', async () => {
    const product = await created();
    const client = await pool.connect();
    await client.query('BEGIN');
    await client.query(`SELECT FROM inventory.merchant WHERE merchant_id = $1 FOR NO KEY UPDATE`, [
      merchantId,
    ]);
    const { handle, name, description, imageUrls } = product;
    const skus = product.skus.map((it) => ({ sku: it.sku, name: 'new', priceMinor: 1, currency: 'EUR' }));
    const imported = createDrop(new LedgerDropStore(pool), { merchantId, by: BY }, dropOf([skus[0]!.sku]), [
      { handle, name, description, imageUrls, skus },
    ]);
    await waitFor('the import waits', () => isWaiting(client));
    await client.query('COMMIT');
    client.release();
    await imported;
    expect((await get(product.id))!.skus[0]).toMatchObject({ name: 'new' });
  });
});

async function isWaiting(client: PoolClient, least = 1): Promise<boolean> {
  const { rows } = await client.query<{ n: number }>(
    `SELECT count(*)::int AS n FROM pg_locks WHERE NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
     OR NOT granted AND locktype = 'transactionid'`,
  );
  return rows[0]!.n >= least;
}

describe('an import', () => {
  const partOf = (from: number, products: number, skusEach: number): ProductPart => {
    const at = Array.from({ length: products }, (_, n) => from + n);
    return {
      products: at.map((n) => ({
        handle: `p-${n}`,
        name: `P ${n}`,
        description: '',
        imageUrls: [],
        line: n + 2,
      })),
      skus: at.flatMap((n) =>
        Array.from({ length: skusEach }, (_, position) => ({
          ...{
            handle: `p-${n}`,
            sku: `P-${n}-${position}`,
            name: `P ${n}`,
            priceMinor: 100,
            currency: 'EUR',
          },
          ...{ position, line: n + 2 },
        })),
      ),
    };
  };
  async function stage(parts: readonly ProductPart[]): Promise<{ importId: string; parts: number }> {
    const importId = `imp_${randomId()}`;
    for (const [number, part] of parts.entries())
      await catalogue.stageProducts({ merchantId, importId, number, part });
    return { importId, parts: parts.length };
  }
  const run = (staged: { importId: string; parts: number }, request = aKey(), dryRun = false) =>
    catalogue.importProducts({ ...command(request), ...staged, dryRun, file: 'f' });
  const count = async (table = 'product') =>
    (await pool.query(`SELECT 1 FROM inventory.${table} WHERE merchant_id = $1`, [merchantId])).rowCount;

  it('brings all parts in at once, tells the audit, and leaves nothing aside', async () => {
    const staged = await stage([partOf(0, 2, 2), partOf(2, 1, 3)]);
    expect(await count()).toBe(0);
    const key = aKey();
    expect(await run(staged, key)).toEqual({ kind: 'imported', replayed: false });
    expect([await count(), await count('product_sku'), await count('product_import')]).toEqual([3, 7, 0]);
    expect(await facts()).toMatchObject([
      { action: 'product.imported', change: { products: 3, skus: 7, file: 'f' } },
    ]);
    // The answer was lost; what comes again was set aside again, or not.
    expect(await run(staged, key)).toEqual({ kind: 'imported', replayed: true });
    expect(await run(await stage([partOf(0, 2, 2)]), key)).toEqual({ kind: 'imported', replayed: true });
    const { items } = await catalogue.listProducts({ merchantId, limit: 50 });
    expect(items.map(({ skus }) => skus.length).sort()).toEqual([2, 2, 3]);
  });

  it('of what is there already is refused with its lines, and imports nothing', async () => {
    await created({ handle: 'p-7', skus: [sku('P-3-0')] });
    const parts = [partOf(0, 5, 1), partOf(5, 5, 1)];
    expect(await run(await stage(parts))).toEqual({
      kind: 'taken',
      taken: [
        { line: 5, what: 'sku', text: 'P-3-0' },
        { line: 9, what: 'handle', text: 'p-7' },
      ],
    });
    expect([await count(), await count('product_import')]).toEqual([1, 0]);
  });

  it('only looks when asked to', async () => {
    expect(await run(await stage([partOf(0, 2, 1)]), aKey(), true)).toEqual({
      kind: 'imported',
      replayed: false,
    });
    expect([await count(), await facts()]).toEqual([0, []]);
  });

  it('whose parts are not all there does nothing', async () => {
    const staged = await stage([partOf(0, 1, 1)]);
    await expect(run({ ...staged, parts: 2 })).rejects.toThrow(ServiceUnavailable);
    expect(await count()).toBe(0);
  });

  it('sent ten times at once is done once', async () => {
    const outcomes = await atOnce(10, async () => run(await stage([partOf(0, 20, 5)])));
    expect(tally(outcomes)).toEqual({ imported: 1, taken: 9 });
    expect(await count('product_sku')).toBe(100);
  });

  it('of one merchant keeps no other one waiting', async () => {
    const client = await pool.connect();
    await client.query('BEGIN');
    await client.query('SELECT 1 FROM inventory.merchant WHERE merchant_id = $1 FOR NO KEY UPDATE', [
      merchantId,
    ]);
    const waits = create();
    const mine = merchantId;
    merchantId = await newMerchant();
    expect((await create()).kind).toBe('done');
    // A drop of the busy merchant is made meanwhile.
    merchantId = mine;
    await aDrop(['ANY']);
    await client.query('COMMIT');
    client.release();
    expect((await waits).kind).toBe('done');
  });

  it('travels between the services as in one process', async () => {
    const server = await startInventory(catalogue);
    const { peers, inventory } = await inventoryAt([server.address]);
    const importId = `imp_${randomId()}`;
    const largest = partOf(0, 1, 249);
    largest.products[0]!.imageUrls = Array.from({ length: 250 }, () => `https://e.com/${'a'.repeat(1_900)}`);
    for (const number of [0, 1, 2, 3])
      await inventory.stageProducts({
        merchantId,
        importId,
        number,
        part: number === 0 ? largest : partOf(number, 1, 1),
      });
    const command = { merchantId, by: BY, request: aKey(), importId, parts: 4, dryRun: false, file: 'f' };
    expect(await inventory.importProducts(command)).toEqual({ kind: 'imported', replayed: false });
    const { items } = await inventory.listProducts({ merchantId, limit: 10 });
    expect(items.map(({ skus }) => skus.length).sort((a, b) => a - b)).toEqual([1, 1, 1, 249]);
    const { id: productId } = items[0]!;
    const change = { ...command, productId, ifRevision: 1, change: { name: 'Other' }, request: null };
    expect(await inventory.changeProduct(change)).toMatchObject({ product: { revision: 2, name: 'Other' } });
    expect(await inventory.getProduct({ merchantId, productId })).toMatchObject({ revision: 2 });
    const another = { merchantId, by: BY, request: aKey(), product: input() };
    expect((await inventory.createProduct(another)).kind).toBe('done');
    const removal = { ...another, request: null, productId, ifRevision: null };
    expect(await inventory.deleteProduct(removal)).toEqual({ kind: 'deleted' });
    peers.close();
    await server.stop();
  });

  it('of 20,000 SKUs is a matter of seconds', async () => {
    const staged = await stage(Array.from({ length: 80 }, (_, n) => partOf(n * 25, 25, 10)));
    const started = performance.now();
    expect((await run(staged)).kind).toBe('imported');
    expect(performance.now() - started).toBeLessThan(20_000); // about one second on an idle machine
    expect(await count('product_sku')).toBe(20_000);
    const { items, nextCursor } = await catalogue.listProducts({ merchantId, limit: 200 });
    expect(items).toHaveLength(200);
    expect(nextCursor).not.toBeNull();
  });
});
