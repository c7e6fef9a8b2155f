/**
 * How the client of a load generator retries after a lost answer or a 503. These delays add up to about 20 s:
 * enough for a restart of the product. k6 runs this file as it is: it must not import anything.
 */
export const CLIENT_PATIENCE = {
  triesMax: 8,
  firstMs: 200,
  maxMs: 5_000,
  /** Timeout of one request; the product's own deadlines are much shorter. */
  answerMs: 15_000,
} as const;
