/**
 * What a load generator logs about an answer, one line of JSON each. k6 runs this file as it is: it must not
 * import anything.
 */
export type ClientNote =
  | { did: 'held'; hold: string; sku: string; units: number; expiresAt: string }
  /** Released, or left to expire: from now on the units may be granted to another client. */
  | { did: 'left'; hold: string }
  | { did: 'paid'; hold: string; order: string; amountMinor: number }
  /** No answer after all retries: the outcome is unknown. */
  | { did: 'unknown'; what: 'hold' | 'order'; hold?: string }
  /** No answer, or 503: the same request is retried. */
  | { did: 'retry'; why: string }
  /** An answer that the contract does not allow, or none after all retries. */
  | { did: 'fault'; what: string };
