import type { LiveMessage, Shown, StockRow } from '@holdfast/contracts';

type RowFields = [
  epoch: number,
  version: number,
  total: number,
  available: number,
  held: number,
  sold: number,
  asOf: string,
  sku: string,
  /** Null where shoppers see the counts; absent in a row of an instance of before, which did not know. */
  shown?: [display: Shown['display'], version: number, at: string] | null,
];

/**
 * A row as the view stores it. Epoch and version are first: `apply-rows` reads them without decoding the
 * rest.
 */
export function encodeRow(row: StockRow): string {
  const { epoch, version, total, available, held, sold, asOf, sku, shown, unmarked } = row;
  const fields: RowFields = [epoch, version, total, available, held, sold, asOf, sku];
  if (shown) fields.push([shown.display, shown.version, shown.at]);
  else if (!unmarked) fields.push(null);
  return JSON.stringify(fields);
}

function toRow(dropId: string, fields: RowFields): StockRow {
  const [epoch, version, total, available, held, sold, asOf, sku, shown] = fields;
  const row: StockRow = { dropId, sku, total, available, held, sold, epoch, version, asOf };
  if (shown === undefined) row.unmarked = true;
  if (shown) row.shown = { display: shown[0], version: shown[1], at: shown[2] };
  return row;
}

/** A snapshot of a drop in the view. */
export interface DropImage {
  rows: StockRow[];
  /**
   * `<load>:<number of changes since>`: equal positions mean equal rows. Null when the drop is incomplete: it
   * was never loaded from the ledger, or was lost, and its rows may be fewer or older than those shown
   * before.
   */
  position: string | null;
}

/** Decodes the hash of a drop. Fields that begin with NUL belong to unfinished loads. */
export function decodeImage(dropId: string, hash: Record<string, string>): DropImage {
  const rows: StockRow[] = [];
  for (const [sku, text] of Object.entries(hash)) {
    if (sku !== '' && !sku.startsWith('\0')) rows.push(toRow(dropId, JSON.parse(text) as RowFields));
  }
  return { rows, position: hash[''] ?? null };
}

/**
 * A message of the channel: for readers, or a renewal of the lease; counts carry the position that they lead
 * to.
 */
export type ViewMessage =
  | { kind: 'stock'; dropId: string; rows: StockRow[]; position: string | null }
  | Exclude<LiveMessage, { kind: 'stock' }>
  /** The view was correct as of `asOf`, and is trusted for `lastsMs` from now. */
  | { kind: 'lease'; lastsMs: number; asOf: string };

/**
 * The message of changed rows up to the first of them; the rows, and after them `],"position":"…"}`, follow.
 */
export function stockMessageHead(dropId: string): string {
  return `{"kind":"stock","dropId":${JSON.stringify(dropId)},"rows":[`;
}

export function encodeMessage(message: LiveMessage): string {
  if (message.kind !== 'stock') return JSON.stringify(message);
  return `${stockMessageHead(message.dropId)}${message.rows.map(encodeRow).join(',')}],"position":""}`;
}

/** Decodes what `encodeMessage` and the scripts write. Null for anything else. */
export function decodeMessage(text: string): ViewMessage | null {
  let it: ViewMessage | { kind: 'stock'; dropId: string; rows: RowFields[]; position: string };
  try {
    it = JSON.parse(text) as typeof it;
  } catch {
    return null;
  }
  if (it.kind !== 'stock') return it as ViewMessage;
  const { kind, dropId, position } = it;
  const rows = (it.rows as RowFields[]).map((fields) => toRow(dropId, fields));
  return { kind, dropId, rows, position: position === '' ? null : position };
}

/** True when `next` is the change directly after `known`. */
export function follows(known: string | null, next: string | null): boolean {
  if (known === null || next === null) return false;
  const [load, count] = known.split(':');
  return next === `${load}:${Number(count) + 1}`;
}
