import type { Money } from '@holdfast/kernel';

export type HoldState = 'held' | 'confirmed' | 'released' | 'expired';

export interface HoldLine {
  sku: string;
  quantity: number;
  /** Price of one unit, fixed when the hold was placed. */
  price: Money;
}

/** A hold as clients see it (`Hold` of the public contract, field for field). */
export interface Hold {
  id: string;
  dropId: string;
  customerId: string;
  state: HoldState;
  lines: HoldLine[];
  total: Money;
  expiresAt: string;
  createdAt: string;
}

/**
 * Where a place comes from, for the budget of unpaid units that one network may have in a drop: an IPv4 address or an IPv6 /64, and the /48
 * around the latter. Opaque numbers, made by the gateways with a key of theirs, so that no address travels or is kept.
 */
export interface Network {
  /** A whole number of 48 bits. */
  id: number;
  /** The same for the /48; null for IPv4. */
  blockId: number | null;
}

export interface PlaceHold {
  dropId: string;
  customerId: string;
  /** Idempotency-Key without quotes. */
  key: string;
  /** SHA-256 of the raw request body, hex: tells a replay from a key used for something else. */
  bodyHash: string;
  lines: { sku: string; quantity: number }[];
  /** Null when no budget counts: limits are off, or an operator places. Absent from a gateway that knows no networks yet: the same. */
  network?: Network | null | undefined;
}

export type PlaceRefusal = 'drop-not-open' | 'drop-closed' | 'limit-reached' | 'sold-out';

export type PlaceOutcome =
  /** `replayed`: the key had placed this hold before; `hold` is then shown as it was at that time, byte for byte. */
  | { kind: 'held'; hold: Hold; replayed: boolean }
  | { kind: 'key-reused' }
  /** Unknown drop, or a draft. */
  | { kind: 'drop-not-found' }
  | { kind: 'unknown-sku'; lineIndexes: number[] }
  /**
   * `shortLines`: for `sold-out`, the indexes of all lines that do not fit. `limitOf`: for `limit-reached`, whose limit it is; absent means
   * the customer's.
   */
  | {
      kind: 'refused';
      reason: PlaceRefusal;
      shortLines: number[];
      limitOf?: 'customer' | 'network' | undefined;
    }
  | Busy;

/** Nothing is known to have happened; the same key tells. */
export interface Busy {
  kind: 'busy';
  retryAfterSeconds: number;
}

export interface HoldRef {
  holdId: string;
  /** Only the owner's hold is found. */
  customerId: string;
}

export type ReleaseOutcome =
  | { kind: 'released' } // now, or already released or expired
  | { kind: 'not-found' }
  | { kind: 'confirmed' }
  | { kind: 'payment-in-flight' }
  | Busy;

/** An order takes the hold for its payment. */
export interface PayForHold extends HoldRef {
  orderId: string;
}

/**
 * Extend: while the order pays, nobody else may release or pay the hold, and it lives for the payment window beyond its own time.
 * Repeating it with the same order gives the same answer.
 */
export type ExtendOutcome =
  | { kind: 'extended'; hold: Hold }
  | { kind: 'not-found' }
  | { kind: 'expired' }
  | { kind: 'not-active' } // released or confirmed
  | { kind: 'payment-in-flight' } // another order has it
  | Busy;

/** Confirm: held units become sold, in one conditional statement. Repeating it with the same order is `confirmed` again. */
export type ConfirmOutcome =
  { kind: 'confirmed' } | { kind: 'not-found' } | { kind: 'expired' } | { kind: 'not-active' } | Busy;

/** The payment came to nothing: `yielded` gives the hold back to its owner with its first time; `release` gives the units back. */
export type YieldOutcome = { kind: 'yielded' } | { kind: 'not-found' } | { kind: 'not-active' } | Busy;

/**
 * Money arrived after the hold had ended: take the same units again, straight to sold, under an id derived from the hold's and the order's.
 * `short`: they are gone, or the customer's limit is used up by now: the money must go back.
 */
export type RetakeOutcome = { kind: 'confirmed' } | { kind: 'not-found' } | { kind: 'short' } | Busy;

/**
 * The units of a confirmed hold go back on offer, because its order was never paid: the authorisation was void when the money was to be taken.
 * Repeating it with the same order is `returned` again. `not-found`: the order has no confirmed hold.
 */
export type ReturnOutcome = { kind: 'returned' } | { kind: 'not-found' } | Busy;
