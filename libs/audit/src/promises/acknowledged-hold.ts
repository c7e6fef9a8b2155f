/** A hold that the product has acknowledged with a 2xx. */
export interface AcknowledgedHold {
  holdId: string;
  sku: string;
  units: number;
  expiresAtMs: number;
  /** The order that the product said was paid. */
  paidOrderId: string | null;
}
