import type { Product, ProductSku } from '@holdfast/contracts';
import type { Pool, PoolClient } from 'pg';
import { sql } from './sql/sql.generated';

/** Rows as the driver returns them: 64-bit integers as text. */
export interface ProductRow {
  product_id: string;
  handle: string;
  name: string;
  description: string;
  image_urls: string[];
  revision: string;
  created_at: Date;
  updated_at: Date;
}

interface SkuRow {
  product_id: string;
  sku: string;
  name: string;
  price_minor: string;
  currency: string;
}

/** The products of these rows with their SKUs, in the same order. */
export async function withSkus(
  db: Pool | PoolClient,
  merchantId: string,
  rows: readonly ProductRow[],
): Promise<Product[]> {
  if (rows.length === 0) return [];
  const values = [merchantId, rows.map((row) => row.product_id)];
  const found = await db.query<SkuRow>({ ...sql.findProductSkus, values });
  const skusOf = new Map<string, ProductSku[]>(rows.map((row) => [row.product_id, []]));
  for (const row of found.rows) skusOf.get(row.product_id)!.push(toSku(row));
  return rows.map((row) => toProduct(row, skusOf.get(row.product_id)!));
}

export function toProduct(row: ProductRow, skus: ProductSku[]): Product {
  return {
    id: row.product_id,
    handle: row.handle,
    name: row.name,
    description: row.description,
    imageUrls: row.image_urls,
    skus,
    revision: Number(row.revision),
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}

function toSku({ sku, name, price_minor, currency }: SkuRow): ProductSku {
  return { sku, name, price: { amountMinor: Number(price_minor), currency } };
}
