import type { HoldLine, OrderPayment, OrderState } from '@holdfast/contracts';

/**
 * The recovery point of an order: what has to be done next. It is committed before the thing is done, so whoever finds the order after a
 * crash does the same thing again with the same key, and everything that is called knows its keys again.
 */
export const STEPS = [
  'extending', // make the hold outlive the payment
  'authorising', // ask the provider to set the money aside
  'awaiting', // the shopper or the provider has the word
  'confirming', // the money is there: held units become sold
  'retaking', // the hold was over when the money came: take the same units again
  'capturing', // the units are sold: take the money
  'giving', // there is nothing to pay: held units become sold
  'returning', // the units are sold and the money will never come: put them back on offer
  'voiding', // let go of money that must not be taken
  'yielding', // give the hold back to its owner, who may pay in another way
  'releasing', // give the units back
  'refunding', // money was taken and there is nothing to give for it
  'paid',
  'failed',
  'refunded',
] as const;
export type Step = (typeof STEPS)[number];

/**
 * Which step may follow which. Only forward: no webhook, replay or second completer can bring an order back.
 * The one way out of `failed` is a new attempt under the same key, open only while no answer was given for the key.
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
  // `awaiting`: the provider says that what is being processed can no longer be stopped.
  voiding: ['releasing', 'awaiting', 'confirming', 'yielding'],
  yielding: ['failed'],
  releasing: ['failed'],
  refunding: ['refunded'],
  paid: [],
  failed: ['extending'],
  refunded: [],
};

/** What the shopper is told at each step. The table's generated column says the same. */
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

/** At these steps the provider has the word. */
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

/** The provider of an order whose total is 0: nobody is asked, and there is no charge. */
export const NO_PROVIDER = 'none';

/** What a shopper asks for, with what was read from the hold: fixed for one attempt. */
export interface OrderIntent {
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

/** An order as the ledger keeps it. */
export interface OrderRecord extends OrderIntent {
  /** 1 for the first try at paying; with the order's id it makes the provider's key. */
  attempt: number;
  step: Step;
  /** Checks made at this step without getting on; paces the next one. */
  tries: number;
  /** Grows with each webhook, so that a check that began before it does not put the next one off. */
  wakes: number;
  paymentState: PaymentState;
  reference: string | null;
  nextActionUrl: string | null;
  reason: OrderReason | null;
  /** The hold's time with its payment window; null before the hold is extended. */
  payableUntil: string | null;
  /** Milliseconds until the payment is given up, by the database's clock at the time of reading; null for never. */
  giveUpInMs: number | null;
  /** The first 2xx answer that was given for the key. */
  answer: { status: 201 | 202; body: string } | null;
  createdAt: string;
}

/** A step forward with what it changes; what is left out stays. */
export interface Move {
  step: Step;
  paymentState?: PaymentState;
  reference?: string;
  nextActionUrl?: string;
  reason?: OrderReason;
  payableUntil?: string;
  /** The provider cannot stop any more: wait for its word, however long it takes. */
  neverGiveUp?: boolean;
}

/** Under this key the provider knows the charge. A new attempt is a new charge, so it is a new key. */
export const providerKey = (order: { orderId: string; attempt: number }): string =>
  `${order.orderId}.${order.attempt}`;
