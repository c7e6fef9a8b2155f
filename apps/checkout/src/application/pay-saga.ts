import { backoffMs, invariant } from '@holdfast/kernel';
import { ServiceUnavailable } from '@holdfast/contracts';
import type { Logger } from '@holdfast/observability';
import { ASKS_PROVIDER, isSettled, type Move, NEXT, type OrderRecord, STATE_OF } from '../domain/order';
import { factOf } from '../domain/order-fact';
import { toOrder } from '../domain/render-order';
import type { Consequences, OrderStore } from './ports/order-store.port';
import type { SagaSteps, Verdict } from './saga-steps';

// A provider usually answers in 10 ms. After that, release the permit and continue without one.
const PROVIDER_PATIENCE_MS = 100;
// A lost answer is requested again while the shopper still waits; an order that waits for days costs four checks a minute.
const CHECK_BACKOFF = { firstMs: 150, maxMs: 15_000 };
const MOVES_MAX = 24; // the longest path has nine; more means that the order alternates between two states

export interface SagaDeps {
  store: OrderStore;
  steps: SagaSteps;
  /** From 0 to 1. */
  random: () => number;
  logger: Logger;
  leaseMs: number;
}

/**
 * Drives an order from its recovery point as far as possible. Any number of workers may drive the same order: a move succeeds only from the step
 * that was read, and each step is idempotent.
 */
export class PaySaga {
  constructor(private readonly deps: SagaDeps) {}

  /**
   * Returns the order as it is then: settled, or waiting for its next check. `onSlow` is called when the provider is slow. Throws
   * `ServiceUnavailable` when the ledger is unreachable.
   */
  async drive(from: OrderRecord, onSlow?: () => void): Promise<OrderRecord> {
    const { store, logger, random, leaseMs } = this.deps;
    let order = from;
    for (let moves = 0; !isSettled(order.step); moves += 1) {
      invariant(moves < MOVES_MAX, `order ${order.orderId} settles or waits`);
      const verdict = await this.watch(order, onSlow);
      if (verdict.kind === 'wait') {
        const fields = { orderId: order.orderId, step: order.step, why: verdict.why };
        if (verdict.stuck) logger.error(fields, 'order is stuck: an operator has to resolve it');
        else logger.debug(fields, 'order is waiting for the provider');
        await store.postpone(order, backoffMs(order.tries, CHECK_BACKOFF, random));
        return order;
      }
      const { move } = verdict;
      invariant(NEXT[order.step].includes(move.step), `${order.step} may lead to ${move.step}`);
      const moved = await store.advance(order, move, consequencesOf(order, move), leaseMs);
      if (!moved) return this.giveWay(order);
      order = moved;
    }
    return order;
  }

  private async watch(order: OrderRecord, onSlow: (() => void) | undefined): Promise<Verdict> {
    if (!onSlow || !ASKS_PROVIDER.has(order.step)) return this.ask(order);
    const timer = setTimeout(onSlow, PROVIDER_PATIENCE_MS);
    return this.ask(order).finally(() => clearTimeout(timer));
  }

  private async ask(order: OrderRecord): Promise<Verdict> {
    try {
      return await this.deps.steps.next(order);
    } catch (error) {
      if (!(error instanceof ServiceUnavailable)) throw error;
      if (order.step !== 'extending') return { kind: 'wait', why: error.message };
      // No money has moved: refuse the order, and yield the hold in case it was extended after all.
      return { kind: 'move', move: { step: 'yielding', reason: 'temporarily-unavailable' } };
    }
  }

  /** Another worker has moved the order. */
  private async giveWay(order: OrderRecord): Promise<OrderRecord> {
    const now = (await this.deps.store.get(order.dropId, order.orderId)) ?? order;
    // Our late extension may have extended the hold again for an order that had just yielded it.
    if (order.step === 'extending' && STATE_OF[now.step] === 'failed' && now.attempt === order.attempt) {
      await this.deps.steps.next({ ...now, step: 'yielding' });
    }
    return now;
  }
}

/** A paid order is the answer to its key: stored in the same commit, it survives any crash and costs no extra commit. */
function consequencesOf(order: OrderRecord, move: Move): Consequences {
  return {
    fact: factOf(order, move.step, move.reason ?? order.reason),
    answer:
      move.step === 'paid' ? { status: 201, body: JSON.stringify(toOrder({ ...order, ...move })) } : null,
  };
}
