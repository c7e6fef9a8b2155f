import { LIMITS } from '@holdfast/kernel';
import { collectProduct, type ImportedProduct, type ImportedVariant } from './collect-product';
import { SkuNames } from './name-skus';
import { offerOf } from './on-offer';
import type { ParsedProducts, ParseOptions } from './parse-product-csv';
import { isUnsafePicture, pictureUrl } from './picture-url';
import { type ProductRow, quoted, readFigures, faultOfSku } from './product-rows';
import { NOT_ACTIVE, type Note, type Rejected } from './rejected';

/** Puts the rows of a file together as products, and says of each row that is left out or changed why. */
export class ProductsParser {
  private readonly bad: Rejected[] = [];
  private readonly notActive: Rejected[] = [];
  private readonly notes: Note[] = [];
  private hidden = 0;

  constructor(
    private readonly rows: readonly ProductRow[],
    private readonly columns: number,
    private readonly options: ParseOptions,
  ) {}

  parse(): ParsedProducts {
    const offered = this.offeredProducts(this.byHandle());
    // In the order of the file, not of the products: of two rows with one SKU the later one is the bad one.
    const rows = offered
      .flat()
      .filter((row) => row.isVariant)
      .sort((a, b) => a.line - b.line);
    const names = new SkuNames(rows);
    const variants = new Map<ProductRow, ImportedVariant>();
    for (const row of rows) {
      const variant = this.readVariant(row, names);
      if (variant) variants.set(row, variant);
    }
    const products = offered.flatMap((rowsOfOne) => this.collect(rowsOfOne, variants));
    const { bad, notActive, hidden, notes } = this;
    return { products, bad, notActive, hidden, notes };
  }

  private byHandle(): ProductRow[][] {
    const groups = new Map<string, ProductRow[]>();
    for (const row of this.rows) {
      if (row.hasNul) this.reject(row, 'the row contains a NUL character');
      else if (row.hasExtraFields(this.columns))
        this.reject(row, 'the row has more fields than the header: is there an unquoted comma?');
      else if (row.handle === '') this.reject(row, 'no Handle');
      else if (row.handle.length > LIMITS.nameLengthMax)
        this.reject(row, `Handle ${quoted(row.handle)} is longer than ${LIMITS.nameLengthMax} characters`);
      else if (groups.has(row.handle)) groups.get(row.handle)!.push(row);
      else groups.set(row.handle, [row]);
    }
    return [...groups.values()];
  }

  private offeredProducts(groups: ProductRow[][]): ProductRow[][] {
    return groups.filter((rows) => {
      const offer = offerOf(rows);
      if (offer === 'left-out' || (offer === 'hidden' && this.options.includeHidden !== true)) {
        if (offer === 'hidden') this.hidden += 1;
        this.notActive.push({ line: rows[0]!.line, reason: NOT_ACTIVE });
        return false;
      }
      if (rows.some((row) => row.isVariant)) return true;
      this.reject(rows[0]!, `no price: no row of the product ${quoted(rows[0]!.handle)} has one`);
      return false;
    });
  }

  private readVariant(row: ProductRow, names: SkuNames): ImportedVariant | null {
    const figures = readFigures(row, this.options.currency);
    if (figures.kind === 'bad') return this.reject(row, figures.reason);
    const fault = faultOfSku(row.sku);
    if (fault !== null) return this.reject(row, fault);
    const named = names.name(row);
    if (named.kind === 'bad') return this.reject(row, named.reason);
    for (const note of [...figures.notes, ...named.notes]) this.note(row, note);
    return {
      line: row.line,
      sku: named.sku,
      options: row.options,
      priceMinor: figures.priceMinor,
      units: figures.units,
      isCounted: row.get('quantity') !== '',
      imageUrl: pictureUrl(row.get('variantImage')),
    };
  }

  private collect(rows: ProductRow[], variants: ReadonlyMap<ProductRow, ImportedVariant>): ImportedProduct[] {
    const own = rows.flatMap((row) => variants.get(row) ?? []);
    if (own.length === 0) return [];
    for (const row of rows) {
      if (!row.isVariant && row.get('image') === '')
        this.note(row, 'the row adds neither a variant nor an image and was skipped');
      if (isUnsafePicture(row.get('image')) || isUnsafePicture(row.get('variantImage')))
        this.note(row, 'the image has an http address: pages will load it over https');
    }
    return [collectProduct(rows, own)];
  }

  private note(row: ProductRow, note: string): void {
    this.notes.push({ line: row.line, note });
  }

  private reject(row: ProductRow, reason: string): null {
    this.bad.push({ line: row.line, reason });
    return null;
  }
}
