import type { ProductSku, SkuInDrop } from '@holdfast/contracts';
import type { PoolClient } from 'pg';
import { sql } from './sql/sql.generated';

export interface ProductRef {
  merchantId: string;
  productId: string;
}

/** Enough to find the drops; a product may have thousands of SKUs. */
const IN_USE_MAX = 20;

/** Adds these SKUs of the list `all`. Returns the places in `all` of those that another product has. */
export async function insertSkus(
  client: PoolClient,
  of: ProductRef,
  all: readonly ProductSku[],
  isNew: (sku: string) => boolean = () => true,
): Promise<number[]> {
  const added = placed(all).filter(({ sku }) => isNew(sku));
  if (added.length === 0) return [];
  const done = await client.query<{ sku: string }>({ ...sql.insertProductSkus, values: columns(of, added) });
  const inserted = new Set(done.rows.map(({ sku }) => sku));
  return added.filter(({ sku }) => !inserted.has(sku)).map(({ place }) => place);
}

/** Writes name, price and place of the SKUs of `all` that the product has. */
export async function updateSkus(
  client: PoolClient,
  of: ProductRef,
  all: readonly ProductSku[],
): Promise<void> {
  await client.query({ ...sql.updateProductSkus, values: columns(of, placed(all)) });
}

/**
 * Takes SKUs out of a product. Returns those that stand in a drop that is not closed; the caller then undoes it. Looked up after the
 * rows are locked, so that a drop that is being created is seen.
 */
export async function deleteSkus(
  client: PoolClient,
  { merchantId, productId }: ProductRef,
  skus: readonly string[],
): Promise<SkuInDrop[]> {
  if (skus.length === 0) return [];
  await client.query({ ...sql.deleteProductSkus, values: [merchantId, productId, skus] });
  const found = await client.query<{ sku: string; drop_id: string }>({
    ...sql.findSkusInUse,
    values: [merchantId, skus, IN_USE_MAX],
  });
  return found.rows.map(({ sku, drop_id: dropId }) => ({ sku, dropId }));
}

const placed = (skus: readonly ProductSku[]) => skus.map((sku, place) => ({ ...sku, place }));

function columns({ merchantId, productId }: ProductRef, skus: readonly (ProductSku & { place: number })[]) {
  return [
    merchantId,
    productId,
    skus.map(({ sku }) => sku),
    skus.map(({ name }) => name),
    skus.map(({ price }) => price.amountMinor),
    skus.map(({ price }) => price.currency),
    skus.map(({ place }) => place),
  ];
}
