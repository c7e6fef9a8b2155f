import type { ChangeRecord, StockRow } from '@holdfast/contracts';

export const STOCK_TOPIC = 'holdfast.inventory.stock';
export const DROP_TOPIC = 'holdfast.inventory.drop';

/** A record that is not what its topic promises. */
export class PoisonRecord extends Error {}

/** The stock row in a record of the stock topic; null for a delete, which never happens to stock and is no state. */
export function decodeStock({ value }: ChangeRecord): StockRow | null {
  if (!value?.after) return null;
  const { after, source } = value;
  if (!Number.isSafeInteger(source.ts_ms)) throw new PoisonRecord('source.ts_ms is no time');
  return {
    dropId: text(after, 'drop_id'),
    sku: text(after, 'sku'),
    total: count(after, 'total'),
    available: count(after, 'available'),
    held: count(after, 'held'),
    sold: count(after, 'sold'),
    epoch: count(after, 'epoch'),
    version: count(after, 'version'),
    asOf: new Date(source.ts_ms).toISOString(),
  };
}

/** Which drop changed, in a record of the drop topic. The record itself is read from the ledger by whoever needs it. */
export function decodeDrop({ value }: ChangeRecord): { dropId: string; revision: number } | null {
  if (!value?.after) return null;
  return { dropId: text(value.after, 'drop_id'), revision: count(value.after, 'revision') };
}

/** The drop that a record is about, by its key: what can still be told of one that cannot be read. Null when its key says nothing either. */
export function dropOf({ key }: ChangeRecord): string | null {
  const dropId = typeof key === 'object' && key !== null ? key['drop_id'] : null;
  return typeof dropId === 'string' && dropId !== '' ? dropId : null;
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
