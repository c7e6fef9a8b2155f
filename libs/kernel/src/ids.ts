import { createHash, randomBytes } from 'node:crypto';

/** Crockford's base 32 in lower case: without i, l, o and u, which are easily confused or spell words. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';

const DROP_CODE_LENGTH = 8; // 40 bits; a collision violates the primary key and is retried
const DERIVED_LENGTH = 26; // 130 bits of SHA-256: as unique and as hard to guess as a UUID

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

/** An id made of bytes that are random themselves, at least 17 of them. */
export function idOf(bytes: Uint8Array): string {
  return base32(bytes, DERIVED_LENGTH);
}

/** A new random id of `length` characters (at most 51). */
export function randomId(length = DERIVED_LENGTH): string {
  return base32(randomBytes(Math.ceil((length * 5) / 8)), length);
}

/** The id of a new drop; the ids of its holds and orders begin with it. */
export function newDropId(): string {
  // The first character is a letter, so that an id is never parsed as a number.
  return `d${randomId(DROP_CODE_LENGTH - 1)}`;
}

const GHOST_CODE_LENGTH = 12; // 55 bits: never taken by a drop of a merchant, whose ids begin with `d` or are shorter

/** The id of a new ghost, the copy of a drop for a rehearsal. The ids of its holds and orders begin with it, so all of them tell what they are. */
export function newGhostId(): string {
  return `g${randomId(GHOST_CODE_LENGTH - 1)}`;
}

// As in the ledger's CHECK.
const GHOST_ID = new RegExp(`^g[${ALPHABET}]{${GHOST_CODE_LENGTH - 1}}$`);

/** Whether a drop's id is that of a ghost. For a hold or an order ask for `dropIdOf` its id. */
export function isGhostId(dropId: string): boolean {
  return GHOST_ID.test(dropId);
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

/** The hold id of a key. The same key gives the same id, so the primary key is the idempotency check. */
export function deriveHoldId(scope: IdempotencyScope): string {
  return derive('h', scope);
}

/** The order id of a key. */
export function deriveOrderId(scope: IdempotencyScope): string {
  return derive('o', scope);
}

/**
 * The id of a stock movement that a request makes: the same request, by the SHA-256 of its key (hex), is the same
 * movement.
 */
export function movementIdOf(dropId: string, requestKey: string): string {
  return `${dropId}-m${idOf(Buffer.from(requestKey, 'hex'))}`;
}

// As in the ledger's CHECK; older drops have longer ids than `newDropId` creates.
const DROP_ID = '[a-z][0-9a-z]{2,31}';
const WHOLE_DROP_ID = new RegExp(`^${DROP_ID}$`);
const OWNED_ID = new RegExp(`^(${DROP_ID})-[ho][0-9a-z]{26}$`);

/**
 * Whether a text can be the id of a drop. Other texts are answered as not found, without a lane, a limit's
 * key or a query.
 */
export function isDropId(text: string): boolean {
  return WHOLE_DROP_ID.test(text);
}

/** The drop of a hold or an order, taken from its id; undefined if the text is not such an id. */
export function dropIdOf(holdOrOrderId: string): string | undefined {
  return OWNED_ID.exec(holdOrOrderId)?.[1];
}
