import type { ChangeOrigin, DropWithStock, NewProduct } from '@holdfast/contracts';
import { randomId } from '@holdfast/kernel';
import type { Pool, PoolClient } from 'pg';
import {
  type DropScope,
  DropStore,
  type DropToInsert,
  type SkuOnSale,
} from '../../../application/ports/drop-store.port';
import { factOf, stepFact, summaryOf } from '../merchant-drops/facts';
import { type Fact, recordFact } from '../merchants/merchant-changes';
import { sql as catalogue } from '../products/sql/sql.generated';
import { inTransaction } from './in-transaction';
import { readDropsWithStock } from './read-drops';
import { sql } from './sql/sql.generated';
import { unlessTaken } from './unless-taken';
import { insertDrop } from './write-drop';
import { upsertProducts } from './write-products';

/**
 * Advisory lock (arbitrary number) for inserting the first drop, so that concurrent processes do not both
 * insert it.
 */
const FIRST_DROP_LOCK = 7_116_002;

const FIRST_MERCHANT_NAME = 'Holdfast Demo';

/** More drops than a command line can show; longer lists need paging. */
const LIST_MAX = 10_000;

/** Needs only a pool in the role `holdfast_inventory`, so that the command line can use it. */
export class LedgerDropStore extends DropStore {
  constructor(private readonly pool: Pool) {
    super();
  }

  override insert(drop: DropToInsert): Promise<DropWithStock | 'id-taken'> {
    return unlessTaken(inTransaction(this.pool, (client) => insert(client, drop)));
  }

  override insertFirst(drop: DropToInsert): Promise<DropWithStock | 'id-taken' | null> {
    return unlessTaken(
      inTransaction(this.pool, async (client) => {
        await client.query('SELECT pg_advisory_xact_lock($1)', [FIRST_DROP_LOCK]);
        const found = await client.query({ ...sql.listDrops, values: [true, null, null, null, 1, null] });
        return found.rowCount === 0 ? insert(client, drop) : null;
      }),
    );
  }

  override async list(scope: DropScope): Promise<DropWithStock[]> {
    const values = [true, null, null, null, LIST_MAX, merchantOf(scope)];
    return this.read(await this.pool.query<{ drop_id: string }>({ ...sql.listDrops, values }));
  }

  override async find(scope: DropScope, dropId: string): Promise<DropWithStock | null> {
    const values = [dropId, merchantOf(scope)];
    const [found] = await this.read(await this.pool.query({ ...sql.findOwnDrop, values }));
    return found ?? null;
  }

  override step(
    scope: DropScope,
    dropId: string,
    { action, from, to }: Parameters<DropStore['step']>[2],
    by: ChangeOrigin,
  ): Promise<boolean> {
    const values = [dropId, from, to, action === 'open', merchantOf(scope)];
    return inTransaction(this.pool, async (client) => {
      // What time has changed is a fact of its own.
      await client.query({ ...sql.advanceDrop, values: [dropId] });
      const { rows } = await client.query<{ merchant_id: string }>({ ...sql.actOnDrop, values });
      const [stepped] = rows;
      if (!stepped) return false;
      await recordFact(client, { merchantId: stepped.merchant_id, by }, stepFact(action, dropId));
      return true;
    });
  }

  override async skusOnSale(merchantId: string, skus: readonly string[]): Promise<SkuOnSale[]> {
    const found = await this.pool.query<{ sku: string; drop_id: string; drops: number }>({
      ...sql.findSkusOnSale,
      values: [skus, merchantId],
    });
    return found.rows.map((row) => ({ sku: row.sku, dropId: row.drop_id, drops: row.drops }));
  }

  override async firstMerchant(): Promise<string | null> {
    return findFirstMerchant(this.pool);
  }

  override ensureFirstMerchant(): Promise<{ merchantId: string; merchantMade: boolean }> {
    return ensureFirstMerchant(this.pool);
  }

  private read({ rows }: { rows: { drop_id: string }[] }): Promise<DropWithStock[]> {
    return readDropsWithStock(
      this.pool,
      rows.map((row) => row.drop_id),
    );
  }
}

/** Null: of any merchant. */
function merchantOf(scope: DropScope): string | null {
  return scope === 'all-merchants' ? null : scope.merchantId;
}

async function findFirstMerchant(db: Pool | PoolClient): Promise<string | null> {
  const found = await db.query<{ merchant_id: string }>(sql.findFirstMerchant);
  return found.rows[0]?.merchant_id ?? null;
}

async function ensureFirstMerchant(db: Pool | PoolClient) {
  const values = [`mer_${randomId()}`, FIRST_MERCHANT_NAME];
  const made = await db.query({ ...sql.insertFirstMerchant, values });
  return { merchantId: (await findFirstMerchant(db))!, merchantMade: made.rowCount === 1 };
}

function importFact(merchantId: string, products: readonly NewProduct[]): Fact {
  const skus = products.reduce((sum, product) => sum + product.skus.length, 0);
  const target = { kind: 'merchant', id: merchantId };
  return { action: 'product.imported', target, change: { products: products.length, skus } };
}

async function insert(client: PoolClient, { dropId, by, drop, products, ...it }: DropToInsert) {
  const merchantId = it.merchantId ?? (await ensureFirstMerchant(client)).merchantId;
  // A product that is being changed locks its SKUs in several statements, and not in the order of an import.
  if (products.length > 0) await client.query({ ...catalogue.lockCatalogue, values: [merchantId] });
  await upsertProducts(client, merchantId, products);
  await insertDrop(client, { merchantId, dropId, actor: by.actor.id }, drop);
  if (products.length > 0) await recordFact(client, { merchantId, by }, importFact(merchantId, products));
  await recordFact(client, { merchantId, by }, factOf('created', dropId, summaryOf(drop)));
  const [made] = await readDropsWithStock(client, [dropId]);
  return made!;
}
