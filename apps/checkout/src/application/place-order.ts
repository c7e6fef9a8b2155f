import { type Clock, DeadlineExceeded, deriveOrderId, dropIdOf, withDeadline } from '@holdfast/kernel';
import type { Hold, InventoryClient, PlaceOrder, PlaceOrderOutcome } from '@holdfast/contracts';
import { isSettled, NO_PROVIDER, type OrderIntent, type OrderRecord, STATE_OF } from '../domain/order';
import { refusalOf } from '../domain/refusal';
import { toOrder } from '../domain/render-order';
import type { BackgroundWork } from './background-work';
import { JoinedRequests } from './joined-requests';
import type { PaySaga } from './pay-saga';
import type { OrderKeys } from './ports/order-keys.port';
import type { OrderStore } from './ports/order-store.port';
import type { PaymentProvider } from './ports/payment-provider.port';
import type { CheckoutTimings } from './timings';
import type { Turnstile } from './turnstile';

const ROUTE = 'POST /v1/orders';
const RETRY_AFTER_SECONDS = 1;
const REPLAY_POLL_MS = 40; // a payment takes some 10 ms; ten waiters cost 250 small reads a second

export interface PlaceOrderDeps {
  store: OrderStore;
  keys: OrderKeys;
  inventory: InventoryClient;
  provider: PaymentProvider;
  saga: PaySaga;
  background: BackgroundWork;
  turnstile: Turnstile;
  clock: Clock;
  timings: CheckoutTimings;
}

type OrderIds = Pick<OrderIntent, 'dropId' | 'orderId'>;

/** An answer, or an order of the same key whose answer has to be waited for. */
type Placed = PlaceOrderOutcome | { kind: 'wait-for'; order: OrderRecord };

/** Takes a shopper's order: the same key is the same order, and a hold has one order at a time. */
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

  /** Nobody waits for another's answer on a place: those are for payments that work. */
  private async lead(command: PlaceOrder, ids: OrderIds): Promise<PlaceOrderOutcome> {
    const existing = await this.deps.store.get(ids.dropId, ids.orderId);
    if (existing && !mayBeginAgain(existing)) return this.replay(existing, command);

    const { customerId, address = null } = command;
    const leave = await this.deps.turnstile.enter({ customerId, address });
    if (!leave) return { kind: 'busy', retryAfterSeconds: RETRY_AFTER_SECONDS };
    const placed = await this.placeNew(command, ids, existing, leave).finally(leave);
    return placed.kind === 'wait-for' ? this.replay(placed.order, command) : placed;
  }

  private async placeNew(
    command: PlaceOrder,
    { dropId, orderId }: OrderIds,
    failed: OrderRecord | null,
    leave: () => void,
  ): Promise<Placed> {
    const { holdId, customerId } = command;
    const hold = await this.deps.inventory.getHold({ holdId, customerId });
    if (hold?.state !== 'held') {
      // The same key may have ended the hold since it was looked for: while this request waited for its turn, or just now.
      const same = await this.deps.store.get(dropId, orderId);
      if (same && !mayBeginAgain(same)) return { kind: 'wait-for', order: same };
      const home = await this.deps.keys.dropOf(command);
      if (home !== null && home !== dropId) return { kind: 'key-reused' };
      if (!hold) return { kind: 'hold-not-found' };
      return { kind: hold.state === 'expired' ? 'hold-expired' : 'hold-not-active' };
    }
    // Orders of two drops never meet in a constraint: the key itself is claimed, before anything is written for it.
    if ((await this.deps.keys.claim(command, dropId)) !== dropId) return { kind: 'key-reused' };
    return this.begin(intentOf(command, hold, orderId, this.deps.provider.name), failed, leave);
  }

  private async begin(intent: OrderIntent, failed: OrderRecord | null, leave: () => void): Promise<Placed> {
    const { store, timings } = this.deps;
    const begun = failed
      ? await store.beginAgain(failed, intent, timings.leaseMs)
      : await store.begin(intent, timings.leaseMs);
    if (begun.kind === 'begun') return this.pay(begun.order, leave);
    // The same key was faster, and may have ended already; or another order has the hold.
    const same = await store.get(intent.dropId, intent.orderId);
    if (same && same.attempt !== failed?.attempt) return { kind: 'wait-for', order: same };
    const rival = await store.activeOfHold(intent.dropId, intent.holdId);
    return rival && STATE_OF[rival.step] === 'paid' ? { kind: 'hold-not-active' } : { kind: 'in-progress' };
  }

  /** Drives the order for as long as a shopper waits; after that it goes on without them. The place is left as soon as the provider is slow. */
  private async pay(order: OrderRecord, leave: () => void): Promise<PlaceOrderOutcome> {
    const driven = this.deps.background.track(this.deps.saga.drive(order, leave));
    try {
      return await this.answer(await withDeadline('payment', this.deps.timings.answerBudgetMs, driven), true);
    } catch (error) {
      if (!(error instanceof DeadlineExceeded)) throw error;
      return this.answer((await this.deps.store.get(order.dropId, order.orderId)) ?? order, true);
    }
  }

  /** The answer of an order that this request made, or that had no answer: the first one is kept, and given ever after. */
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
    if (!kept?.answer) return { kind: 'in-progress' }; // a new attempt has begun meanwhile
    return { kind: 'answered', ...kept.answer, orderId, replayed: !isFirst };
  }

  /**
   * The key has an order already: its answer, once there is one. Whoever made the order answers within the wait, unless they died; then the
   * key gets its answer here.
   */
  private async replay(order: OrderRecord, command: PlaceOrder): Promise<PlaceOrderOutcome> {
    const { store, clock, timings } = this.deps;
    if (order.fingerprint !== command.bodyHash) return { kind: 'key-reused' };
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
 * A refusal is not stored, so the key is free again. Not after units were sold and returned: the order keeps that hold, and a second one of its
 * own could neither be returned nor be told from the first.
 */
const mayBeginAgain = ({ step, answer, reason }: OrderRecord): boolean =>
  step === 'failed' && answer === null && reason !== 'payment-voided';

/** Waiting longer would tell nothing new to somebody who waits for an answer. */
const isAnswerable = (order: OrderRecord): boolean =>
  order.answer !== null || isSettled(order.step) || order.step === 'awaiting' || refusalOf(order) !== null;

function intentOf(command: PlaceOrder, hold: Hold, orderId: string, provider: string): OrderIntent {
  return {
    dropId: hold.dropId,
    orderId,
    customerId: command.customerId,
    holdId: hold.id,
    fingerprint: command.bodyHash,
    provider: hold.total.amountMinor === 0 ? NO_PROVIDER : provider,
    token: command.payment.token,
    email: command.email,
    lines: hold.lines,
    totalMinor: hold.total.amountMinor,
    currency: hold.total.currency,
  };
}
