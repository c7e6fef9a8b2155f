import { invariant } from '@holdfast/kernel';
import { ServiceUnavailable } from '@holdfast/contracts';
import type { Logger } from '@holdfast/observability';
import { backoffMs } from '../domain/backoff';
import { ASKS_PROVIDER, isSettled, type Move, NEXT, type OrderRecord, STATE_OF } from '../domain/order';
import { factOf } from '../domain/order-fact';
import { toOrder } from '../domain/render-order';
import type { Consequences, OrderStore } from './ports/order-store.port';
import type { SagaSteps, Verdict } from './saga-steps';

// A provider answers in some 10 ms, and a place is wanted by others; what comes later comes without a place.
const PROVIDER_PATIENCE_MS = 100;
const MOVES_MAX = 24; // the longest way through the states has nine; more means that two states play ball

export interface SagaDeps {
  store: OrderStore;
  steps: SagaSteps;
  /** From 0 to 1. */
  random: () => number;
  logger: Logger;
  leaseMs: number;
}

/**
 * Drives an order from its recovery point as far as it goes. Any number may drive the same order: each move is taken from the step that was
 * seen, and what is done in between is idempotent.
 */
export class PaySaga {
  constructor(private readonly deps: SagaDeps) {}

  /**
   * Returns the order where it came to stand: settled, or waiting for its next check. `onSlow` is called when the provider lets us wait.
   * Throws `ServiceUnavailable` when our own ledger is away.
   */
  async drive(from: OrderRecord, onSlow?: () => void): Promise<OrderRecord> {
    const { store, logger, random, leaseMs } = this.deps;
    let order = from;
    for (let moves = 0; !isSettled(order.step); moves += 1) {
      invariant(moves < MOVES_MAX, `order ${order.orderId} comes to rest`);
      const verdict = await this.watch(order, onSlow);
      if (verdict.kind === 'wait') {
        const fields = { orderId: order.orderId, step: order.step, why: verdict.why };
        if (verdict.stuck) logger.error(fields, 'order is stuck: nothing but an operator can settle it');
        else logger.debug(fields, 'order waits');
        await store.postpone(order, backoffMs(order.tries, random));
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
      // Nothing is at stake yet: the shopper is told, and the hold is given back in case it was extended after all.
      return { kind: 'move', move: { step: 'yielding', reason: 'temporarily-unavailable' } };
    }
  }

  /** Somebody else moved the order on. */
  private async giveWay(order: OrderRecord): Promise<OrderRecord> {
    const now = (await this.deps.store.get(order.dropId, order.orderId)) ?? order;
    // Our late extension may have taken the hold again for an order that had just let go of it.
    if (order.step === 'extending' && STATE_OF[now.step] === 'failed' && now.attempt === order.attempt) {
      await this.deps.steps.next({ ...now, step: 'yielding' });
    }
    return now;
  }
}

/** A paid order is its own answer: kept in the same commit, it is there for the key whoever died, and costs no commit of its own. */
function consequencesOf(order: OrderRecord, move: Move): Consequences {
  return {
    fact: factOf(order, move.step, move.reason ?? order.reason),
    answer:
      move.step === 'paid' ? { status: 201, body: JSON.stringify(toOrder({ ...order, ...move })) } : null,
  };
}
