import type { HoldLine } from '@holdfast/contracts';
import type { OrderReason, OrderRecord, PaymentState, Step } from '../../domain/order';

/** A row of checkout.orders as pg gives it: bigint and numeric come as text. */
export interface OrderRow {
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
  total_minor: string;
  currency: string;
  payment_state: PaymentState;
  reference: string | null;
  next_action_url: string | null;
  reason: OrderReason | null;
  payable_until: Date | null;
  tries: number;
  wakes: number;
  answer_status: 201 | 202 | null;
  answer_body: string | null;
  created_at: Date;
  give_up_in_ms: string | null;
}

export function toRecord(row: OrderRow): OrderRecord {
  return {
    dropId: row.drop_id,
    orderId: row.order_id,
    customerId: row.customer_id,
    holdId: row.hold_id,
    fingerprint: row.fingerprint,
    attempt: row.attempt,
    step: row.step,
    provider: row.provider,
    token: row.token,
    email: row.email,
    lines: row.lines,
    totalMinor: Number(row.total_minor),
    currency: row.currency,
    paymentState: row.payment_state,
    reference: row.reference,
    nextActionUrl: row.next_action_url,
    reason: row.reason,
    payableUntil: row.payable_until?.toISOString() ?? null,
    tries: row.tries,
    wakes: row.wakes,
    answer:
      row.answer_status !== null && row.answer_body !== null
        ? { status: row.answer_status, body: row.answer_body }
        : null,
    createdAt: row.created_at.toISOString(),
    giveUpInMs: row.give_up_in_ms === null ? null : Math.floor(Number(row.give_up_in_ms)),
  };
}
