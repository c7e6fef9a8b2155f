import type { Pool } from 'pg';
import { sql } from './sql/sql.generated';

/** A charge of the provider's own record, as the command line shows it. */
export interface SandboxCharge {
  reference: string;
  orderId: string;
  state: 'authorized' | 'captured' | 'voided' | 'declined';
  amountMinor: number;
  refundedMinor: number;
  refunds: number;
}

interface Row {
  reference: string;
  order_id: string;
  state: SandboxCharge['state'];
  amount_minor: string;
  refunded_minor: string;
  refunds: number;
}

/** The sandbox's own record, for comparison with ours. Read-only; for any role that may read the schema `sandbox`. */
export class SandboxLedger {
  constructor(private readonly pool: Pool) {}

  /** All charges for a hold, oldest first. One that still waits for the shopper or the provider is no charge yet. */
  async chargesOfHold(holdId: string): Promise<SandboxCharge[]> {
    const { rows } = await this.pool.query<Row>({ ...sql.chargesOfHold, values: [holdId] });
    return rows.map((row) => ({
      reference: row.reference,
      orderId: row.order_id,
      state: row.state,
      amountMinor: Number(row.amount_minor),
      refundedMinor: Number(row.refunded_minor),
      refunds: row.refunds,
    }));
  }
}
