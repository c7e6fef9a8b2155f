import type { BodyOf } from './api';
import { amountOf, minorOf } from './amounts';
import { asTyped } from './typed';
import type { Product } from './types';

export type NewProduct = BodyOf<'/v1/admin/products', 'post'>;
type Read = { kind: 'read'; json: NewProduct } | { kind: 'wrong'; errors: Record<string, string> };

/** The body for a product from the fields of its form. A product can have SKUs in several currencies. */
export function readProduct(
  values: Record<string, string>,
  rows: readonly number[],
  currencyOf: (row: number) => string,
): Read {
  const errors: Record<string, string> = {};
  const text = (name: string) => values[name] ?? '';
  if (text('name') === '') errors['/name'] = 'is needed';
  const skus = rows.map((row, index) => {
    const sku = text(`sku-${row}`);
    if (sku === '') errors[`/skus/${index}/sku`] = 'is needed';
    const currency = currencyOf(row);
    const amountMinor = minorOf(text(`price-${row}`), currency);
    if (amountMinor === undefined) errors[`/skus/${index}/price`] = 'must be an amount, such as 29.00';
    return {
      sku,
      name: text(`name-${row}`) || text('name'),
      price: { amountMinor: amountMinor ?? 0, currency },
    };
  });
  const json = {
    name: text('name'),
    ...(text('handle') === '' ? {} : { handle: text('handle') }),
    description: text('description'),
    imageUrls: text('imageUrls').split(/\s+/).filter(Boolean),
    skus,
  };
  return Object.keys(errors).length > 0 ? { kind: 'wrong', errors } : { kind: 'read', json };
}

/** What the form shows of a product, by the names of its fields. */
export function valuesOfProduct(product: Product): Record<string, string> {
  const { name, handle, description, imageUrls, skus } = product;
  const bySku = skus.flatMap(({ sku, name: skuName, price }, row) => [
    [`sku-${row}`, sku],
    [`name-${row}`, skuName],
    [`price-${row}`, amountOf(price.amountMinor, price.currency)],
  ]);
  return { name, handle, description, imageUrls: imageUrls.join('\n'), ...Object.fromEntries(bySku) };
}

/** The version that is edited, of the body: a proxy on the way may leave out the header ETag, or weaken it. */
export const ifMatchOf = (product: Product) => ({ 'If-Match': `"${product.revision}"` });

/**
 * The part of the body that the person has changed. The rest is not sent, since a form cannot give all of it back as it was: it loses the blanks at
 * the end of a description, say.
 */
export function changesOf(json: NewProduct, product: Product): Partial<NewProduct> {
  const shown = Object.entries(valuesOfProduct(product)).map(([name, value]) => [name, asTyped(value)]);
  const rows = product.skus.map((_, row) => row);
  const before = readProduct(Object.fromEntries(shown), rows, (row) => product.skus[row]!.price.currency);
  if (before.kind === 'wrong') return json;
  const text = (value: unknown) => JSON.stringify(value);
  return Object.fromEntries(
    Object.entries(json).filter(
      ([name, value]) => text(value) !== text(before.json[name as keyof NewProduct]),
    ),
  );
}
