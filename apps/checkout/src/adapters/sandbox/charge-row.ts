import type { Charge, ChargeState } from '../../application/ports/payment-provider.port';

/** A row of sandbox.charge as pg returns it. */
export interface ChargeRow {
  reference: string;
  provider_key: string;
  order_id: string | null;
  state: ChargeState;
  amount_minor: string;
  currency: string;
  refunded_minor: string;
  refunds: number;
  return_path: string;
  token: string;
  is_refusal: boolean;
}

/** `origin` is the shop's address; without one the bank page's address is a path. */
export function toCharge(row: ChargeRow, origin: string | null): Charge {
  return {
    reference: row.reference,
    state: row.state,
    nextActionUrl: row.state === 'requires-action' ? `${origin ?? ''}/sandbox/3ds/${row.reference}` : null,
    refundedMinor: Number(row.refunded_minor),
  };
}
