import { InvalidCursor } from '@holdfast/contracts';
import type { DropPosition } from './ports/drop-records.port';

/** Clients see positions as opaque text, so that the order of the list may change without breaking them. */
export function encodeDropCursor({ createdAt, dropId }: DropPosition): string {
  return Buffer.from(`${createdAt} ${dropId}`).toString('base64url');
}

const POSITION = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}Z) ([a-z][0-9a-z]{2,31})$/;

/** Throws `InvalidCursor` for anything that `encodeDropCursor` did not make. */
export function decodeDropCursor(cursor: string): DropPosition {
  const match = POSITION.exec(Buffer.from(cursor, 'base64url').toString('latin1'));
  // The day must exist and the text be the canonical one: what reaches the database is never an error there.
  if (!match || Number.isNaN(Date.parse(match[1]!))) throw new InvalidCursor('not a cursor of this list');
  const position = { createdAt: match[1]!, dropId: match[2]! };
  const sameDay = new Date(position.createdAt).toISOString().slice(0, 10) === position.createdAt.slice(0, 10);
  if (!sameDay || encodeDropCursor(position) !== cursor) throw new InvalidCursor('not a cursor of this list');
  return position;
}
