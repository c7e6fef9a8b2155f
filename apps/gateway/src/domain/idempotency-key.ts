import { LIMITS } from '@holdfast/kernel';

const VISIBLE = /^[\x21-\x7e]+$/;
const QUOTED = /^"((?:[^"\\]|\\["\\])*)"$/; // a string of RFC 9651, in which only the quote and the backslash are escaped

/**
 * Reads an Idempotency-Key header, bare (`abc`) or quoted (`"abc"`, the form of the IETF draft): both are the key `abc`. Undefined when it is
 * malformed: empty, longer than 255, or with anything but visible ASCII characters.
 */
export function parseIdempotencyKey(header: string): string | undefined {
  let key: string | undefined = header;
  if (header.startsWith('"')) key = QUOTED.exec(header)?.[1]?.replace(/\\(["\\])/g, '$1');
  if (key === undefined || key.length > LIMITS.idempotencyKeyLengthMax) return undefined;
  return VISIBLE.test(key) ? key : undefined;
}
