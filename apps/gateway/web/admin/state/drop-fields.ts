import { amountOf, minorOf } from './amounts';
import type { BodyOf } from './api';
import { asTyped } from './typed';
import { instantOf, localOf } from './times';
import type { AdminDrop } from './types';

export type NewDrop = BodyOf<'/v1/admin/drops', 'post'>;
export type DropChange = BodyOf<'/v1/admin/drops/{dropId}', 'patch'>;
type Values = Readonly<Record<string, string>>;
type Items = AdminDrop['items'];
type Read = { kind: 'read'; json: NewDrop } | { kind: 'wrong'; errors: Record<string, string> };

/** What can be changed after the drop has opened; the rest is locked. */
const ALWAYS_OPEN = [
  'name',
  'description',
  'imageUrl',
  'closesAt',
  'perCustomerLimit',
  'stockDisplay',
] as const;

export const FIELD_WORDS: Readonly<Record<keyof DropChange, string>> = {
  name: 'Name',
  description: 'Description',
  imageUrl: 'Picture',
  mode: 'Mode',
  opensAt: 'Opens at',
  closesAt: 'Closes at',
  perCustomerLimit: 'Units for one customer',
  holdTtlSeconds: 'A hold lasts, in seconds',
  stockDisplay: 'Shoppers see stock',
  items: 'Items',
};

const WHOLE = /^\d{1,9}$/;

/**
 * The body of a drop from the fields of its form; rows are those of its items, by the numbers in their fields' names. Only what the server could not
 * read is judged here; the rest is for the server. `items`: those that the form shows. What was not changed of them is given back as it is, and a
 * picture, which has no field, belongs to its SKU.
 */
export function readDrop(
  values: Values,
  rows: readonly number[],
  currencyOf: (row: number) => string,
  items: Items = [],
): Read {
  const errors: Record<string, string> = {};
  const text = (name: string) => asTyped(values[name] ?? '');
  const number = (name: string, pointer: string) => {
    if (!WHOLE.test(text(name))) errors[pointer] = 'must be a whole number';
    return Number(text(name));
  };
  if (text('name') === '') errors['/name'] = 'is needed';
  const itemsRead = rows.map((row, index) => {
    const sku = text(`sku-${row}`);
    if (sku === '') errors[`/items/${index}/sku`] = 'is needed';
    const name = text(`name-${row}`);
    const price = text(`price-${row}`);
    const currency = currencyOf(row);
    const amountMinor = price === '' ? undefined : minorOf(price, currency);
    if (price !== '' && amountMinor === undefined)
      errors[`/items/${index}/price`] = 'must be an amount, such as 29.00';
    const known = itemOf(sku, row, items);
    const isSameName = known !== undefined && asTyped(known.name) === name;
    return {
      sku: known?.sku ?? sku,
      total: number(`total-${row}`, `/items/${index}/total`),
      ...(name === '' ? {} : { name: isSameName ? known.name : name }),
      ...(amountMinor === undefined ? {} : { price: { amountMinor, currency } }),
      ...(known?.imageUrl ? { imageUrl: known.imageUrl } : {}),
    };
  });
  const json: NewDrop = {
    name: text('name'),
    description: text('description'),
    imageUrl: text('imageUrl') || null,
    opensAt: text('opensAt') === '' ? null : instantOf(text('opensAt')),
    closesAt: text('closesAt') === '' ? null : instantOf(text('closesAt')),
    perCustomerLimit: number('perCustomerLimit', '/perCustomerLimit'),
    holdTtlSeconds: number('holdTtlSeconds', '/holdTtlSeconds'),
    stockDisplay: (text('stockDisplay') || 'exact') as AdminDrop['stockDisplay'],
    items: itemsRead,
  };
  return Object.keys(errors).length > 0 ? { kind: 'wrong', errors } : { kind: 'read', json };
}

/** What the form shows of a drop, by the names of its fields. */
export function valuesOfDrop(drop: AdminDrop): Record<string, string> {
  const byItem = drop.items.flatMap(({ sku, name, price, stock }, row) => [
    [`sku-${row}`, sku],
    [`total-${row}`, String(stock.total)],
    [`name-${row}`, name],
    [`price-${row}`, amountOf(price.amountMinor, price.currency)],
  ]);
  return {
    name: drop.name,
    description: drop.description,
    imageUrl: drop.imageUrl ?? '',
    opensAt: localOf(drop.opensAt),
    closesAt: localOf(drop.closesAt),
    perCustomerLimit: String(drop.perCustomerLimit),
    holdTtlSeconds: String(drop.holdTtlSeconds),
    stockDisplay: drop.stockDisplay,
    ...Object.fromEntries(byItem),
  };
}

/**
 * The part of the body that the person has changed. The rest is not sent, since a form cannot give all of it back as it was: a field has no
 * seconds, say.
 */
export function changesOfDrop(json: NewDrop, drop: AdminDrop): DropChange {
  const before = bodyOf(drop);
  return pick(json, (field) => !same(json[field], before[field]));
}

/** Whether this version has all that was sent: then it was saved, though the answer was lost. */
export function isSaved(sent: DropChange, drop: AdminDrop): boolean {
  const now = bodyOf(drop);
  const bySku = new Map(now.items.map((it) => [it.sku, it]));
  // What an item did not name came from its product.
  const areSaved = (items: NewDrop['items']) =>
    items.length === now.items.length &&
    items.every((it) => same({ ...bySku.get(it.sku), ...it }, bySku.get(it.sku)));
  const { items, ...others } = sent;
  const fields = Object.keys(others) as (keyof typeof others & keyof NewDrop)[];
  return (items === undefined || areSaved(items)) && fields.every((field) => same(others[field], now[field]));
}

/** What somebody else has changed between the two versions, in words. */
export function differencesOf(before: AdminDrop, after: AdminDrop): string[] {
  const [a, b] = [bodyOf(before), bodyOf(after)];
  const changed = Object.keys(pick(a, (field) => !same(a[field], b[field]))) as (keyof DropChange)[];
  const words = changed.map((field) =>
    field === 'items'
      ? 'Items were changed.'
      : `${FIELD_WORDS[field]}: ${shown(a[field])} → ${shown(b[field])}`,
  );
  return before.state === after.state ? words : [`State: ${before.state} → ${after.state}`, ...words];
}

export function isLocked(field: keyof DropChange, state: AdminDrop['state']): boolean {
  if (state === 'draft' || state === 'scheduled') return false;
  return !(ALWAYS_OPEN as readonly string[]).includes(field);
}

/** The drop as its form would give it back. */
function bodyOf(drop: AdminDrop): NewDrop {
  const rows = [...drop.items.keys()];
  const currencyOf = (row: number) => drop.items[row]!.price.currency;
  const read = readDrop(valuesOfDrop(drop), rows, currencyOf, drop.items);
  if (read.kind === 'wrong')
    throw new Error(`a drop that its form cannot read: ${JSON.stringify(read.errors)}`);
  return read.json;
}

/** The item of this SKU, as a form gives it back: the row's own, or one that was removed and added again. */
function itemOf(sku: string, row: number, items: Items): Items[number] | undefined {
  const isIt = (item: Items[number] | undefined) => item !== undefined && asTyped(item.sku) === sku;
  return isIt(items[row]) ? items[row] : items.find(isIt);
}

function pick(json: NewDrop, wanted: (field: keyof NewDrop) => boolean): DropChange {
  const fields = Object.keys(json) as (keyof NewDrop)[];
  return Object.fromEntries(fields.filter(wanted).map((field) => [field, json[field]]));
}

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);
const shown = (value: unknown) => (value === null || value === '' ? 'none' : String(value));
