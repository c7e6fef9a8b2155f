import type { OrderPoint, OrderStats, SeriesQuery } from './figures';
import type { Page } from './list-cursor';
import type {
  BankChallenge,
  Order,
  PlaceOrder,
  PlaceOrderOutcome,
  WebhookDelivery,
  WebhookOutcome,
} from './order';

/**
 * The gateway's calls to checkout. They throw `ServiceUnavailable` if no answer arrives within the deadline.
 */
export abstract class CheckoutClient {
  abstract placeOrder(command: PlaceOrder): Promise<PlaceOrderOutcome>;
  /** Null if unknown or another customer's. */
  abstract getOrder(query: { orderId: string; customerId: string }): Promise<Order | null>;
  /** The customer's own, newest first. Throws `InvalidCursor`. */
  abstract listOrders(query: { customerId: string; cursor?: string; limit: number }): Promise<Page<Order>>;
  /** What became of the orders of a merchant's drop; of another merchant's drop there are none. */
  abstract orderStats(of: { merchantId: string; dropId: string }): Promise<OrderStats>;
  /** The steps in which an order was settled, in order of time; `to` is exclusive. */
  abstract orderSeries(query: SeriesQuery): Promise<OrderPoint[]>;
  abstract receiveWebhook(delivery: WebhookDelivery): Promise<WebhookOutcome>;
  /** Null if there is no such payment. */
  abstract getBankChallenge(reference: string): Promise<BankChallenge | null>;
  abstract answerBankChallenge(reference: string, answer: 'approve' | 'deny'): Promise<BankChallenge | null>;
}
