import type { DropItemRequest, FieldErrors, NewDropItem } from '@holdfast/contracts';

/** What a product says of one of its SKUs. */
export interface CatalogueSku {
  sku: string;
  name: string;
  priceMinor: number;
  currency: string;
  imageUrl: string | null;
}

export type ResolvedItems =
  { kind: 'items'; items: NewDropItem[] } | { kind: 'invalid'; errors: FieldErrors };

/** Completes the items of a drop from the merchant's products. A SKU that no product has needs a name and a price. */
export function resolveItems(
  wanted: readonly DropItemRequest[],
  catalogue: readonly CatalogueSku[],
): ResolvedItems {
  const bySku = new Map(catalogue.map((it) => [it.sku, it]));
  const errors: FieldErrors = [];
  const seen = new Set<string>();
  const items = wanted.map((item, i): NewDropItem => {
    const product = bySku.get(item.sku);
    const fail = (field: string, message: string) =>
      errors.push({ pointer: `/items/${i}/${field}`, message });
    if (seen.has(item.sku)) fail('sku', 'appears in an earlier item');
    seen.add(item.sku);
    const name = item.name ?? product?.name;
    const priceMinor = item.price?.amountMinor ?? product?.priceMinor;
    if (name === undefined) fail('name', 'is needed, because no product has this SKU');
    if (priceMinor === undefined) fail('price', 'is needed, because no product has this SKU');
    return {
      sku: item.sku,
      name: name ?? '',
      imageUrl: item.imageUrl === undefined ? (product?.imageUrl ?? null) : item.imageUrl,
      priceMinor: priceMinor ?? 0,
      currency: item.price?.currency ?? product?.currency ?? '',
      units: item.total,
    };
  });
  // A hold has one total, so its lines must be in one currency.
  const currency = items.find((item) => item.currency !== '')?.currency;
  for (const [i, item] of items.entries())
    if (item.currency !== '' && item.currency !== currency)
      errors.push({ pointer: `/items/${i}/price`, message: `must be in ${currency} like the other items` });
  return errors.length > 0 ? { kind: 'invalid', errors } : { kind: 'items', items };
}
