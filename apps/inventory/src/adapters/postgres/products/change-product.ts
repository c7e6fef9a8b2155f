import type { ChangeProduct, ChangeProductOutcome, Product, ProductChange } from '@holdfast/contracts';
import type { PoolClient } from 'pg';
import type { Worked } from '../merchants/merchant-changes';
import { type ProductRow, toProduct, withSkus } from './product-rows';
import { sql } from './sql/sql.generated';
import { deleteSkus, insertSkus, updateSkus } from './write-product-skus';

type Refused = Exclude<ChangeProductOutcome, { kind: 'done' } | { kind: 'key-reused' }>;
type Fields = Required<ProductChange>;

/** Changes what differs; without a difference nothing is changed, and nothing recorded. */
export async function changeProduct(
  client: PoolClient,
  { merchantId, productId, change, ifRevision }: ChangeProduct,
): Promise<Worked<Product, Refused>> {
  const refused = (reason: Refused) => ({ kind: 'refused', reason }) as const;
  const before = await lockProduct(client, merchantId, productId);
  if (!before) return refused({ kind: 'not-found' });
  if (ifRevision !== null && ifRevision !== before.revision) return refused({ kind: 'revision-mismatch' });
  const differences = differencesOf(before, change);
  if (Object.keys(differences).length === 0) return { kind: 'done', value: before, facts: [] };
  const after: Fields = { ...before, ...change };

  const had = new Set(before.skus.map(({ sku }) => sku));
  const kept = new Set(after.skus.map(({ sku }) => sku));
  const of = { merchantId, productId };
  const skus = await deleteSkus(
    client,
    of,
    [...had].filter((sku) => !kept.has(sku)),
  );
  if (skus.length > 0) return refused({ kind: 'in-use', skus });
  const indexes = await insertSkus(client, of, after.skus, (sku) => !had.has(sku));
  if (indexes.length > 0) return refused({ kind: 'skus-taken', indexes });
  await updateSkus(client, of, after.skus);

  const { handle, name, description, imageUrls } = after;
  const values = [merchantId, productId, handle, name, description, imageUrls];
  const { rows } = await client.query<ProductRow>({ ...sql.updateProduct, values });
  const target = { kind: 'product', id: productId };
  const fact = { action: 'product.changed', target, change: differences };
  return { kind: 'done', value: toProduct(rows[0]!, after.skus), facts: [fact] };
}

/** Null: unknown or another merchant's. Nobody else changes it, or its SKUs, until the transaction ends. */
export async function lockProduct(
  client: PoolClient,
  merchantId: string,
  productId: string,
): Promise<Product | null> {
  const { rows } = await client.query<ProductRow>({ ...sql.lockProduct, values: [merchantId, productId] });
  const [product] = await withSkus(client, merchantId, rows);
  return product ?? null;
}

function differencesOf(before: Product, change: ProductChange): Record<string, object> {
  const names = Object.keys(change) as (keyof ProductChange)[];
  return Object.fromEntries(
    names
      .filter((name) => change[name] !== undefined && !isSame(before[name], change[name]))
      .map((name) => [name, { from: before[name], to: change[name] }]),
  );
}

/** Both are made field by field in one order. */
function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
