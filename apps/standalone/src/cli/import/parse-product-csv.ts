import { LIMITS } from '@holdfast/kernel';
import { findColumns } from './columns';
import { decodeFile } from './decode-file';
import { makeOtherSku, makeSku } from './make-sku';
import { collectProduct, type ImportedProduct, type ImportedVariant } from './collect-product';
import { httpUrl } from './http-url';
import { faultOfSku, ProductRow, quoted, readFigures } from './product-rows';
import { readRecords } from './read-records';
import { NOT_ACTIVE, type Rejected } from './rejected';

export interface ParsedProducts {
  products: ImportedProduct[];
  /** Faults, in order of their lines. With one of them nothing is imported unless the operator says so. */
  bad: Rejected[];
  /** Products that are not on offer: left out, and no fault. */
  notActive: Rejected[];
}

/**
 * Reads a product export in Shopify's CSV format. Pure: bytes in, products and rejected rows out.
 * Rows of a product may stand anywhere in the file; what only its first row says (title, text, status) counts for all of them.
 */
export function parseProductCsv(file: Buffer, currency: string): ParsedProducts {
  const decoded = decodeFile(file);
  if (decoded.kind === 'fault') return wholeFile(decoded.reason);
  const { records, broken } = readRecords(decoded.bytes);
  const [header, ...rest] = records;
  if (broken[0] && !(header && header.line < broken[0].line))
    return wholeFile(`the header: ${broken[0].reason}`);
  if (!header) return wholeFile('the file has no header');
  const columns = findColumns(header.fields);
  if (columns.kind === 'fault') return wholeFile(columns.reason);
  const rows = rest.map((record) => new ProductRow(record, columns.index));
  const parsed = new ProductsParser(rows, header.fields.length, currency).parse();
  const bad = [...broken, ...parsed.bad].sort((a, b) => a.line - b.line);
  const skus = parsed.products.reduce((sum, product) => sum + product.variants.length, 0);
  if (skus > LIMITS.dropSkusMax)
    return wholeFile(`the file has ${skus} SKUs, a drop takes ${LIMITS.dropSkusMax} at most`);
  if (rows.length === 0 && bad.length === 0) return wholeFile('the file has a header and no products');
  return { ...parsed, bad };
}

function wholeFile(reason: string): ParsedProducts {
  return { products: [], bad: [{ line: 1, reason }], notActive: [] };
}

const INACTIVE = new Set(['draft', 'archived']);

class ProductsParser {
  private readonly bad: Rejected[] = [];
  private readonly notActive: Rejected[] = [];
  /** Where each SKU was first seen. */
  private readonly lineOfSku = new Map<string, number>();
  /** The options already seen without a SKU: the same ones again are the same variant twice. */
  private readonly lineOfBlank = new Map<string, number>();

  constructor(
    private readonly rows: readonly ProductRow[],
    private readonly columns: number,
    private readonly currency: string,
  ) {}

  parse(): ParsedProducts {
    const active = this.activeProducts(this.byHandle());
    const explicit = new Set(active.flat().map((row) => row.get('sku')));
    const variants = new Map<ProductRow, ImportedVariant>();
    // In the order of the file, not of the products: of two rows with one SKU the later one is the bad one.
    for (const row of active.flat().sort((a, b) => a.line - b.line)) {
      if (row.isPictureOnly) continue;
      const variant = this.readVariant(row, explicit);
      if (variant) variants.set(row, variant);
    }
    const products = active
      .map((rows) =>
        collectProduct(
          rows,
          rows.flatMap((row) => variants.get(row) ?? []),
        ),
      )
      .filter((product) => product.variants.length > 0);
    return { products, bad: this.bad, notActive: this.notActive };
  }

  private byHandle(): ProductRow[][] {
    const groups = new Map<string, ProductRow[]>();
    for (const row of this.rows) {
      if (row.hasNul) this.reject(row, 'the row has a NUL character in it');
      else if (row.hasExtraFields(this.columns))
        this.reject(row, 'the row has more fields than the header: is a comma without quotes in it?');
      else if (row.handle === '') this.reject(row, 'no Handle');
      else if (row.handle.length > LIMITS.nameLengthMax)
        this.reject(row, `Handle ${quoted(row.handle)} is longer than ${LIMITS.nameLengthMax} characters`);
      else if (groups.has(row.handle)) groups.get(row.handle)!.push(row);
      else groups.set(row.handle, [row]);
    }
    return [...groups.values()];
  }

  private activeProducts(groups: ProductRow[][]): ProductRow[][] {
    return groups.filter((rows) => {
      const status = rows.map((row) => row.get('status').toLowerCase()).find((word) => word !== '');
      const inactive = INACTIVE.has(status ?? '');
      if (inactive) this.notActive.push({ line: rows[0]!.line, reason: NOT_ACTIVE });
      else if (rows.every((row) => row.isPictureOnly))
        this.reject(rows[0]!, `no price: the product ${quoted(rows[0]!.handle)} has rows with pictures only`);
      return !inactive;
    });
  }

  private readVariant(row: ProductRow, explicit: ReadonlySet<string>): ImportedVariant | null {
    const figures = readFigures(row, this.currency);
    const sku = row.get('sku');
    const first = sku === '' ? this.lineOfBlank.get(blankKey(row)) : this.lineOfSku.get(sku);
    if (first === undefined) {
      if (sku === '') this.lineOfBlank.set(blankKey(row), row.line);
      else this.lineOfSku.set(sku, row.line);
    }
    if (figures.kind === 'bad') return this.reject(row, figures.reason);
    const fault = faultOfSku(sku);
    if (fault !== null) return this.reject(row, fault);
    if (first !== undefined) return this.reject(row, twice(sku, first));
    return {
      line: row.line,
      sku: sku === '' ? this.madeSku(row, explicit) : sku,
      options: row.options,
      priceMinor: figures.priceMinor,
      units: figures.units,
      imageUrl: httpUrl(row.get('variantImage')),
    };
  }

  private madeSku(row: ProductRow, explicit: ReadonlySet<string>): string {
    const plain = makeSku(row.handle, row.options);
    const taken = explicit.has(plain) || this.lineOfSku.has(plain);
    const sku = taken ? makeOtherSku(row.handle, row.options) : plain;
    this.lineOfSku.set(sku, row.line);
    return sku;
  }

  private reject(row: ProductRow, reason: string): null {
    this.bad.push({ line: row.line, reason });
    return null;
  }
}

function blankKey(row: ProductRow): string {
  return JSON.stringify([row.handle, ...row.options]);
}

function twice(sku: string, firstLine: number): string {
  return sku === ''
    ? `the same product with the same options is in line ${firstLine}, and neither has a SKU`
    : `SKU ${quoted(sku)} twice: it is in line ${firstLine} already`;
}
