import { InvalidCursor } from './inventory-client.port';

/** Where a page of a list ended: its last item's time and id. */
export interface ListPosition {
  /** RFC 3339 in UTC, with as many decimals of a second as the list's ledger keeps. */
  createdAt: string;
  id: string;
}

/** Clients see positions as opaque text, so that the order of a list may change without breaking them. */
export function encodeCursor({ createdAt, id }: ListPosition): string {
  return Buffer.from(`${createdAt} ${id}`).toString('base64url');
}

const POSITION = /^((\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\.(\d{3}|\d{6})Z) ([a-z][0-9a-z-]{2,79})$/;
const TEXT_MAX = 200;

/**
 * Throws `InvalidCursor` for anything that `encodeCursor` cannot have made. What passes is a time that JavaScript and PostgreSQL both know (no
 * year 0000, no 31 February, no 24:00), so that a made-up cursor is never an error of the database.
 */
export function decodeCursor(cursor: string): ListPosition {
  const match =
    cursor.length <= TEXT_MAX ? POSITION.exec(Buffer.from(cursor, 'base64url').toString('latin1')) : null;
  if (!match) throw invalid();
  const position = { createdAt: match[1]!, id: match[4]! };
  const time = Date.parse(position.createdAt);
  // No list has anything from before 1970; later years have four digits and are the same in every calendar that is asked.
  if (!(time >= 0) || new Date(time).toISOString().slice(0, 19) !== match[2]) throw invalid();
  if (encodeCursor(position) !== cursor) throw invalid();
  return position;
}

function invalid(): InvalidCursor {
  return new InvalidCursor('not a cursor of this list');
}
