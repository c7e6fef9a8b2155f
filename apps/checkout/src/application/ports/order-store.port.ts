import type { Page } from '@holdfast/contracts';
import type { Move, OrderIntent, OrderRecord } from '../../domain/order';
import type { OrderFact } from '../../domain/order-fact';
import type { WebhookEvent } from './webhook-reader.port';

/** `taken`: another request was first; the conflicting order, if it could be read. */
export type Begun = { kind: 'begun'; order: OrderRecord } | { kind: 'taken' };

/** What is written together with a move. */
export interface Consequences {
  /** For other services. */
  fact: OrderFact | null;
  /** Stored for the key, unless it has an answer already. */
  answer: { status: 201; body: string } | null;
}

/**
 * The ledger of orders. Each call is one statement in one drop, committed when it returns. Throws `ServiceUnavailable` when the database
 * does not answer: the statement may have been executed.
 */
export abstract class OrderStore {
  abstract get(dropId: string, orderId: string): Promise<OrderRecord | null>;
  /** The order that pays or has paid a hold. */
  abstract activeOfHold(dropId: string, holdId: string): Promise<OrderRecord | null>;
  /** Inserts the order, unless the key or the hold has an active order. */
  abstract begin(intent: OrderIntent, leaseMs: number): Promise<Begun>;
  /** Begins the next attempt of a failed order that has no answer yet. */
  abstract beginAgain(failed: OrderRecord, intent: OrderIntent, leaseMs: number): Promise<Begun>;
  /** Moves an order, with the consequences, if it is still as in `from`. Null: another worker has moved it. */
  abstract advance(
    from: OrderRecord,
    move: Move,
    consequences: Consequences,
    leaseMs: number,
  ): Promise<OrderRecord | null>;
  /** Schedules the next check after `delayMs`, or when the payment is given up; at once if a webhook has arrived in the meantime. */
  abstract postpone(order: OrderRecord, delayMs: number): Promise<void>;
  /** Stores the first answer of a key. Returns true when it was this one. */
  abstract keepAnswer(order: OrderRecord, status: 201 | 202, body: string): Promise<boolean>;

  /** The customer's own orders over all drops, newest first. Throws `InvalidCursor`. */
  abstract ofCustomer(
    customerId: string,
    cursor: string | undefined,
    limit: number,
  ): Promise<Page<OrderRecord>>;

  /** Drops that have orders to check now. */
  abstract dueDrops(limit: number): Promise<string[]>;
  /** Leases due orders of a drop for `leaseMs`; concurrent callers get different ones. */
  abstract claimDue(dropId: string, limit: number, leaseMs: number): Promise<OrderRecord[]>;

  /** Stores the event and makes its order due at once. A known event changes nothing. */
  abstract takeEvent(dropId: string, provider: string, event: WebhookEvent): Promise<void>;
}
