import type { CreateProduct, CreateProductOutcome, Product } from '@holdfast/contracts';
import { randomId } from '@holdfast/kernel';
import type { PoolClient } from 'pg';
import { handlesOf } from '../../../domain/product-handle';
import type { Worked } from '../merchants/merchant-changes';
import { lockProduct } from './change-product';
import { sql } from './sql/sql.generated';
import { insertSkus } from './write-product-skus';

type Refused = Exclude<CreateProductOutcome, { kind: 'done' } | { kind: 'key-reused' }>;

const CHANCE_LENGTH = 8;

/** A new product with its SKUs, or nothing. */
export async function createProduct(
  client: PoolClient,
  { merchantId, product }: CreateProduct,
): Promise<Worked<Product, Refused>> {
  const productId = `prd_${randomId()}`;
  const { skus, ...fields } = product;
  const handles =
    fields.handle === null ? handlesOf(fields.name, () => randomId(CHANCE_LENGTH)) : [fields.handle];
  if (!(await insertUnder(client, { merchantId, productId }, handles, fields)))
    return { kind: 'refused', reason: { kind: 'handle-taken' } };
  const indexes = await insertSkus(client, { merchantId, productId }, skus);
  if (indexes.length > 0) return { kind: 'refused', reason: { kind: 'skus-taken', indexes } };
  const made = (await lockProduct(client, merchantId, productId))!;
  const { handle, name } = made;
  const target = { kind: 'product', id: productId };
  return {
    kind: 'done',
    value: made,
    facts: [{ action: 'product.created', target, change: { handle, name, skus } }],
  };
}

/** Under the first of the handles that is free. False: none is. */
async function insertUnder(
  client: PoolClient,
  { merchantId, productId }: { merchantId: string; productId: string },
  handles: Iterable<string>,
  { name, description, imageUrls }: Pick<CreateProduct['product'], 'name' | 'description' | 'imageUrls'>,
): Promise<boolean> {
  for (const handle of handles) {
    const values = [merchantId, productId, handle, name, description, imageUrls];
    const done = await client.query({ ...sql.insertProduct, values });
    if (done.rowCount === 1) return true;
  }
  return false;
}
