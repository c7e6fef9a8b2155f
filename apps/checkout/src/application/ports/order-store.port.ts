import type { Page } from '@holdfast/contracts';
import type { Move, OrderIntent, OrderRecord } from '../../domain/order';
import type { OrderFact } from '../../domain/order-fact';
import type { WebhookEvent } from './webhook-reader.port';

/** `taken`: somebody else was first; the order that stands in the way, when it could be read. */
export type Begun = { kind: 'begun'; order: OrderRecord } | { kind: 'taken' };

/** What is written together with a move. */
export interface Consequences {
  /** For other services. */
  fact: OrderFact | null;
  /** For the key, unless it has an answer already. */
  answer: { status: 201; body: string } | null;
}

/**
 * The ledger of orders. Each call is one statement in one drop, committed when it returns. Throws `ServiceUnavailable` when the database
 * does not answer: the statement may have been done.
 */
export abstract class OrderStore {
  abstract get(dropId: string, orderId: string): Promise<OrderRecord | null>;
  /** The order that pays or has paid a hold. */
  abstract activeOfHold(dropId: string, holdId: string): Promise<OrderRecord | null>;
  /** Writes the intent down, unless the key or the hold has an active order. */
  abstract begin(intent: OrderIntent, leaseMs: number): Promise<Begun>;
  /** A failed order that no answer was given for begins its next attempt. */
  abstract beginAgain(failed: OrderRecord, intent: OrderIntent, leaseMs: number): Promise<Begun>;
  /** Moves an order on if it still stands where `from` saw it, with what follows from it. Null: somebody else moved it. */
  abstract advance(
    from: OrderRecord,
    move: Move,
    consequences: Consequences,
    leaseMs: number,
  ): Promise<OrderRecord | null>;
  /** The next check comes after `delayMs`, or when the payment is given up; at once when a webhook came meanwhile. */
  abstract postpone(order: OrderRecord, delayMs: number): Promise<void>;
  /** Keeps the first answer of a key. Returns true when it was this one. */
  abstract keepAnswer(order: OrderRecord, status: 201 | 202, body: string): Promise<boolean>;

  /** The customer's own orders over all drops, newest first. Throws `InvalidCursor`. */
  abstract ofCustomer(
    customerId: string,
    cursor: string | undefined,
    limit: number,
  ): Promise<Page<OrderRecord>>;

  /** Drops that have orders to check now. */
  abstract dueDrops(limit: number): Promise<string[]>;
  /** Takes due orders of a drop for `leaseMs`; two callers get different ones. */
  abstract claimDue(dropId: string, limit: number, leaseMs: number): Promise<OrderRecord[]>;

  /** Remembers the event and makes its order due at once. Seen before: nothing. */
  abstract takeEvent(dropId: string, provider: string, event: WebhookEvent): Promise<void>;
}
