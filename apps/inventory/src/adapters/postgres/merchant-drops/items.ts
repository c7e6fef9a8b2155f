import type { DropItemRequest, NewDropItem, StockDisplay } from '@holdfast/contracts';
import type { PoolClient } from 'pg';
import { type CatalogueSku, type ResolvedItems, resolveItems } from '../../../domain/drop-items';
import { sql } from '../drops/sql/sql.generated';
import { ITEMS_A_STATEMENT } from '../drops/write-drop';

interface CatalogueRow {
  sku: string;
  name: string;
  price_minor: string;
  currency: string;
  image_url: string | null;
}

/** The wanted items, completed from the products of the merchant. */
export async function completeItems(
  client: PoolClient,
  merchantId: string,
  wanted: readonly DropItemRequest[],
): Promise<ResolvedItems> {
  const found = await client.query<CatalogueRow>({
    ...sql.findCatalogueSkus,
    values: [merchantId, wanted.map(({ sku }) => sku)],
  });
  const catalogue = found.rows.map((row): CatalogueSku => {
    const { sku, name, currency, image_url: imageUrl } = row;
    return { sku, name, priceMinor: Number(row.price_minor), currency, imageUrl };
  });
  return resolveItems(wanted, catalogue);
}

/** Replaces the whole list of a drop that is locked and has never opened. */
export async function replaceItems(
  client: PoolClient,
  {
    dropId,
    revision,
    actor,
    stockDisplay,
  }: { dropId: string; revision: number; actor: string; stockDisplay: StockDisplay },
  items: readonly NewDropItem[],
): Promise<void> {
  const skus = items.map((item) => item.sku);
  for (let from = 0; from < items.length; from += ITEMS_A_STATEMENT) {
    const slice = items.slice(from, from + ITEMS_A_STATEMENT);
    await client.query({
      ...sql.upsertDropItems,
      values: [
        dropId,
        from,
        slice.map((item) => item.sku),
        slice.map((item) => item.name),
        slice.map((item) => item.imageUrl),
        slice.map((item) => item.priceMinor),
        slice[0]!.currency,
      ],
    });
  }
  await client.query({ ...sql.removeDropItems, values: [dropId, skus] });
  await client.query({
    ...sql.replaceDropStock,
    values: [dropId, skus, items.map((item) => item.units), `items-${revision}`, actor, stockDisplay],
  });
}
