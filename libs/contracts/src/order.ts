import type { Money } from '@holdfast/kernel';
import type { HoldLine } from './hold';

export type OrderState = 'pending' | 'paid' | 'failed' | 'cancelled' | 'refunding' | 'refunded';

/** What the shopper has to do next for a payment that waits for them. */
export interface NextAction {
  type: 'redirect';
  url: string;
}

export interface OrderPayment {
  /** `none` for an order whose total is 0: it is paid without a provider, `captured` and without a reference. */
  provider: string;
  reference: string | null;
  state: 'pending' | 'requires-action' | 'authorized' | 'captured' | 'declined' | 'voided' | 'refunded';
  nextAction?: NextAction;
}

/** An order as clients see it (`Order` of the public contract). */
export interface Order {
  id: string;
  holdId: string;
  dropId: string;
  state: OrderState;
  lines: HoldLine[];
  total: Money;
  payment: OrderPayment;
  /** Why it is not paid, a code such as `payment-declined`, `payment-timed-out`, `payment-voided`, `units-gone`. */
  reason?: string;
  createdAt: string;
}

export interface PlaceOrder {
  customerId: string;
  /** Whom the request's address stands for, so that turns are shared between addresses; null or absent: the customer has turns of their own. */
  address?: string | null;
  key: string;
  bodyHash: string;
  holdId: string;
  payment: { method: 'card'; token: string };
  email: string;
}

export type PlaceOrderOutcome =
  /** `body` is the stored JSON text: a replay answers the same bytes. 201 settled at once, 202 still pending. */
  | { kind: 'answered'; status: 201 | 202; orderId: string; body: string; replayed: boolean }
  | { kind: 'declined'; orderId: string }
  | { kind: 'unknown-token' } // a sandbox token that does not exist
  | { kind: 'token-refused' } // a sandbox token that is slow or loses answers, where those are not taken
  | { kind: 'key-reused' }
  | { kind: 'hold-not-found' }
  | { kind: 'hold-expired' }
  | { kind: 'hold-not-active' }
  | { kind: 'in-progress' }
  | { kind: 'busy'; retryAfterSeconds: number };

export interface WebhookDelivery {
  provider: string;
  rawBody: Buffer;
  headers: Record<string, string | undefined>;
}

export type WebhookOutcome =
  { kind: 'accepted' } | { kind: 'unknown-provider' } | { kind: 'bad-signature' } | { kind: 'malformed' };

/** The bank page of the sandbox (`tok_3ds`): what the shopper is asked to confirm. */
export interface BankChallenge {
  reference: string;
  amount: Money;
  state: 'open' | 'approved' | 'denied' | 'over';
  /** Where the shopper goes afterwards, a path on the shop's own origin. */
  returnPath: string;
}
