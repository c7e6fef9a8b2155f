import type { Page } from './inventory-client.port';
import type {
  BankChallenge,
  Order,
  PlaceOrder,
  PlaceOrderOutcome,
  WebhookDelivery,
  WebhookOutcome,
} from './order';

/** What the gateway may ask of checkout. `ServiceUnavailable` is thrown when no answer came within the deadline. */
export abstract class CheckoutClient {
  abstract placeOrder(command: PlaceOrder): Promise<PlaceOrderOutcome>;
  /** Null when unknown or another customer's. */
  abstract getOrder(query: { orderId: string; customerId: string }): Promise<Order | null>;
  /** The customer's own, newest first. Throws `InvalidCursor`. */
  abstract listOrders(query: { customerId: string; cursor?: string; limit: number }): Promise<Page<Order>>;
  abstract receiveWebhook(delivery: WebhookDelivery): Promise<WebhookOutcome>;
  /** Null when there is no such payment. */
  abstract getBankChallenge(reference: string): Promise<BankChallenge | null>;
  abstract answerBankChallenge(reference: string, answer: 'approve' | 'deny'): Promise<BankChallenge | null>;
}
