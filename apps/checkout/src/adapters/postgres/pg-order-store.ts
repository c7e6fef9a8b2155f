import type { Page } from '@holdfast/contracts';
import { orServiceUnavailable } from '@holdfast/postgres';
import { DatabaseError, type Pool } from 'pg';
import { type Begun, type Consequences, OrderStore } from '../../application/ports/order-store.port';
import type { WebhookEvent } from '../../application/ports/webhook-reader.port';
import type { Move, OrderIntent, OrderRecord } from '../../domain/order';
import { type OrderImage, toRecord } from './order-image';
import { pageOfOrders, positionOf } from './order-page';
import { sql } from './sql/sql.generated';

const UNIQUE_VIOLATION = '23505';

/** Orders in PostgreSQL: each call is one named statement, in autocommit, in one drop. */
export class PgOrderStore extends OrderStore {
  constructor(private readonly pool: Pool) {
    super();
  }

  async get(dropId: string, orderId: string): Promise<OrderRecord | null> {
    return this.first(sql.getOrder, [dropId, orderId]);
  }

  async activeOfHold(dropId: string, holdId: string): Promise<OrderRecord | null> {
    return this.first(sql.activeOrderOfHold, [dropId, holdId]);
  }

  async begin(it: OrderIntent, leaseMs: number): Promise<Begun> {
    const ids = [it.dropId, it.orderId, it.customerId, it.holdId];
    const values = [...ids, ...paymentValues(it), leaseMs, it.merchantId];
    const order = await this.first(sql.beginOrder, values);
    return order ? { kind: 'begun', order } : { kind: 'taken' };
  }

  async beginAgain(failed: OrderRecord, it: OrderIntent, leaseMs: number): Promise<Begun> {
    const values = [it.dropId, it.orderId, failed.attempt, it.holdId, ...paymentValues(it), leaseMs];
    try {
      const order = await this.first(sql.beginOrderAgain, values);
      return order ? { kind: 'begun', order } : { kind: 'taken' };
    } catch (error) {
      // Another order pays the hold.
      if (error instanceof DatabaseError && error.code === UNIQUE_VIOLATION) return { kind: 'taken' };
      throw error;
    }
  }

  async advance(
    from: OrderRecord,
    move: Move,
    { fact, answer }: Consequences,
    leaseMs: number,
  ): Promise<OrderRecord | null> {
    return this.first(sql.advanceOrder, [
      from.dropId,
      from.orderId,
      from.attempt,
      from.step,
      move.step,
      move.paymentState ?? null,
      move.reference ?? null,
      move.nextActionUrl ?? null,
      move.reason ?? null,
      move.payableUntil ?? null,
      move.neverGiveUp ?? false,
      leaseMs,
      fact?.type ?? null,
      fact ? JSON.stringify(fact.payload) : null,
      answer?.status ?? null,
      answer?.body ?? null,
    ]);
  }

  async postpone(order: OrderRecord, delayMs: number): Promise<void> {
    const { dropId, orderId, attempt, step, wakes } = order;
    await this.run(sql.postponeOrder, [dropId, orderId, attempt, step, wakes, delayMs]);
  }

  async keepAnswer(order: OrderRecord, status: 201 | 202, body: string): Promise<boolean> {
    const values = [order.dropId, order.orderId, order.attempt, status, body];
    return (await this.run(sql.keepAnswer, values)).rowCount === 1;
  }

  async ofCustomer(
    customerId: string,
    cursor: string | undefined,
    limit: number,
  ): Promise<Page<OrderRecord>> {
    const after = positionOf(cursor);
    const values = [customerId, after?.createdAt ?? null, after?.id ?? null, limit + 1];
    return pageOfOrders(await this.all(sql.ordersOfCustomer, values), limit);
  }

  async dueDrops(limit: number): Promise<string[]> {
    const { rows } = await this.run(sql.dueDrops, [limit]);
    return (rows as { drop_id: string }[]).map((row) => row.drop_id);
  }

  async claimDue(dropId: string, limit: number, leaseMs: number): Promise<OrderRecord[]> {
    return this.all(sql.claimDue, [dropId, limit, leaseMs]);
  }

  async takeEvent(dropId: string, provider: string, event: WebhookEvent): Promise<void> {
    await this.run(sql.takeEvent, [dropId, provider, event.eventId, event.orderId, event.type]);
  }

  private async first(statement: Statement, values: unknown[]): Promise<OrderRecord | null> {
    return (await this.all(statement, values))[0] ?? null;
  }

  private async all(statement: Statement, values: unknown[]): Promise<OrderRecord[]> {
    const { rows } = await this.run(statement, values);
    return (rows as { image: OrderImage }[]).map(({ image }) => toRecord(image));
  }

  private run(statement: Statement, values: unknown[]) {
    return orServiceUnavailable('orders', this.pool.query({ ...statement, values }));
  }
}

interface Statement {
  name: string;
  text: string;
}

const paymentValues = (it: OrderIntent): unknown[] => [
  it.fingerprint,
  it.provider,
  it.token,
  it.email,
  JSON.stringify(it.lines),
  it.totalMinor,
  it.currency,
];
