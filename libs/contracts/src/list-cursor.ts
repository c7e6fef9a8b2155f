export interface Page<T> {
  items: T[];
  nextCursor: string | null;
}

/** Thrown for a cursor that no list has issued. */
export class InvalidCursor extends Error {}

/** The position at which a page of a list ended: time and id of its last item. */
export interface ListPosition {
  /** RFC 3339 in UTC, with the precision that the ledger stores. */
  createdAt: string;
  id: string;
}

/** Cursors are opaque, so that the order of a list may change without breaking clients. */
export function encodeCursor({ createdAt, id }: ListPosition): string {
  return Buffer.from(`${createdAt} ${id}`).toString('base64url');
}

const POSITION = /^((\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\.(\d{3}|\d{6})Z) ([a-z][0-9a-z_-]{2,79})$/;
const TEXT_MAX = 200;

/**
 * Throws `InvalidCursor` for anything that `encodeCursor` cannot have made. Accepts only times that are valid
 * in JavaScript and PostgreSQL (no year 0000, no 31 February, no 24:00), so that a forged cursor never causes
 * a database error.
 */
export function decodeCursor(cursor: string): ListPosition {
  const match =
    cursor.length <= TEXT_MAX ? POSITION.exec(Buffer.from(cursor, 'base64url').toString('latin1')) : null;
  if (!match) throw invalid();
  const position = { createdAt: match[1]!, id: match[4]! };
  const time = Date.parse(position.createdAt);
  // No list has items from before 1970.
  if (!(time >= 0) || new Date(time).toISOString().slice(0, 19) !== match[2]) throw invalid();
  if (encodeCursor(position) !== cursor) throw invalid();
  return position;
}

function invalid(): InvalidCursor {
  return new InvalidCursor('not a cursor of this list');
}
