import type { ProductPart } from '@holdfast/contracts';
import type { ImportedProduct } from './collect-product';
import { productOf } from './drop-from-products';

/** What a part may hold: it is checked, sent and stored in a few milliseconds, so that nothing else waits for it. */
const ROWS_MAX = 250;
const CHARACTERS_MAX = 256 * 1024; // one product with the most and longest picture addresses may exceed it once

/** The products and their SKUs as the catalogue keeps them, in parts of a bounded size. A product may have thousands of SKUs, so these are rows of their own. */
export function* productParts(
  products: readonly ImportedProduct[],
  currency: string,
): Generator<ProductPart> {
  let part: ProductPart = { products: [], skus: [] };
  let characters = 0;
  let rows = 0;
  for (const product of products) {
    const { skus, ...rest } = productOf(product, currency);
    const line = product.variants[0]!.line;
    part.products.push({ ...rest, line });
    characters += sizeOf(rest.description, ...rest.imageUrls);
    rows += 1;
    for (const [at, { sku, name, priceMinor }] of skus.entries()) {
      if (rows >= ROWS_MAX || characters >= CHARACTERS_MAX) {
        yield part;
        part = { products: [], skus: [] };
        characters = 0;
        rows = 0;
      }
      const row = { handle: product.handle, sku, name, priceMinor, currency };
      part.skus.push({ ...row, position: at, line: product.variants[at]!.line });
      rows += 1;
    }
  }
  if (rows > 0) yield part;
}

function sizeOf(...texts: string[]): number {
  return texts.reduce((sum, { length }) => sum + length, 0);
}
