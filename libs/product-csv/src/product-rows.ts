import { LIMITS, parseAmountMinor } from '@holdfast/kernel';
import type { ColumnIndex, ColumnName } from './columns';
import type { CsvRecord } from './read-records';

/** What makes a row one of a variant. */
const VARIANT_COLUMNS: readonly ColumnName[] = ['sku', 'price', 'quantity', 'option1', 'option2', 'option3'];

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
    return at === undefined ? '' : (this.record.fields[at] ?? '').trim();
  }

  get handle(): string {
    return this.get('handle');
  }

  /** Without the apostrophe that keeps a spreadsheet from taking its digits for a number. */
  get sku(): string {
    return this.get('sku').replace(/^'(?=\d)/, '');
  }

  get hasApostrophe(): boolean {
    return this.sku !== this.get('sku');
  }

  /** Option values; the "Default Title" that Shopify gives a product without options is none. */
  get options(): string[] {
    const values = [this.get('option1'), this.get('option2'), this.get('option3')].filter(
      (value) => value !== '',
    );
    return values.length === 1 && values[0] === 'Default Title' ? [] : values;
  }

  /** False for a row that only adds a picture to its product, or nothing at all. */
  get isVariant(): boolean {
    return VARIANT_COLUMNS.some((column) => this.get(column) !== '');
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
  { kind: 'good'; priceMinor: number; units: number; notes: string[] } | { kind: 'bad'; reason: string };

export function readFigures(row: ProductRow, currency: string): VariantFigures {
  const price = row.get('price');
  if (price === '') return bad('no price');
  const priceMinor = parseAmountMinor(price, currency);
  if (priceMinor === undefined)
    return bad(
      `price ${quoted(price)} is not a valid amount in ${currency}, such as ${exampleAmount(currency)}`,
    );
  if (priceMinor > LIMITS.priceMinorMax) return bad(`price ${quoted(price)} is too high`);
  const quantity = row.get('quantity');
  const whole = /^(-?)(\d*)(?:\.0+)?$/.exec(quantity);
  if (!whole || (whole[2] === '' && quantity !== ''))
    return bad(`quantity ${quoted(quantity)} is not a whole number`);
  const units = Number(whole[2]);
  const isNegative = whole[1] === '-' && units > 0;
  if (units > LIMITS.skuUnitsMax && !isNegative)
    return bad(`quantity ${quoted(quantity)} is more than ${LIMITS.skuUnitsMax}`);
  const notes = [
    ...(priceMinor === 0 ? ['the price is 0'] : []),
    ...(isNegative ? [`the quantity ${quoted(quantity)} is negative: 0 is used`] : []),
  ];
  return { kind: 'good', priceMinor, units: isNegative ? 0 : units, notes };
}

/** Why this text cannot be a SKU, or null. */
export function faultOfSku(sku: string): string | null {
  if (sku.length > LIMITS.skuLengthMax)
    return `SKU ${quoted(sku)} is longer than ${LIMITS.skuLengthMax} characters`;
  return /\p{Cc}/u.test(sku) ? `SKU ${quoted(sku)} contains a line break or another control character` : null;
}

function bad(reason: string): VariantFigures {
  return { kind: 'bad', reason };
}

function exampleAmount(currency: string): string {
  return ['129.9999', '129.999', '129.99', '129'].find(
    (text) => parseAmountMinor(text, currency) !== undefined,
  )!;
}

const QUOTED_MAX = 40; // enough to find the cell; a pasted page would fill the terminal

/** A cell's text for a message: short, on one line, without control characters (a terminal would obey them). */
export function quoted(text: string): string {
  const shown = text.replace(/\p{C}/gu, ' ');
  return `"${shown.length > QUOTED_MAX ? `${shown.slice(0, QUOTED_MAX)}…` : shown}"`;
}
