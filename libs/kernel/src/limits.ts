/** The ranges of the public contract, each in one place. */
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
  emailLengthMax: 254,
  bodyBytesMax: 64 * 1024,
  idempotencyKeyLengthMax: 255,
  pageSizeDefault: 50,
  pageSizeMax: 200,
  /** Highest price of one unit, in minor units: a hold of 20 lines × 100 stays far inside a double's exact integers. */
  priceMinorMax: 100_000_000_000,
} as const;

export const DROP_DEFAULTS = { perCustomerLimit: 4, holdTtlSeconds: 300, currency: 'EUR' } as const;
