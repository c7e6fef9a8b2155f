import { LIMITS, parseAmountMinor } from '@holdfast/kernel';
import type { ColumnIndex, ColumnName } from './columns';
import type { CsvRecord } from './read-records';

/** One record by column name. A column that the file lacks, or that the record is too short for, is blank. */
export class ProductRow {
  readonly line: number;

  constructor(
    private readonly record: CsvRecord,
    private readonly index: ColumnIndex,
  ) {
    this.line = record.line;
  }

  get(column: ColumnName): string {
    const at = this.index[column];
    return at === undefined ? '' : (this.record.fields[at] ?? '');
  }

  get handle(): string {
    return this.get('handle');
  }

  /** Option values; the "Default Title" that Shopify gives a product without options is none. */
  get options(): string[] {
    const values = [this.get('option1'), this.get('option2'), this.get('option3')].filter(
      (value) => value !== '',
    );
    return values.length === 1 && values[0] === 'Default Title' ? [] : values;
  }

  /** A row that only adds a picture to its product. */
  get isPictureOnly(): boolean {
    const variant: ColumnName[] = ['title', 'sku', 'price', 'quantity', 'option1', 'option2', 'option3'];
    return this.get('image') !== '' && variant.every((column) => this.get(column) === '');
  }

  /** Text beyond the last column means that a comma stands unquoted somewhere and all behind it is in the wrong column. */
  hasExtraFields(columns: number): boolean {
    return this.record.fields.slice(columns).some((field) => field !== '');
  }

  get hasNul(): boolean {
    return this.record.fields.some((field) => field.includes('\0'));
  }
}

/** What a variant's row says about itself, or why it cannot be imported. */
export type VariantFigures =
  { kind: 'good'; priceMinor: number; units: number } | { kind: 'bad'; reason: string };

export function readFigures(row: ProductRow, currency: string): VariantFigures {
  const price = row.get('price');
  if (price === '') return bad('no price');
  const priceMinor = parseAmountMinor(price, currency);
  if (priceMinor === undefined)
    return bad(`price ${quoted(price)} is no amount in ${currency} such as ${exampleAmount(currency)}`);
  if (priceMinor > LIMITS.priceMinorMax) return bad(`price ${quoted(price)} is too high`);
  const quantity = row.get('quantity');
  if (!/^\d*$/.test(quantity)) return bad(`quantity ${quoted(quantity)} is no whole number from 0 up`);
  const units = Number(quantity);
  if (units > LIMITS.skuUnitsMax)
    return bad(`quantity ${quoted(quantity)} is more than ${LIMITS.skuUnitsMax}`);
  return { kind: 'good', priceMinor, units };
}

/** Why this text cannot be a SKU, or null. */
export function faultOfSku(sku: string): string | null {
  if (sku.length > LIMITS.skuLengthMax)
    return `SKU ${quoted(sku)} is longer than ${LIMITS.skuLengthMax} characters`;
  return /\p{Cc}/u.test(sku)
    ? `SKU ${quoted(sku)} has a line break or another control character in it`
    : null;
}

function bad(reason: string): VariantFigures {
  return { kind: 'bad', reason };
}

function exampleAmount(currency: string): string {
  return ['129.000', '129.00', '129'].find((text) => parseAmountMinor(text, currency) !== undefined) ?? '129';
}

const QUOTED_MAX = 40; // enough to find the cell; a pasted page would fill the terminal

/** A cell's text for a message: short, on one line, without control characters (a terminal would obey them). */
export function quoted(text: string): string {
  const shown = text.replace(/\p{C}/gu, ' ');
  return `"${shown.length > QUOTED_MAX ? `${shown.slice(0, QUOTED_MAX)}…` : shown}"`;
}
