/** The value ranges of the public contract. */
export const LIMITS = {
  quantityMax: 100,
  linesMax: 20,
  perCustomerLimitMin: 1,
  perCustomerLimitMax: 10_000,
  holdTtlSecondsMin: 3,
  holdTtlSecondsMax: 86_400,
  skuUnitsMax: 100_000_000,
  dropSkusMax: 20_000,
  skuLengthMax: 100,
  nameLengthMax: 300,
  /** A product page's HTML rarely exceeds 20 kB; it is part of every read of the drop. */
  dropDescriptionLengthMax: 100_000,
  /** Accepted by all browsers and proxies. */
  imageUrlLengthMax: 2_048,
  reasonLengthMax: 500,
  emailLengthMax: 254,
  bodyBytesMax: 64 * 1024,
  idempotencyKeyLengthMax: 255,
  pageSizeDefault: 50,
  pageSizeMax: 200,
  /**
   * Highest unit price, in minor units: the total of 20 lines × 100 units is still an exact integer in a
   * double.
   */
  priceMinorMax: 100_000_000_000,
} as const;

/**
 * How much of an installation one merchant may take, so that one launch leaves room for the customers and staff
 * of others. `HOLDFAST_MERCHANT_QUOTAS` changes single ones.
 */
export const MERCHANT_QUOTAS = {
  /** Requests of staff and API keys, a minute. Not less than the reads of one address. */
  requests: 6_000,
  /** Requests of shoppers about the merchant's drops, other than placing holds, a second. */
  reads: 10_000,
  /**
   * Requests to place a hold in the merchant's drops, a second: as many as one drop may have, which is more than
   * two cores can do. Lower it where several merchants share an installation.
   */
  holds: 20_000,
  /** Live readers of the merchant's drops at one gateway; `READERS_SHARE_MAX` of its places while others have readers there. */
  readers: 15_000,
  /** Drops that are scheduled, open or paused. */
  drops: 500,
  /** Drafts, with those deleted within a day. Each may have a megabyte. */
  drafts: 2_000,
};

/** Whom the quotas are named after, and their amounts. */
export type MerchantQuotas = Readonly<Record<keyof typeof MERCHANT_QUOTAS, number>>;

/** How much of a gateway's places for live readers one merchant may take while another one has readers there. */
export const READERS_SHARE_MAX = 0.75;
/** The same while it is the only merchant with readers there: the rest is for the first readers of another one. */
export const LONE_READERS_SHARE_MAX = 0.95;

export const DROP_DEFAULTS = { perCustomerLimit: 4, holdTtlSeconds: 300, currency: 'EUR' } as const;
