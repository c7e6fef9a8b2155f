export type ChargeState =
  'processing' | 'requires-action' | 'authorized' | 'captured' | 'voided' | 'declined';

/** A charge's state at the provider after the call. */
export interface Charge {
  reference: string;
  state: ChargeState;
  /** Where the shopper confirms, for `requires-action`. */
  nextActionUrl: string | null;
  refundedMinor: number;
}

/**
 * Every call returns the charge's state, so a repeated, late or lost call is settled by reading the answer, never by guessing. `unknown`: no
 * answer. The call may have been executed; only a retry with the same key shows it.
 */
export type ProviderAnswer =
  { kind: 'charge'; charge: Charge } | { kind: 'not-found' } | { kind: 'unknown'; why: string };

export interface AuthoriseRequest {
  /** Idempotency: the provider makes at most one charge for a key. */
  key: string;
  orderId: string;
  holdId: string;
  dropId: string;
  token: string;
  amountMinor: number;
  currency: string;
  /** The end of the hold and its payment window, RFC 3339. */
  payableUntil: string;
  /** Where the shopper goes after a bank page, a path on the shop's own origin. */
  returnPath: string;
}

export interface CallOptions {
  /** No answer by then is `unknown`. */
  deadlineMs?: number;
  /** Set by the caller's guard: stop waiting. */
  signal?: AbortSignal;
}

export type TokenVerdict = 'taken' | 'unknown' | 'refused';

/** The company that moves the money. All calls are idempotent by key. */
export abstract class PaymentProvider {
  abstract readonly name: string;
  /** Whether the token has the provider's format and is accepted here; says nothing about the money. */
  abstract judgeToken(token: string): TokenVerdict;
  abstract authorise(request: AuthoriseRequest, options?: CallOptions): Promise<ProviderAnswer>;
  /** Captures the authorised amount. */
  abstract capture(key: string, options?: CallOptions): Promise<ProviderAnswer>;
  /**
   * Voids an authorisation. A charge that waits for the shopper ends, one that is being processed cannot be stopped, and an unknown key will be
   * refused if its charge still arrives.
   */
  abstract void(key: string, options?: CallOptions): Promise<ProviderAnswer>;
  /** Refunds a captured charge in full, once per `refundKey`. */
  abstract refund(key: string, refundKey: string, options?: CallOptions): Promise<ProviderAnswer>;
  abstract lookup(key: string, options?: CallOptions): Promise<ProviderAnswer>;
}
