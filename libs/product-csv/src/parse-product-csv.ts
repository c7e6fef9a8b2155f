import { LIMITS } from '@holdfast/kernel';
import { spelled, findColumns } from './columns';
import { decodeFile } from './decode-file';
import { ProductsParser } from './products-parser';
import type { ImportedProduct } from './collect-product';
import { ProductRow } from './product-rows';
import { readRecords, RECORDS_MAX } from './read-records';
import type { Note, Rejected } from './rejected';
import { findSeparator } from './separator';

export interface ParsedProducts {
  products: ImportedProduct[];
  /** Faults, in order of their lines. With one of them nothing is imported unless the operator says so. */
  bad: Rejected[];
  /** Products that are not on offer: left out, and no fault. */
  notActive: Rejected[];
  /** How many of those `includeHidden` would take. */
  hidden: number;
  /** What was taken otherwise than it is written, in order of the lines. */
  notes: Note[];
}

export interface ParseOptions {
  currency: string;
  /** Takes products that are unlisted or not published, and gift cards. */
  includeHidden?: boolean;
}

/**
 * Reads a product export in Shopify's CSV format. Pure: bytes in, products and rejected rows out.
 * Rows of a product may stand anywhere in the file; what only its first row says (title, text, status) counts for all of them.
 */
export function parseProductCsv(file: Buffer, options: ParseOptions): ParsedProducts {
  const decoded = decodeFile(file);
  if (decoded.kind === 'fault') return wholeFile(decoded.reason);
  const separated = findSeparator(decoded.bytes);
  if (separated.kind === 'fault') return wholeFile(separated.reason);
  const { records, broken, tooMany } = readRecords(decoded.bytes, separated.start);
  if (tooMany) return wholeFile(`the file has more than ${RECORDS_MAX} rows: split it into several files`);
  const [header, ...rest] = records;
  if (broken[0] && !(header && header.line < broken[0].line))
    return wholeFile(`the header: ${broken[0].reason}`);
  if (!header) return wholeFile('the file has no header');
  const columns = findColumns(header.fields);
  if (columns.kind === 'fault') return wholeFile(columns.reason);
  const rows = rest.map((record) => new ProductRow(record, columns.index));
  if (rows.length === 0 && broken.length === 0) return wholeFile('the file has a header and no products');
  const parsed = new ProductsParser(rows, header.fields.length, options).parse();
  const skus = parsed.products.reduce((sum, product) => sum + product.variants.length, 0);
  if (skus > LIMITS.dropSkusMax)
    return wholeFile(`the file has ${skus} SKUs; ${LIMITS.dropSkusMax} at most are possible`);
  const notes = [separated.note, quantitiesNote(parsed.products, columns.index.quantity !== undefined)];
  return {
    ...parsed,
    bad: [...broken, ...parsed.bad].sort(byLine),
    notes: [
      ...notes.flatMap((note) => (note === null ? [] : [{ line: 1, note }])),
      ...parsed.notes.sort(byLine),
    ],
  };
}

/** A file without quantities is a shop that counts elsewhere; a drop of it sells nothing until units are added. */
function quantitiesNote(products: readonly ImportedProduct[], hasColumn: boolean): string | null {
  if (products.length === 0) return null;
  if (!hasColumn)
    return `the file has no column ${spelled('quantity')}: all quantities are set to 0, so everything is sold out`;
  const blank = products.every(({ variants }) => variants.every(({ isCounted }) => !isCounted));
  return blank ? 'no row of the file has a quantity: all are set to 0, so everything is sold out' : null;
}

function byLine(a: { line: number }, b: { line: number }): number {
  return a.line - b.line;
}

function wholeFile(reason: string): ParsedProducts {
  return { products: [], bad: [{ line: 1, reason }], notActive: [], hidden: 0, notes: [] };
}
