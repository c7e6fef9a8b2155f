/** The key of an order request, unhashed. */
export interface OrderKey {
  customerId: string;
  key: string;
}

/**
 * In which drop a customer's key is in use. No constraint spans the orders of two drops, so keys are stored
 * by customer, for longer than the 24 hours of the contract. Throws `ServiceUnavailable` when the database does not answer.
 */
export abstract class OrderKeys {
  /** Claims the key for a drop, unless it is in use. Returns the drop that has it: the given one or an earlier one. */
  abstract claim(key: OrderKey, dropId: string): Promise<string>;
  /** The drop that has the key; null when it is free. */
  abstract dropOf(key: OrderKey): Promise<string | null>;
}
