import { dropIdOf } from '@holdfast/kernel';
import {
  type BankChallenge,
  CheckoutClient,
  type Order,
  type OrderPoint,
  type OrderStats,
  type Page,
  type PlaceOrder,
  type PlaceOrderOutcome,
  type SeriesQuery,
  type WebhookDelivery,
  type WebhookOutcome,
} from '@holdfast/contracts';
import { toOrder } from '../domain/render-order';
import type { PlaceOrderUseCase } from './place-order';
import type { BankChallenges } from './ports/bank-challenges.port';
import type { OrderFigures } from './ports/order-figures.port';
import type { OrderStore } from './ports/order-store.port';
import type { WebhookReader } from './ports/webhook-reader.port';

export interface CheckoutDeps {
  store: OrderStore;
  figures: OrderFigures;
  placing: PlaceOrderUseCase;
  readers: readonly WebhookReader[];
  bank: BankChallenges;
  /** Starts a run of the completer now. */
  wake: () => void;
}

/** Checkout's API, called directly by the gateway in the same process. */
export class CheckoutService extends CheckoutClient {
  constructor(private readonly deps: CheckoutDeps) {
    super();
  }

  placeOrder(command: PlaceOrder): Promise<PlaceOrderOutcome> {
    return this.deps.placing.place(command);
  }

  async getOrder({ orderId, customerId }: { orderId: string; customerId: string }): Promise<Order | null> {
    const dropId = dropIdOf(orderId);
    const order = dropId === undefined ? null : await this.deps.store.get(dropId, orderId);
    return order && order.customerId === customerId ? toOrder(order) : null;
  }

  async listOrders(query: { customerId: string; cursor?: string; limit: number }): Promise<Page<Order>> {
    const page = await this.deps.store.ofCustomer(query.customerId, query.cursor, query.limit);
    return { items: page.items.map(toOrder), nextCursor: page.nextCursor };
  }

  orderStats(of: { merchantId: string; dropId: string }): Promise<OrderStats> {
    return this.deps.figures.stats(of);
  }

  orderSeries(query: SeriesQuery): Promise<OrderPoint[]> {
    return this.deps.figures.series(query);
  }

  /** Stores the event and makes its order due. The state is then read from the provider, so a forged, old or repeated event changes nothing. */
  async receiveWebhook(delivery: WebhookDelivery): Promise<WebhookOutcome> {
    const reader = this.deps.readers.find(({ provider }) => provider === delivery.provider);
    if (!reader) return { kind: 'unknown-provider' };
    const reading = reader.read(delivery);
    if (reading.kind !== 'event') return reading;
    const dropId = dropIdOf(reading.event.orderId);
    if (dropId === undefined) return { kind: 'malformed' };
    await this.deps.store.takeEvent(dropId, reader.provider, reading.event);
    this.deps.wake();
    return { kind: 'accepted' };
  }

  getBankChallenge(reference: string): Promise<BankChallenge | null> {
    return this.deps.bank.challenge(reference);
  }

  answerBankChallenge(reference: string, answer: 'approve' | 'deny'): Promise<BankChallenge | null> {
    return this.deps.bank.answer(reference, answer);
  }
}
