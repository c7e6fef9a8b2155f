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

export const DROP_DEFAULTS = { perCustomerLimit: 4, holdTtlSeconds: 300, currency: 'EUR' } as const;
