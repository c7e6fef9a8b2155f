export type ChargeState =
  'processing' | 'requires-action' | 'authorized' | 'captured' | 'voided' | 'declined';

/** How a charge stands at the provider after the call. */
export interface Charge {
  reference: string;
  state: ChargeState;
  /** Where the shopper confirms, for `requires-action`. */
  nextActionUrl: string | null;
  refundedMinor: number;
}

/**
 * Every call tells how the charge stands, so a call that is repeated, late or lost is settled by reading the answer, never by guessing.
 * `unknown`: no answer. It may have happened; only asking with the same key tells.
 */
export type ProviderAnswer =
  { kind: 'charge'; charge: Charge } | { kind: 'not-found' } | { kind: 'unknown'; why: string };

export interface AuthoriseRequest {
  /** Idempotency: the provider makes one charge of a key, whatever happens. */
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
  /** Set by whoever guards the call: stop waiting. */
  signal?: AbortSignal;
}

export type TokenVerdict = 'taken' | 'unknown' | 'refused';

/** The company that moves the money. All calls are idempotent by key. */
export abstract class PaymentProvider {
  abstract readonly name: string;
  /** Whether a token can be one of this provider's, and is one that it takes here; says nothing about money. */
  abstract judgeToken(token: string): TokenVerdict;
  abstract authorise(request: AuthoriseRequest, options?: CallOptions): Promise<ProviderAnswer>;
  /** Takes what was authorised. */
  abstract capture(key: string, options?: CallOptions): Promise<ProviderAnswer>;
  /**
   * Lets go of money that was not taken. A charge that waits for the shopper is over with it, one that is being processed cannot be
   * stopped, and a key never seen will be refused if it should still arrive.
   */
  abstract void(key: string, options?: CallOptions): Promise<ProviderAnswer>;
  /** Gives back all of a captured charge, once per `refundKey`. */
  abstract refund(key: string, refundKey: string, options?: CallOptions): Promise<ProviderAnswer>;
  abstract lookup(key: string, options?: CallOptions): Promise<ProviderAnswer>;
}
