import {
  DropCatalogue,
  type DropAction,
  type DropActionOutcome,
  type DropWithStock,
  type NewDrop,
  type NewProduct,
} from '@holdfast/contracts';
import { newDropId, randomId } from '@holdfast/kernel';
import type { Pool, PoolClient } from 'pg';
import { dropStep } from '../../domain/drop-lifecycle';
import { checkNewDrop } from '../../domain/new-drop';
import { DEMO_DROP } from './drops/demo-drop';
import { inTransaction } from './drops/in-transaction';
import { readDropsWithStock } from './drops/read-drops';
import { sql } from './drops/sql/sql.generated';
import { insertDrop } from './drops/write-drop';
import { upsertProducts } from './drops/write-products';

const FIRST_MERCHANT_NAME = 'Holdfast Demo';

/** Taken while seeding, so that two products that start at once on one database do not both make the demo drop. Any number will do. */
const SEED_LOCK = 7_116_002;

const UNIQUE_VIOLATION = '23505';

/** A drop code has 40 random bits: a second collision in a row means that the random source is broken. */
const CREATE_TRIES = 2;

/** Between a refused step and reading why, the drop may have moved on; then the step is tried again. */
const ACT_TRIES = 3;

/** Far above any number of drops that a command line can show; a list that long needs pages, not this method. */
const LIST_MAX = 10_000;

/** The catalogue on the ledger itself. Needs only a pool in the role `holdfast_inventory`, so the command line can use it alone. */
export class LedgerDropCatalogue extends DropCatalogue {
  constructor(private readonly pool: Pool) {
    super();
  }

  override async create(drop: NewDrop, products: readonly NewProduct[] = []): Promise<DropWithStock> {
    checkNewDrop(drop, products);
    for (let tries = 1; ; tries += 1) {
      try {
        return await inTransaction(this.pool, async (client) => {
          const { merchantId } = await ensureFirstMerchant(client);
          return createDrop(client, merchantId, drop, products);
        });
      } catch (error) {
        if (tries >= CREATE_TRIES || !isDropCodeCollision(error)) throw error;
      }
    }
  }

  override async list(): Promise<DropWithStock[]> {
    const found = await this.pool.query<{ drop_id: string }>({
      ...sql.listDrops,
      values: [true, null, null, null, LIST_MAX],
    });
    return readDropsWithStock(
      this.pool,
      found.rows.map((row) => row.drop_id),
    );
  }

  override async get(dropId: string): Promise<DropWithStock | null> {
    const [found] = await readDropsWithStock(this.pool, [dropId]);
    return found ?? null;
  }

  /** Which of these SKUs the first merchant sells in another drop that is scheduled, open or paused; with how many such drops, and one of them. */
  async skusOnSale(skus: readonly string[]): Promise<{ sku: string; dropId: string; drops: number }[]> {
    const found = await this.pool.query<{ sku: string; drop_id: string; drops: number }>({
      ...sql.findSkusOnSale,
      values: [skus],
    });
    return found.rows.map((row) => ({ sku: row.sku, dropId: row.drop_id, drops: row.drops }));
  }

  override async act(dropId: string, action: DropAction): Promise<DropActionOutcome> {
    const { from, to } = dropStep(action);
    for (let tries = 1; ; tries += 1) {
      const done = await this.pool.query({ ...sql.actOnDrop, values: [dropId, from, to, action === 'open'] });
      const found = await this.get(dropId);
      if (!found) return { kind: 'not-found' };
      if (done.rowCount === 1) return { kind: 'done', result: found };
      if (!from.includes(found.drop.state) || tries >= ACT_TRIES)
        return { kind: 'illegal', state: found.drop.state };
    }
  }

  override seed({ demo }: { demo: boolean }) {
    return inTransaction(this.pool, async (client) => {
      await client.query('SELECT pg_advisory_xact_lock($1)', [SEED_LOCK]);
      const merchant = await ensureFirstMerchant(client);
      const wanted = demo && (await hasNoDrop(client));
      const made = wanted ? await createDrop(client, merchant.merchantId, DEMO_DROP, []) : null;
      return { ...merchant, demoDropId: made?.drop.id ?? null };
    });
  }
}

async function createDrop(
  client: PoolClient,
  merchantId: string,
  drop: NewDrop,
  products: readonly NewProduct[],
): Promise<DropWithStock> {
  const dropId = newDropId();
  await upsertProducts(client, merchantId, products);
  await insertDrop(client, dropId, merchantId, drop);
  const [made] = await readDropsWithStock(client, [dropId]);
  return made!;
}

async function ensureFirstMerchant(
  client: PoolClient,
): Promise<{ merchantId: string; merchantMade: boolean }> {
  const values = [`mer_${randomId()}`, FIRST_MERCHANT_NAME];
  const made = await client.query({ ...sql.insertFirstMerchant, values });
  const found = await client.query<{ merchant_id: string }>(sql.findFirstMerchant);
  return { merchantId: found.rows[0]!.merchant_id, merchantMade: made.rowCount === 1 };
}

async function hasNoDrop(client: PoolClient): Promise<boolean> {
  const found = await client.query({ ...sql.listDrops, values: [true, null, null, null, 1] });
  return found.rowCount === 0;
}

function isDropCodeCollision(error: unknown): boolean {
  const { code, constraint } = error as { code?: string; constraint?: string };
  return code === UNIQUE_VIOLATION && constraint === 'drop_pkey';
}
