import type { ParsedProducts } from './parse-product-csv';
import type { Rejected } from './rejected';

/** Every row that is not imported, in order of the lines. */
export function rejectedOf({ bad, notActive }: Pick<ParsedProducts, 'bad' | 'notActive'>): Rejected[] {
  return [...bad, ...notActive].sort((a, b) => a.line - b.line);
}

/** How much of it an import takes. */
export function importedCounts({ products }: Pick<ParsedProducts, 'products'>) {
  const variants = products.flatMap((product) => product.variants);
  const units = variants.reduce((sum, variant) => sum + variant.units, 0);
  return { products: products.length, skus: variants.length, units };
}
