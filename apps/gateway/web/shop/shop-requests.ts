import { signal } from '@preact/signals';
import type { Answer, NoAnswer } from '../shared/answer';
import { call } from '../shared/api';
import { persist } from '../shared/persist';
import type { Hold, Order } from '../shared/types';
import type { Intent } from './kept';
import { TROUBLE } from './words';

const SLOW_MS = 3_000; // after this the shopper sees that the shop has not answered yet
const ORDER_MS_MAX = 12_000; // a payment takes longer than placing a hold

/** What a shopper asks of the shop. Each request is sent until there is a definite answer. */
export class ShopRequests {
  /** Shown while a call is slow or retried. */
  readonly trouble = signal<string | null>(null);

  placeHold(dropId: string, { body, key }: Intent): Promise<Answer<Hold>> {
    const path = `/v1/drops/${encodeURIComponent(dropId)}/holds`;
    return this.ask(() => call(path, { method: 'POST', body, key, asCustomer: true }));
  }

  readHold(holdId: string): Promise<Answer<Hold>> {
    return this.ask(() => call(holdPath(holdId), { asCustomer: true }));
  }

  releaseHold(holdId: string): Promise<Answer<null>> {
    return this.ask(() => call(holdPath(holdId), { method: 'DELETE', asCustomer: true }));
  }

  placeOrder({ body, key }: Intent): Promise<Answer<Order>> {
    return this.ask(() =>
      call('/v1/orders', { method: 'POST', body, key, asCustomer: true, deadlineMs: ORDER_MS_MAX }),
    );
  }

  readOrder(orderId: string): Promise<Answer<Order>> {
    return this.ask(() => call(orderPath(orderId), { asCustomer: true }));
  }

  /** Once: who polls asks again soon. */
  async pollOrder(orderId: string): Promise<Answer<Order>> {
    const answer = await call<Order>(orderPath(orderId), { asCustomer: true });
    this.trouble.value = answer.kind === 'unreachable' ? TROUBLE.unreachable : null;
    return answer;
  }

  listOrders(): Promise<Answer<{ items: Order[] }>> {
    return this.ask(() => call('/v1/orders?limit=50', { asCustomer: true }));
  }

  private async ask<T>(send: () => Promise<Answer<T>>): Promise<Answer<T>> {
    const slow = setTimeout(() => (this.trouble.value = TROUBLE.slow), SLOW_MS);
    try {
      return await persist(send, ({ kind }) => (this.trouble.value = TROUBLE[kind]));
    } finally {
      clearTimeout(slow);
      this.trouble.value = null;
    }
  }
}

/** An answer after which the same key need not be sent again. */
export function isFinal(answer: NoAnswer): boolean {
  return answer.kind === 'problem' && answer.status < 500 && answer.status !== 429 && answer.status !== 408;
}

const holdPath = (holdId: string) => `/v1/holds/${encodeURIComponent(holdId)}`;
const orderPath = (orderId: string) => `/v1/orders/${encodeURIComponent(orderId)}`;
