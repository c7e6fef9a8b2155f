import type { ChangeRecord, Shown, StockRow } from '@holdfast/contracts';
import { isDropId } from '@holdfast/kernel';
import { UnreadableRecord } from './projector';

export const STOCK_TOPIC = 'holdfast.inventory.stock';
export const DROP_TOPIC = 'holdfast.inventory.drop';

const TIME_MS_MAX = Date.parse('9999-12-31T23:59:59.999Z'); // the last moment that RFC 3339 can express

/** The stock row in a record of the stock topic; null for a delete, which never happens to stock. */
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
    ...shownIn(after),
  };
}

/** Nothing for a row that shows its numbers, or one of before there was anything else. */
function shownIn(row: Record<string, unknown>): { shown?: Shown } {
  const display = row['stock_display'] ?? 'exact';
  if (display === 'exact') return {};
  if (display !== 'bands' && display !== 'hidden') throw new UnreadableRecord('stock_display is no display');
  const at = time(Date.parse(text(row, 'shown_at')));
  return { shown: { display, version: count(row, 'shown_version'), at } };
}

/** The changed drop in a record of the drop topic. Readers load the drop from the ledger. */
export function decodeDrop({ value }: ChangeRecord): { dropId: string; revision: number } | null {
  if (!value?.after) return null;
  return { dropId: dropIdOf(value.after), revision: count(value.after, 'revision') };
}

/** The drop of an undecodable record, by its key; null if the key cannot be decoded either. */
export function dropOf({ key }: ChangeRecord): string | null {
  const dropId = typeof key === 'object' && key !== null ? key['drop_id'] : null;
  return typeof dropId === 'string' && isDropId(dropId) ? dropId : null;
}

/** The id is used in queries, so one that no drop can have is rejected. */
function dropIdOf(row: Record<string, unknown>): string {
  const value = row['drop_id'];
  if (typeof value !== 'string' || !isDropId(value)) throw new UnreadableRecord('drop_id names no drop');
  return value;
}

function time(ms: number): string {
  if (!Number.isSafeInteger(ms) || ms < 0 || ms > TIME_MS_MAX)
    throw new UnreadableRecord('source.ts_ms or shown_at is no time');
  return new Date(ms).toISOString();
}

function text(row: Record<string, unknown>, column: string): string {
  const value = row[column];
  if (typeof value !== 'string' || value === '') throw new UnreadableRecord(`${column} is no text`);
  return value;
}

function count(row: Record<string, unknown>, column: string): number {
  const value = row[column];
  if (!Number.isSafeInteger(value) || (value as number) < 0)
    throw new UnreadableRecord(`${column} is no count`);
  return value as number;
}
