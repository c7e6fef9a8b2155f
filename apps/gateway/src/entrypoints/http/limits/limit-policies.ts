import { SetMetadata } from '@nestjs/common';
import type { NamedQuota } from '../../../application/ports/limit-store.port';

/** What a request counts as. */
export type LimitName = 'sessions' | 'purchases' | 'reads';

/** `name` also stands in `RateLimit` and `RateLimit-Policy`. */
export interface LimitPolicy extends NamedQuota {
  /** Whose allowance it is. */
  of: 'address' | 'customer' | 'drop';
}

const MINUTE = 60;

// One address stands for many shoppers (a school, a mobile carrier), so its limits are far above one customer's.
const ADDRESS_SESSIONS: LimitPolicy = {
  name: 'address-sessions',
  of: 'address',
  quota: 300,
  windowSeconds: MINUTE,
};
const ADDRESS_PURCHASES: LimitPolicy = { name: 'address', of: 'address', quota: 900, windowSeconds: MINUTE };
const ADDRESS_READS: LimitPolicy = {
  name: 'address-reads',
  of: 'address',
  quota: 3_000,
  windowSeconds: MINUTE,
};
const CUSTOMER_PURCHASES: LimitPolicy = {
  name: 'customer',
  of: 'customer',
  quota: 30,
  windowSeconds: MINUTE,
};
// Above what the lane of one drop takes on the machines measured: it keeps one drop from taking the whole edge.
const DROP_PURCHASES: LimitPolicy = { name: 'drop', of: 'drop', quota: 20_000, windowSeconds: 1 };

/**
 * In the order in which they are asked, the one that the fewest share first: a customer over their own limit must not use up what their
 * neighbours share, and an address over its limit, with however many customers, not what all shoppers of the drop share.
 */
export const LIMIT_POLICIES: Record<LimitName, readonly LimitPolicy[]> = {
  sessions: [ADDRESS_SESSIONS],
  purchases: [CUSTOMER_PURCHASES, ADDRESS_PURCHASES, DROP_PURCHASES],
  reads: [ADDRESS_READS],
};

export const LIMIT = Symbol('limit');

/** Puts a route under these limits; without it a route counts as a read. `own`: its handler asks `Allowances` itself. */
export const Limited = (name: LimitName | 'own') => SetMetadata(LIMIT, name);
