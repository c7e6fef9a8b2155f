import type { ChangeRecord, StockRow } from '@holdfast/contracts';

export const STOCK_TOPIC = 'holdfast.inventory.stock';
export const DROP_TOPIC = 'holdfast.inventory.drop';

/** A record that is not what its topic promises. */
export class PoisonRecord extends Error {}

const DROP_ID = /^[a-z][0-9a-z]{2,31}$/; // as the ledger's own CHECK
const TIME_MS_MAX = Date.parse('9999-12-31T23:59:59.999Z'); // beyond it RFC 3339 has no words

/** The stock row in a record of the stock topic; null for a delete, which never happens to stock and is no state. */
export function decodeStock({ value }: ChangeRecord): StockRow | null {
  if (!value?.after) return null;
  const { after, source } = value;
  return {
    dropId: dropIdOf(after),
    sku: text(after, 'sku'),
    total: count(after, 'total'),
    available: count(after, 'available'),
    held: count(after, 'held'),
    sold: count(after, 'sold'),
    epoch: count(after, 'epoch'),
    version: count(after, 'version'),
    asOf: time(source.ts_ms),
  };
}

/** Which drop changed, in a record of the drop topic. The record itself is read from the ledger by whoever needs it. */
export function decodeDrop({ value }: ChangeRecord): { dropId: string; revision: number } | null {
  if (!value?.after) return null;
  return { dropId: dropIdOf(value.after), revision: count(value.after, 'revision') };
}

/** The drop that a record is about, by its key: what can still be told of one that cannot be read. Null when its key says nothing either. */
export function dropOf({ key }: ChangeRecord): string | null {
  const dropId = typeof key === 'object' && key !== null ? key['drop_id'] : null;
  return isDropId(dropId) ? dropId : null;
}

function isDropId(value: unknown): value is string {
  return typeof value === 'string' && DROP_ID.test(value);
}

/** Whoever gets it asks the ledger with it: one that no drop can have must not get there. */
function dropIdOf(row: Record<string, unknown>): string {
  const value = row['drop_id'];
  if (!isDropId(value)) throw new PoisonRecord('drop_id names no drop');
  return value;
}

function time(ms: number): string {
  if (!Number.isSafeInteger(ms) || ms < 0 || ms > TIME_MS_MAX)
    throw new PoisonRecord('source.ts_ms is no time');
  return new Date(ms).toISOString();
}

function text(row: Record<string, unknown>, column: string): string {
  const value = row[column];
  if (typeof value !== 'string' || value === '') throw new PoisonRecord(`${column} is no text`);
  return value;
}

function count(row: Record<string, unknown>, column: string): number {
  const value = row[column];
  if (!Number.isSafeInteger(value) || (value as number) < 0) throw new PoisonRecord(`${column} is no count`);
  return value as number;
}
