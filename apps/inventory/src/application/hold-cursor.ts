import { InvalidCursor } from '@holdfast/contracts';
import { dropIdOf } from '@holdfast/kernel';
import type { HoldPosition } from './ports/ledger.port';

/** An opaque cursor. The time in it is a plain number, so it cannot be a date that the database refuses. */
export function encodeHoldCursor({ placedUs, holdId }: HoldPosition): string {
  return Buffer.from(`${placedUs} ${holdId}`).toString('base64url');
}

const POSITION = /^(\d{1,16}) (\S+)$/; // 16 digits are the year 2286, and fit into a bigint

/** Throws `InvalidCursor` for anything that `encodeHoldCursor` did not make. */
export function decodeHoldCursor(cursor: string): HoldPosition {
  const match = POSITION.exec(Buffer.from(cursor, 'base64url').toString('latin1'));
  const position = match && { placedUs: match[1]!, holdId: match[2]! };
  if (!position || dropIdOf(position.holdId) === undefined || encodeHoldCursor(position) !== cursor)
    throw new InvalidCursor('not a cursor of this list');
  return position;
}
