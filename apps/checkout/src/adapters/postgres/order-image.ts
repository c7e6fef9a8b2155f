import type { HoldLine } from '@holdfast/contracts';
import type { OrderReason, OrderRecord, PaymentState, Step } from '../../domain/order';

/** The result of `checkout.order_image` for a row of `checkout.orders`. */
export interface OrderImage {
  drop_id: string;
  order_id: string;
  customer_id: string;
  hold_id: string;
  fingerprint: string;
  attempt: number;
  step: Step;
  provider: string;
  token: string;
  email: string;
  lines: HoldLine[];
  total_minor: number;
  currency: string;
  payment_state: PaymentState;
  reference: string | null;
  next_action_url: string | null;
  reason: OrderReason | null;
  payable_until: string | null;
  tries: number;
  wakes: number;
  answer_status: 201 | 202 | null;
  answer_body: string | null;
  created_at: string;
  give_up_in_ms: number | null;
}

export function toRecord(image: OrderImage): OrderRecord {
  return {
    dropId: image.drop_id,
    orderId: image.order_id,
    customerId: image.customer_id,
    holdId: image.hold_id,
    fingerprint: image.fingerprint,
    attempt: image.attempt,
    step: image.step,
    provider: image.provider,
    token: image.token,
    email: image.email,
    lines: image.lines,
    totalMinor: image.total_minor,
    currency: image.currency,
    paymentState: image.payment_state,
    reference: image.reference,
    nextActionUrl: image.next_action_url,
    reason: image.reason,
    payableUntil: image.payable_until && new Date(image.payable_until).toISOString(),
    tries: image.tries,
    wakes: image.wakes,
    answer:
      image.answer_status !== null && image.answer_body !== null
        ? { status: image.answer_status, body: image.answer_body }
        : null,
    createdAt: new Date(image.created_at).toISOString(),
    giveUpInMs: image.give_up_in_ms,
  };
}
