import type { HoldLine, OrderPayment, OrderState } from '@holdfast/contracts';

/**
 * The recovery point of an order: what to do next. It is committed before it is done, so a worker that finds the order after a crash repeats it
 * with the same key, and every callee recognizes the key.
 */
export const STEPS = [
  'extending', // extend the hold by the payment window
  'authorising', // authorise the payment at the provider
  'awaiting', // wait for the shopper or the provider
  'confirming', // the money is authorised: held units become sold
  'retaking', // the hold had expired when the money arrived: take the same units again
  'capturing', // the units are sold: capture the money
  'giving', // nothing to pay: held units become sold
  'returning', // the units are sold but the payment was void: put them back on offer
  'voiding', // void an authorisation that must not be captured
  'yielding', // give the hold back to its owner, who may pay in another way
  'releasing', // give the units back
  'refunding', // money was captured and the units are gone
  'paid',
  'failed',
  'refunded',
] as const;
export type Step = (typeof STEPS)[number];

/**
 * Which step may follow which. Only forward: no webhook, replay or second completer can move an order back.
 * The only way out of `failed` is a new attempt under the same key, while the key has no answer yet.
 */
export const NEXT: Readonly<Record<Step, readonly Step[]>> = {
  extending: ['authorising', 'giving', 'yielding', 'failed'],
  authorising: ['awaiting', 'confirming', 'voiding', 'yielding', 'releasing'],
  awaiting: ['confirming', 'voiding', 'yielding', 'releasing'],
  confirming: ['capturing', 'retaking', 'voiding'],
  retaking: ['capturing', 'refunding', 'voiding'],
  capturing: ['paid', 'returning'],
  giving: ['paid', 'releasing'],
  returning: ['failed'],
  // `awaiting`: the provider reports that a charge in processing can no longer be stopped.
  voiding: ['releasing', 'awaiting', 'confirming', 'yielding'],
  yielding: ['failed'],
  releasing: ['failed'],
  refunding: ['refunded'],
  paid: [],
  failed: ['extending'],
  refunded: [],
};

/** The public state at each step. The table's generated column has the same rule. */
export const STATE_OF: Readonly<Record<Step, OrderState>> = {
  extending: 'pending',
  authorising: 'pending',
  awaiting: 'pending',
  confirming: 'pending',
  retaking: 'pending',
  capturing: 'pending',
  giving: 'pending',
  returning: 'pending',
  voiding: 'pending',
  yielding: 'pending',
  releasing: 'pending',
  refunding: 'refunding',
  paid: 'paid',
  failed: 'failed',
  refunded: 'refunded',
};

/** The steps that call the provider. */
export const ASKS_PROVIDER: ReadonlySet<Step> = new Set([
  'authorising',
  'awaiting',
  'capturing',
  'voiding',
  'refunding',
]);

export const isSettled = (step: Step): boolean => step === 'paid' || step === 'failed' || step === 'refunded';

/** Why an order is not paid; the public `reason`. */
export type OrderReason =
  | 'payment-declined'
  | 'payment-timed-out'
  | 'payment-voided'
  | 'units-gone'
  | 'hold-not-found'
  | 'hold-expired'
  | 'hold-not-active'
  | 'request-in-progress'
  | 'temporarily-unavailable';

export type PaymentState = OrderPayment['state'];

/** The provider of an order whose total is 0: no call, no charge. */
export const NO_PROVIDER = 'none';

/** What a shopper orders, with what was read from the hold: fixed for one attempt. */
export interface OrderIntent {
  /** Who sells the drop; null if inventory could not tell it in time. */
  merchantId: string | null;
  dropId: string;
  orderId: string;
  customerId: string;
  holdId: string;
  /** SHA-256 of the request body. */
  fingerprint: string;
  provider: string;
  token: string;
  email: string;
  lines: HoldLine[];
  totalMinor: number;
  currency: string;
}

/** An order as the ledger stores it. */
export interface OrderRecord extends Omit<OrderIntent, 'merchantId'> {
  /** 1 for the first attempt to pay; with the order's id it forms the provider's key. */
  attempt: number;
  step: Step;
  /** Checks at this step without progress; determines the delay of the next one. */
  tries: number;
  /** Grows with each webhook, so that a check that began before it does not delay the next one. */
  wakes: number;
  paymentState: PaymentState;
  reference: string | null;
  nextActionUrl: string | null;
  reason: OrderReason | null;
  /** The hold's deadline including the payment window; null before the hold is extended. */
  payableUntil: string | null;
  /** Milliseconds until the payment is given up, by the database's clock at the time of reading; null for never. */
  giveUpInMs: number | null;
  /** The first 2xx answer that was given for the key. */
  answer: { status: 201 | 202; body: string } | null;
  createdAt: string;
}

/** A move to another step, with the fields that it changes. */
export interface Move {
  step: Step;
  paymentState?: PaymentState;
  reference?: string;
  nextActionUrl?: string;
  reason?: OrderReason;
  payableUntil?: string;
  /** The provider cannot stop the charge any more: wait for its outcome, however long it takes. */
  neverGiveUp?: boolean;
}

/** The provider's key of the charge. A new attempt is a new charge, so it has a new key. */
export const providerKey = (order: { orderId: string; attempt: number }): string =>
  `${order.orderId}.${order.attempt}`;
