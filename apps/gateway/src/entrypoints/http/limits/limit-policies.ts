import { SetMetadata } from '@nestjs/common';
import type { MerchantQuotas } from '@holdfast/kernel';
import type { NamedQuota } from '../../../application/ports/limit-store.port';

/** What a request counts as. */
export type LimitName = 'sessions' | 'purchases' | 'logins' | 'links' | 'own-account' | 'reads';

/** `name` is also used in `RateLimit` and `RateLimit-Policy`. */
export interface LimitPolicy extends NamedQuota {
  /** Who shares the allowance; `merchant`: staff and API keys, `merchant-of-drop`: the shoppers of its drops. */
  of: 'address' | 'customer' | 'person' | 'drop' | 'merchant' | 'merchant-of-drop' | 'everybody';
  /** Of the refusal, where it is not the usual one. */
  detail?: string;
}

const MINUTE = 60;
const BUSY_MERCHANT =
  'More requests than its quota reach the drops of this merchant. Retry after the number of seconds in Retry-After.';

// Many shoppers may share an address (a school, a mobile carrier), so its limits are much higher than one
// customer's.
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
// A person types a password a few times. Checking one takes a tenth of a second of a core (argon2id), which nobody may order by the thousand.
const ADDRESS_SIGN_INS: LimitPolicy = {
  name: 'address-sign-ins',
  of: 'address',
  quota: 30,
  windowSeconds: MINUTE,
};
const ALL_LOGINS: LimitPolicy = { name: 'logins', of: 'everybody', quota: 300, windowSeconds: MINUTE };
const OWN_ACCOUNT: LimitPolicy = { name: 'own-account', of: 'person', quota: 30, windowSeconds: MINUTE };
// Above the measured rate of a lane: keeps one drop from using the whole edge.
const DROP_PURCHASES: LimitPolicy = { name: 'drop', of: 'drop', quota: 20_000, windowSeconds: 1 };

const FOR_ADDRESSES: Record<LimitName, readonly LimitPolicy[]> = {
  sessions: [ADDRESS_SESSIONS],
  purchases: [CUSTOMER_PURCHASES, ADDRESS_PURCHASES, DROP_PURCHASES],
  // What strangers share is for passwords alone: a one-time link and a signed-in browser always work.
  logins: [ADDRESS_SIGN_INS, ALL_LOGINS],
  links: [ADDRESS_SIGN_INS],
  'own-account': [OWN_ACCOUNT],
  reads: [ADDRESS_READS],
};

/**
 * In order of application, the least shared limit first: a customer over their own limit must not use up that
 * of their address, an address over its limit not that of the drop, and nobody over theirs that of the merchant.
 */
export function limitPolicies(quotas: MerchantQuotas): Record<LimitName, readonly LimitPolicy[]> {
  const { requests, reads, holds } = quotas;
  const ofMerchant: LimitPolicy[] = [
    { name: 'merchant', of: 'merchant', quota: requests, windowSeconds: MINUTE },
    { name: 'merchant-reads', of: 'merchant-of-drop', quota: reads, windowSeconds: 1, detail: BUSY_MERCHANT },
  ];
  const places: LimitPolicy = {
    name: 'merchant-holds',
    of: 'merchant-of-drop',
    quota: holds,
    windowSeconds: 1,
    detail: BUSY_MERCHANT,
  };
  return {
    ...FOR_ADDRESSES,
    purchases: [...FOR_ADDRESSES.purchases, places],
    'own-account': [OWN_ACCOUNT, ofMerchant[0]!],
    reads: [ADDRESS_READS, ...ofMerchant],
  };
}

export const LIMIT = Symbol('limit');

/**
 * Applies these limits to a route; without it a route counts as a read. `own`: its handler calls `Allowances`
 * itself.
 */
export const Limited = (name: LimitName | 'own') => SetMetadata(LIMIT, name);
