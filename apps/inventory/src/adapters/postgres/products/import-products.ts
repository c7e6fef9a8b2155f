import type { ImportProducts, ImportProductsOutcome } from '@holdfast/contracts';
import { ServiceUnavailable } from '@holdfast/contracts';
import type { PoolClient } from 'pg';
import type { Worked } from '../merchants/merchant-changes';
import { sql } from './sql/sql.generated';

type Refused = Extract<ImportProductsOutcome, { kind: 'taken' }>;

/** As many as a refusal lists. */
const TAKEN_MAX = 50;

/**
 * Puts the staged parts of an import into the catalogue, all or nothing. Statement by statement for each part: none takes long, and the
 * values stay in the database. Throws `ServiceUnavailable` if parts are missing, and `unique_violation` for what somebody else, who does not
 * lock the catalogue, has taken meanwhile.
 */
export async function importProducts(
  client: PoolClient,
  { merchantId, importId, parts, dryRun, file }: ImportProducts,
): Promise<Worked<object, Refused>> {
  const values = [merchantId, importId];
  const counted = await client.query<{ parts: number }>({ ...sql.countImportParts, values });
  if (counted.rows[0]!.parts !== parts) throw new ServiceUnavailable('parts of the import are missing');
  const { rows: taken } = await client.query<Refused['taken'][number]>({
    ...sql.findTaken,
    values: [...values, TAKEN_MAX],
  });
  if (taken.length > 0) return { kind: 'refused', reason: { kind: 'taken', taken } };
  if (dryRun) return { kind: 'done', value: {}, facts: [] };

  // A SKU may belong to a product of an earlier part.
  const products = await insertEach(client, sql.insertImportProducts, values, parts);
  const skus = await insertEach(client, sql.insertImportSkus, values, parts);
  const target = { kind: 'merchant', id: merchantId };
  const fact = { action: 'product.imported', target, change: { products, skus, file } };
  return { kind: 'done', value: {}, facts: products > 0 ? [fact] : [] };
}

async function insertEach(
  client: PoolClient,
  statement: { name: string; text: string },
  values: readonly unknown[],
  parts: number,
): Promise<number> {
  let rows = 0;
  for (let part = 0; part < parts; part += 1)
    rows += (await client.query({ ...statement, values: [...values, part] })).rowCount ?? 0;
  return rows;
}
