import type { ProductPart } from '@holdfast/contracts';
import { importedCounts, parseProductCsv, productParts, rejectedOf } from '@holdfast/product-csv';
import type { ProductFileOptions, ReadProductFile } from '../../application/ports/product-files.port';

/** Reads a whole file, which takes up to a few seconds. */
export function readProductFile(
  file: Buffer,
  options: ProductFileOptions,
): { read: ReadProductFile; parts: Iterator<ProductPart> } {
  const parsed = parseProductCsv(file, options);
  const read = {
    counts: importedCounts(parsed),
    bad: parsed.bad.length,
    rejected: JSON.stringify(rejectedOf(parsed)),
    notes: JSON.stringify(parsed.notes),
  };
  return { read, parts: productParts(parsed.products, options.currency) };
}
