import type { NewProduct } from '@holdfast/contracts';
import { randomId } from '@holdfast/kernel';
import type { PoolClient } from 'pg';
import { sql } from './sql/sql.generated';

const ROWS_A_STATEMENT = 2_000; // descriptions may have many kB: 2,000 keep a statement under about 50 MB

/** Creates checked products and their SKUs, or updates those with the same handle. */
export async function upsertProducts(
  client: PoolClient,
  merchantId: string,
  products: readonly NewProduct[],
): Promise<void> {
  const idOf = new Map<string, string>();
  for (const slice of slices(sortedBy(products, ({ handle }) => handle))) {
    const saved = await client.query<{ handle: string; product_id: string }>({
      ...sql.upsertProducts,
      values: [
        merchantId,
        slice.map(() => `prd_${randomId()}`),
        slice.map((product) => product.handle),
        slice.map((product) => product.name),
        slice.map((product) => product.description),
        slice.map((product) => JSON.stringify(product.imageUrls)),
      ],
    });
    for (const row of saved.rows) idOf.set(row.handle, row.product_id);
  }
  const skus = products.flatMap(({ handle, skus }) =>
    skus.map((sku, position) => ({ ...sku, handle, position })),
  );
  for (const slice of slices(sortedBy(skus, ({ sku }) => sku))) {
    await client.query({
      ...sql.upsertProductSkus,
      values: [
        merchantId,
        slice.map((sku) => sku.sku),
        slice.map((sku) => idOf.get(sku.handle)),
        slice.map((sku) => sku.name),
        slice.map((sku) => sku.priceMinor),
        slice.map((sku) => sku.currency),
        slice.map((sku) => sku.position),
      ],
    });
  }
}

function sortedBy<T>(rows: readonly T[], key: (row: T) => string): T[] {
  return [...rows].sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

function* slices<T>(rows: T[]): Generator<T[]> {
  for (let from = 0; from < rows.length; from += ROWS_A_STATEMENT)
    yield rows.slice(from, from + ROWS_A_STATEMENT);
}
