import { InvalidDrop, type NewDrop, type NewDropItem, type NewProduct } from '@holdfast/contracts';
import { isCurrency, LIMITS } from '@holdfast/kernel';

const IMAGES_MAX = 250; // Shopify's limit for one product
const PRODUCTS_MAX = LIMITS.dropSkusMax;
const YEAR_MAX = 9999; // RFC 3339 has no later years

/**
 * RFC 3339, section 5.6: a full date and time with an offset. `Date.parse` alone accepts many other formats.
 */
const TIMESTAMP = /^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})$/;

/** An unpaired surrogate. */
const HALF_PAIR = /\p{Surrogate}/u;

/** Milliseconds since the Unix epoch, or undefined if the text is not an RFC 3339 time. */
export function parseTimestamp(text: string): number | undefined {
  const ms = TIMESTAMP.test(text) ? Date.parse(text.replace(' ', 'T').toUpperCase()) : Number.NaN;
  if (Number.isNaN(ms) || new Date(ms).getUTCFullYear() > YEAR_MAX) return undefined;
  // Date.parse reads 30 February as 2 March.
  const day = text.slice(0, 10);
  return new Date(`${day}T00:00:00Z`).toISOString().startsWith(day) ? ms : undefined;
}

/** Throws `InvalidDrop` for the first value that the ledger must not accept, saying what to change. */
export function checkNewDrop(drop: NewDrop, products: readonly NewProduct[]): void {
  checkText('the name of the drop', drop.name, LIMITS.nameLengthMax, true);
  checkText('the description of the drop', drop.description, LIMITS.dropDescriptionLengthMax);
  checkText('the image URL of the drop', drop.imageUrl ?? '', LIMITS.imageUrlLengthMax);
  checkWhole(
    'the limit per customer',
    drop.perCustomerLimit,
    LIMITS.perCustomerLimitMin,
    LIMITS.perCustomerLimitMax,
  );
  checkWhole(
    'the hold time in seconds',
    drop.holdTtlSeconds,
    LIMITS.holdTtlSecondsMin,
    LIMITS.holdTtlSecondsMax,
  );
  checkTimes(drop);
  checkItems(drop.items);
  checkProducts(products);
}

function checkTimes({ opensAt, closesAt }: NewDrop): void {
  const opens = opensAt === null || opensAt === 'now' ? null : parseTimestamp(opensAt);
  const closes = closesAt === null ? null : parseTimestamp(closesAt);
  if (opens === undefined)
    refuse('the opening time must be RFC 3339, such as 2026-12-01T10:00:00Z, or "now"');
  if (closes === undefined) refuse('the closing time must be RFC 3339, such as 2026-12-01T12:00:00Z');
  if (opens !== null && closes !== null && closes <= opens) refuse('the drop must close after it opens');
}

function checkItems(items: readonly NewDropItem[]): void {
  if (items.length === 0) refuse('a drop needs at least one item');
  if (items.length > LIMITS.dropSkusMax)
    refuse(`a drop has at most ${LIMITS.dropSkusMax} SKUs, not ${items.length}`);
  const seen = new Set<string>();
  for (const item of items) {
    const what = checkSellable(item);
    checkText(`the image URL of ${what}`, item.imageUrl ?? '', LIMITS.imageUrlLengthMax);
    checkWhole(`the units of ${what}`, item.units, 0, LIMITS.skuUnitsMax);
    if (seen.has(item.sku)) refuse(`${what} is there twice`);
    seen.add(item.sku);
    // A hold has one total, so its lines must be in one currency.
    if (item.currency !== items[0]!.currency)
      refuse(`all prices of a drop must be in one currency, not ${items[0]!.currency} and ${item.currency}`);
  }
}

function checkProducts(products: readonly NewProduct[]): void {
  if (products.length > PRODUCTS_MAX)
    refuse(`at most ${PRODUCTS_MAX} products at once, not ${products.length}`);
  const handles = new Set<string>();
  const skus = new Set<string>();
  for (const product of products) {
    checkText('the handle of a product', product.handle, LIMITS.nameLengthMax, true);
    const what = `product ${shown(product.handle)}`;
    if (handles.has(product.handle)) refuse(`${what} is there twice`);
    handles.add(product.handle);
    checkText(`the name of ${what}`, product.name, LIMITS.nameLengthMax, true);
    checkText(`the description of ${what}`, product.description, LIMITS.dropDescriptionLengthMax);
    if (product.imageUrls.length > IMAGES_MAX) refuse(`${what} has more than ${IMAGES_MAX} pictures`);
    for (const url of product.imageUrls) checkText(`an image URL of ${what}`, url, LIMITS.imageUrlLengthMax);
    for (const sku of product.skus) {
      if (skus.has(sku.sku)) refuse(`${checkSellable(sku)} is there twice among the products`);
      checkSellable(sku);
      skus.add(sku.sku);
    }
  }
}

/** Checks the common fields of items and catalogue SKUs. Returns its name for messages. */
function checkSellable(it: { sku: string; name: string; priceMinor: number; currency: string }): string {
  checkText('a SKU', it.sku, LIMITS.skuLengthMax, true);
  const what = `SKU ${shown(it.sku)}`;
  checkText(`the name of ${what}`, it.name, LIMITS.nameLengthMax, true);
  checkWhole(`the price of ${what} in minor units`, it.priceMinor, 0, LIMITS.priceMinorMax);
  if (!isCurrency(it.currency)) refuse(`the currency of ${what} must be an ISO 4217 code such as EUR`);
  return what;
}

function checkText(what: string, text: string, lengthMax: number, needed = false): void {
  if (needed && text.trim() === '') refuse(`${what} must not be empty`);
  if (text.length > lengthMax)
    refuse(`${what} has ${text.length} characters; at most ${lengthMax} are allowed`);
  // PostgreSQL's text cannot contain NUL, and an unpaired surrogate would be stored as another character.
  if (text.includes('\0') || HALF_PAIR.test(text)) refuse(`${what} has a character that cannot be stored`);
}

function checkWhole(what: string, value: number, min: number, max: number): void {
  if (!Number.isInteger(value) || value < min || value > max)
    refuse(`${what} must be a whole number from ${min} to ${max}`);
}

/** Quoted and truncated, so that messages stay one readable line. */
function shown(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 57)}…` : text);
}

function refuse(message: string): never {
  throw new InvalidDrop(message);
}
