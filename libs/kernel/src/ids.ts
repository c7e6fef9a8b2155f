import { createHash, randomBytes } from 'node:crypto';

/** Crockford's base 32 in lower case: no i, l, o, u, so an id can be read aloud and never spells a word. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';

const DROP_CODE_LENGTH = 8; // 40 bits; a collision is refused by the primary key and tried again
const DERIVED_LENGTH = 26; // 130 bits of SHA-256: as unguessable and as unique as a UUID

function base32(bytes: Uint8Array, length: number): string {
  let text = '';
  let buffer = 0;
  let bits = 0;
  for (const byte of bytes) {
    buffer = ((buffer << 8) | byte) & 0xfff;
    bits += 8;
    while (bits >= 5 && text.length < length) {
      bits -= 5;
      text += ALPHABET[(buffer >> bits) & 31];
    }
  }
  return text;
}

/** A new random id of `length` characters (at most 51). */
export function randomId(length = DERIVED_LENGTH): string {
  return base32(randomBytes(Math.ceil((length * 5) / 8)), length);
}

/** A new drop's id: its short code, with which the ids of its holds and orders begin. */
export function newDropId(): string {
  // The first character is a letter, so that no id is ever read as a number.
  return `d${randomId(DROP_CODE_LENGTH - 1)}`;
}

export interface IdempotencyScope {
  dropId: string;
  customerId: string;
  /** Method and concrete path, e.g. `POST /v1/orders`. */
  route: string;
  /** The caller's Idempotency-Key, without quotes. */
  key: string;
}

function derive(kind: 'h' | 'o', scope: IdempotencyScope): string {
  const hash = createHash('sha256')
    .update(JSON.stringify([scope.dropId, scope.customerId, scope.route, scope.key]))
    .digest();
  return `${scope.dropId}-${kind}${base32(hash, DERIVED_LENGTH)}`;
}

/** The id of the hold that this key asks for: the same key is the same hold, so the primary key is the idempotency check. */
export function deriveHoldId(scope: IdempotencyScope): string {
  return derive('h', scope);
}

/** The id of the order that this key asks for. */
export function deriveOrderId(scope: IdempotencyScope): string {
  return derive('o', scope);
}

const OWNED_ID = /^([a-z][0-9a-z]{2,31})-[ho][0-9a-z]{26}$/;

/** The drop in which a hold or an order lives, read from its id; undefined when the text is no such id. */
export function dropIdOf(holdOrOrderId: string): string | undefined {
  return OWNED_ID.exec(holdOrOrderId)?.[1];
}
