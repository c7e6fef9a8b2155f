import {
  CHECKOUT_WIRE,
  CheckoutClient,
  webhookToWire,
  type BankChallenge,
  type Order,
  type Page,
  type PlaceOrder,
  type PlaceOrderOutcome,
  type WebhookDelivery,
  type WebhookOutcome,
} from '@holdfast/contracts';
import { CALL_DEADLINE_MS, PLACE_ORDER_DEADLINE_MS } from '../settings';
import type { Peers } from './peers';
import { RemoteClient } from './remote-client';

const ANYWHERE = { key: undefined, deadlineMs: CALL_DEADLINE_MS };

/**
 * Checkout in another process. It keeps nothing of a drop in memory, so the orders of one drop are spread over all instances; those for one
 * hold meet at the same.
 */
export class RemoteCheckout extends CheckoutClient {
  private readonly remote: RemoteClient<CheckoutClient>;

  constructor(peers: Peers) {
    super();
    this.remote = new RemoteClient(peers, CHECKOUT_WIRE);
  }

  placeOrder(command: PlaceOrder): Promise<PlaceOrderOutcome> {
    return this.remote.ask('placeOrder', [command], {
      key: command.holdId,
      deadlineMs: PLACE_ORDER_DEADLINE_MS,
    });
  }

  getOrder(query: { orderId: string; customerId: string }): Promise<Order | null> {
    return this.remote.ask('getOrder', [query], { key: query.orderId, deadlineMs: CALL_DEADLINE_MS });
  }

  listOrders(query: { customerId: string; cursor?: string; limit: number }): Promise<Page<Order>> {
    return this.remote.ask('listOrders', [query], ANYWHERE);
  }

  /** In a frame of its own: a body may have 64 KiB, and a joined frame of them would be refused as too long. */
  receiveWebhook(delivery: WebhookDelivery): Promise<WebhookOutcome> {
    return this.remote.ask('receiveWebhook', [webhookToWire(delivery)], { ...ANYWHERE, alone: true });
  }

  getBankChallenge(reference: string): Promise<BankChallenge | null> {
    return this.remote.ask('getBankChallenge', [reference], ANYWHERE);
  }

  answerBankChallenge(reference: string, answer: 'approve' | 'deny'): Promise<BankChallenge | null> {
    return this.remote.ask('answerBankChallenge', [reference, answer], ANYWHERE);
  }
}
