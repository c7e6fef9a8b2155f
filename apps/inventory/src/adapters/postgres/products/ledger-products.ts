import {
  type ChangeProduct,
  type ChangeProductOutcome,
  type CreateProduct,
  type CreateProductOutcome,
  decodeCursor,
  type DeleteProduct,
  type DeleteProductOutcome,
  encodeCursor,
  type ImportProducts,
  type ImportProductsOutcome,
  InvalidCursor,
  type ListProducts,
  type MerchantCommand,
  type Page,
  type Product,
  Products,
  ServiceUnavailable,
  type StageProducts,
} from '@holdfast/contracts';
import { LIMITS, randomId, Turns } from '@holdfast/kernel';
import { asMerchant, orServiceUnavailable } from '@holdfast/postgres';
import type { Pool, PoolClient } from 'pg';
import { type Changed, MerchantChanges, type Worked } from '../merchants/merchant-changes';
import { changeProduct, lockProduct } from './change-product';
import { createProduct } from './create-product';
import { importProducts } from './import-products';
import { type ProductRow, withSkus } from './product-rows';
import { sql } from './sql/sql.generated';
import { deleteSkus } from './write-product-skus';

/** Of the texts of a page: an answer of this size is read in a few hundredths of a second. */
const PAGE_CHARACTERS_MAX = 4_000_000;
const PRODUCT_ID = /^prd_/;
const UNIQUE_VIOLATION = '23505';
/** Of one merchant; each takes some milliseconds, an import a second. */
const CHANGES_WAITING_MAX = 100;

/** The catalogue in the ledger. Needs a pool in the role of merchants. */
export class LedgerProducts extends Products {
  private readonly changes: MerchantChanges;
  private readonly turns = new Map<string, Turns>();

  constructor(private readonly pool: Pool) {
    super();
    this.changes = new MerchantChanges(pool);
  }

  override listProducts(query: ListProducts): Promise<Page<Product>> {
    return this.within(query.merchantId, (client) => this.page(client, query));
  }

  override getProduct(of: { merchantId: string; productId: string }): Promise<Product | null> {
    return this.within(of.merchantId, (client) => this.find(client, of));
  }

  override async createProduct(command: CreateProduct): Promise<CreateProductOutcome> {
    const done = await this.change(command, (client) => createProduct(client, command));
    return answerOf(done);
  }

  override async changeProduct(command: ChangeProduct): Promise<ChangeProductOutcome> {
    try {
      return answerOf(await this.change(command, (client) => changeProduct(client, command)));
    } catch (error) {
      if (isUniqueViolation(error)) return { kind: 'handle-taken' };
      throw error;
    }
  }

  override async deleteProduct(command: DeleteProduct): Promise<DeleteProductOutcome> {
    const done = await this.change(command, (client) => remove(client, command));
    if (done.kind === 'refused') return done.reason;
    return done.kind === 'done' ? { kind: 'deleted' } : done;
  }

  override async stageProducts({ merchantId, importId, number, part }: StageProducts) {
    const products = part.products.map((product) => ({ ...product, id: `prd_${randomId()}` }));
    const values = [merchantId, importId, number, JSON.stringify(products), JSON.stringify(part.skus)];
    await this.within(merchantId, (client) => client.query({ ...sql.stageProducts, values }));
    return { kind: 'staged' } as const;
  }

  override async importProducts(command: ImportProducts): Promise<ImportProductsOutcome> {
    const done = await this.importOnce(command);
    const values = [command.merchantId, command.importId];
    // Of no consequence when it fails: it is forgotten in an hour.
    const forget = (client: PoolClient) => client.query({ ...sql.deleteImport, values });
    await this.within(command.merchantId, forget).catch(() => undefined);
    if (done.kind === 'refused') return done.reason;
    return done.kind === 'done' ? { kind: 'imported', replayed: done.replayed } : done;
  }

  private async importOnce(command: ImportProducts) {
    const work = () => this.change(command, (client) => importProducts(client, command));
    try {
      return await work();
    } catch (error) {
      // The command line has taken a SKU or a handle after we had looked: now it is seen.
      if (isUniqueViolation(error)) return work();
      throw error;
    }
  }

  /** One at a time for a merchant: those that wait hold no connection, so that other merchants find one. */
  private async change<T, R>(
    command: MerchantCommand,
    work: (client: PoolClient) => Promise<Worked<T, R>>,
  ): Promise<Changed<T, R>> {
    const { merchantId } = command;
    const turns = this.turns.get(merchantId) ?? new Turns(1, CHANGES_WAITING_MAX);
    this.turns.set(merchantId, turns);
    const turn = turns.take();
    if (!turn) throw new ServiceUnavailable('too many changes of the catalogue at once');
    await turn;
    try {
      return await this.changes.run(command, async (client) => {
        await client.query({ ...sql.lockCatalogue, values: [merchantId] });
        return work(client);
      });
    } finally {
      turns.giveBack();
      if (turns.isIdle) this.turns.delete(merchantId);
    }
  }

  private within<T>(merchantId: string, work: (client: PoolClient) => Promise<T>): Promise<T> {
    return orServiceUnavailable('products', asMerchant(this.pool, { schema: 'inventory', merchantId }, work));
  }

  private async find(
    client: PoolClient,
    { merchantId, productId }: { merchantId: string; productId: string },
  ) {
    const values = [merchantId, productId];
    const { rows } = await client.query<ProductRow>({ ...sql.findProduct, values });
    const [product] = await withSkus(client, merchantId, rows);
    return product ?? null;
  }

  private async page(
    client: PoolClient,
    { merchantId, cursor, limit }: ListProducts,
  ): Promise<Page<Product>> {
    const after = cursor === undefined ? null : decodeCursor(cursor);
    if (after && !PRODUCT_ID.test(after.id)) throw new InvalidCursor('not a cursor of this list');
    const rowsMax = Math.min(limit, LIMITS.pageSizeMax);
    // One more than requested, to know whether there is a next page.
    const position = [after?.createdAt ?? null, after?.id ?? null, rowsMax + 1];
    const { rows } = await client.query<ProductRow & { listed_at: string; found: number }>({
      ...sql.listProducts,
      values: [merchantId, ...position, PAGE_CHARACTERS_MAX],
    });
    const shown = rows.slice(0, rowsMax);
    const last = shown.at(-1);
    const isEnd = !last || last.found === shown.length;
    const nextCursor = isEnd ? null : encodeCursor({ createdAt: last.listed_at, id: last.product_id });
    return { items: await withSkus(client, merchantId, shown), nextCursor };
  }
}

type RemoveRefused = Exclude<DeleteProductOutcome, { kind: 'deleted' } | { kind: 'key-reused' }>;

async function remove(
  client: PoolClient,
  { merchantId, productId, ifRevision }: DeleteProduct,
): Promise<Worked<object, RemoveRefused>> {
  const refused = (reason: RemoveRefused) => ({ kind: 'refused', reason }) as const;
  const product = await lockProduct(client, merchantId, productId);
  if (!product) return refused({ kind: 'not-found' });
  if (ifRevision !== null && ifRevision !== product.revision) return refused({ kind: 'revision-mismatch' });
  const all = product.skus.map(({ sku }) => sku);
  const skus = await deleteSkus(client, { merchantId, productId }, all);
  if (skus.length > 0) return refused({ kind: 'in-use', skus });
  await client.query({ ...sql.deleteProduct, values: [merchantId, productId] });
  const { handle, name } = product;
  const target = { kind: 'product', id: productId };
  const fact = { action: 'product.deleted', target, change: { handle, name, skus: all } };
  return { kind: 'done', value: {}, facts: [fact] };
}

function answerOf<R>(changed: Changed<Product, R>) {
  if (changed.kind === 'refused') return changed.reason;
  return changed.kind === 'done'
    ? ({ kind: 'done', product: changed.value, replayed: changed.replayed } as const)
    : changed;
}

function isUniqueViolation(error: unknown): boolean {
  return (error as { code?: string } | null)?.code === UNIQUE_VIOLATION;
}
