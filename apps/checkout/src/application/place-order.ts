import { type Clock, DeadlineExceeded, deriveOrderId, dropIdOf, withDeadline } from '@holdfast/kernel';
import type { Hold, OrderHolds, PlaceOrder, PlaceOrderOutcome } from '@holdfast/contracts';
import { isSettled, NO_PROVIDER, type OrderIntent, type OrderRecord, STATE_OF } from '../domain/order';
import { refusalOf } from '../domain/refusal';
import { toOrder } from '../domain/render-order';
import type { BackgroundWork } from './background-work';
import { JoinedRequests } from './joined-requests';
import type { MerchantsOfDrops } from './merchants-of-drops';
import type { PaySaga } from './pay-saga';
import type { OrderKeys } from './ports/order-keys.port';
import type { OrderStore } from './ports/order-store.port';
import type { PaymentProvider } from './ports/payment-provider.port';
import type { CheckoutTimings } from './timings';
import type { FairSemaphore } from './fair-semaphore';

const ROUTE = 'POST /v1/orders';
const RETRY_AFTER_SECONDS = 1;
const REPLAY_POLL_MS = 40; // a payment takes about 10 ms; ten waiters cost 250 small reads a second

export interface PlaceOrderDeps {
  store: OrderStore;
  keys: OrderKeys;
  inventory: Pick<OrderHolds, 'getHold'>;
  merchants: Pick<MerchantsOfDrops, 'of'>;
  provider: PaymentProvider;
  saga: PaySaga;
  background: BackgroundWork;
  semaphore: FairSemaphore;
  clock: Clock;
  timings: CheckoutTimings;
}

type OrderIds = Pick<OrderIntent, 'dropId' | 'orderId'>;

/** An answer, or an order of the same key that has no answer yet. */
type Placed = PlaceOrderOutcome | { kind: 'wait-for'; order: OrderRecord };

/** Places a shopper's order: the same key is the same order, and a hold has one active order. */
export class PlaceOrderUseCase {
  private readonly joined: JoinedRequests;

  constructor(private readonly deps: PlaceOrderDeps) {
    this.joined = new JoinedRequests(deps.timings.joinWaitMs);
  }

  async place(command: PlaceOrder): Promise<PlaceOrderOutcome> {
    const { customerId, key, holdId } = command;
    const token = this.deps.provider.judgeToken(command.payment.token);
    if (token !== 'taken') return { kind: token === 'unknown' ? 'unknown-token' : 'token-refused' };
    const dropId = dropIdOf(holdId);
    if (dropId === undefined) return { kind: 'hold-not-found' };
    const orderId = deriveOrderId({ dropId, customerId, route: ROUTE, key });
    return this.joined.run(command, () => this.lead(command, { dropId, orderId }));
  }

  /** A request that waits for the answer of another holds no permit: those are for payments that work. */
  private async lead(command: PlaceOrder, ids: OrderIds): Promise<PlaceOrderOutcome> {
    const existing = await this.deps.store.get(ids.dropId, ids.orderId);
    if (existing && !mayBeginAgain(existing)) return this.replay(existing, command);

    const { customerId, address = null } = command;
    const release = await this.deps.semaphore.acquire({ customerId, address });
    if (!release) return { kind: 'busy', retryAfterSeconds: RETRY_AFTER_SECONDS };
    const placed = await this.placeNew(command, ids, existing, release).finally(release);
    return placed.kind === 'wait-for' ? this.replay(placed.order, command) : placed;
  }

  private async placeNew(
    command: PlaceOrder,
    { dropId, orderId }: OrderIds,
    failed: OrderRecord | null,
    release: () => void,
  ): Promise<Placed> {
    const { holdId, customerId } = command;
    const hold = await this.deps.inventory.getHold({ holdId, customerId });
    if (hold?.state !== 'held') {
      // A request with the same key may have ended the hold since the look-up: while this one waited for a permit, or just now.
      const same = await this.deps.store.get(dropId, orderId);
      if (same && !mayBeginAgain(same)) return { kind: 'wait-for', order: same };
      const home = await this.deps.keys.dropOf(command);
      if (home !== null && home !== dropId) return { kind: 'key-reused' };
      if (!hold) return { kind: 'hold-not-found' };
      return { kind: hold.state === 'expired' ? 'hold-expired' : 'hold-not-active' };
    }
    // No constraint spans the orders of two drops: the key itself is claimed before anything else is written.
    if ((await this.deps.keys.claim(command, dropId)) !== dropId) return { kind: 'key-reused' };
    const merchantId = await this.deps.merchants.of(dropId);
    const intent = { ...intentOf(command, hold, orderId, this.deps.provider.name), merchantId };
    return this.begin(intent, failed, release);
  }

  private async begin(intent: OrderIntent, failed: OrderRecord | null, release: () => void): Promise<Placed> {
    const { store, timings } = this.deps;
    const begun = failed
      ? await store.beginAgain(failed, intent, timings.leaseMs)
      : await store.begin(intent, timings.leaseMs);
    if (begun.kind === 'begun') return this.pay(begun.order, release);
    // A request with the same key was faster, and may have finished; or another order has the hold.
    const same = await store.get(intent.dropId, intent.orderId);
    if (same && same.attempt !== failed?.attempt) return { kind: 'wait-for', order: same };
    const rival = await store.activeOfHold(intent.dropId, intent.holdId);
    return rival && STATE_OF[rival.step] === 'paid' ? { kind: 'hold-not-active' } : { kind: 'in-progress' };
  }

  /** Drives the order for as long as a shopper waits; after that it goes on without them. The permit is released as soon as the provider is slow. */
  private async pay(order: OrderRecord, release: () => void): Promise<PlaceOrderOutcome> {
    const driven = this.deps.background.track(this.deps.saga.drive(order, release));
    try {
      return await this.answer(await withDeadline('payment', this.deps.timings.answerBudgetMs, driven), true);
    } catch (error) {
      if (!(error instanceof DeadlineExceeded)) throw error;
      return this.answer((await this.deps.store.get(order.dropId, order.orderId)) ?? order, true);
    }
  }

  /** The answer of an order that this request created, or that had no answer: the first answer is stored and replayed from then on. */
  private async answer(order: OrderRecord, isFirst: boolean): Promise<PlaceOrderOutcome> {
    const refusal = refusalOf(order);
    if (refusal) return refusal;
    const { orderId } = order;
    if (order.answer) return { kind: 'answered', ...order.answer, orderId, replayed: !isFirst };
    const status = STATE_OF[order.step] === 'paid' ? 201 : 202;
    const body = JSON.stringify(toOrder(order));
    if (await this.deps.store.keepAnswer(order, status, body)) {
      return { kind: 'answered', status, body, orderId, replayed: !isFirst };
    }
    const kept = await this.deps.store.get(order.dropId, orderId);
    if (!kept?.answer) return { kind: 'in-progress' }; // a new attempt has begun concurrently
    return { kind: 'answered', ...kept.answer, orderId, replayed: !isFirst };
  }

  /**
   * The key has an order already: its answer, once there is one. The request that created it answers within the wait, unless its process died;
   * then the key gets its answer here.
   */
  private async replay(order: OrderRecord, command: PlaceOrder): Promise<PlaceOrderOutcome> {
    const { store, clock, timings } = this.deps;
    if (order.fingerprint !== command.fingerprint) return { kind: 'key-reused' };
    const end = clock.now() + timings.replayWaitMs;
    let now: OrderRecord | null = order;
    while (now && now.attempt === order.attempt) {
      if (isAnswerable(now) || clock.now() >= end) return this.answer(now, false);
      await new Promise((resolve) => setTimeout(resolve, REPLAY_POLL_MS));
      now = await store.get(order.dropId, order.orderId);
    }
    return { kind: 'in-progress' };
  }
}

/**
 * A refusal is not stored, so the key can be used again. Not after units were sold and returned: the order keeps that hold, and a second hold of
 * the same order could neither be returned nor be distinguished from the first.
 */
const mayBeginAgain = ({ step, answer, reason }: OrderRecord): boolean =>
  step === 'failed' && answer === null && reason !== 'payment-voided';

/** Waiting longer would tell nothing new to somebody who waits for an answer. */
const isAnswerable = (order: OrderRecord): boolean =>
  order.answer !== null || isSettled(order.step) || order.step === 'awaiting' || refusalOf(order) !== null;

function intentOf(
  command: PlaceOrder,
  hold: Hold,
  orderId: string,
  provider: string,
): Omit<OrderIntent, 'merchantId'> {
  return {
    dropId: hold.dropId,
    orderId,
    customerId: command.customerId,
    holdId: hold.id,
    fingerprint: command.fingerprint,
    provider: hold.total.amountMinor === 0 ? NO_PROVIDER : provider,
    token: command.payment.token,
    email: command.email,
    lines: hold.lines,
    totalMinor: hold.total.amountMinor,
    currency: hold.total.currency,
  };
}
