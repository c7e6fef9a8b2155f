import { assertNever } from '@holdfast/kernel';
import type { OrderHolds, PayForHold } from '@holdfast/contracts';
import { type Move, NO_PROVIDER, type OrderReason, type OrderRecord, providerKey } from '../domain/order';
import type { CallOptions, Charge, PaymentProvider, ProviderAnswer } from './ports/payment-provider.port';

/**
 * Result of a step. `wait`: no answer yet or outcome unknown; retry with the same key. `stuck`: an operator must intervene.
 */
export type Verdict = { kind: 'move'; move: Move } | { kind: 'wait'; why: string; stuck?: boolean };

const LAST_CALL_MS = 250; // a call just before the end still gets the time of a round trip
// Short, since a lookup shows the outcome of a repeated call, and while it hangs other orders wait for the completer.
const REPEATED_CALL_MS = 1_000;

const move = (it: Move): Verdict => ({ kind: 'move', move: it });
const wait = (why: string): Verdict => ({ kind: 'wait', why });
const isOver = (order: OrderRecord): boolean => order.giveUpInMs !== null && order.giveUpInMs <= 0;

/**
 * One method for each step, each calling one other party. Any of them may run twice, concurrently, or again after a crash: the hold is identified
 * by its order, the charge by its key, the refund by its order.
 */
export class SagaSteps {
  constructor(
    private readonly inventory: OrderHolds,
    private readonly provider: PaymentProvider,
  ) {}

  async next(order: OrderRecord): Promise<Verdict> {
    switch (order.step) {
      case 'extending':
        return this.extend(order);
      case 'authorising':
        return this.authorise(order);
      case 'awaiting':
        return this.await(order);
      case 'confirming':
        return this.confirm(order);
      case 'retaking':
        return this.retake(order);
      case 'capturing':
        return this.capture(order);
      case 'giving':
        return this.give(order);
      case 'returning':
        return this.return(order);
      case 'voiding':
        return this.void(order);
      case 'yielding':
        return this.yield(order);
      case 'releasing':
        return this.release(order);
      case 'refunding':
        return this.refund(order);
      case 'paid':
      case 'failed':
      case 'refunded':
        return wait('settled');
      default:
        return assertNever(order.step);
    }
  }

  private async extend(order: OrderRecord): Promise<Verdict> {
    const outcome = await this.inventory.extendHold(holdOf(order));
    const refuse = (reason: OrderReason): Verdict => move({ step: 'failed', reason });
    switch (outcome.kind) {
      case 'extended':
        return move({
          step: order.provider === NO_PROVIDER ? 'giving' : 'authorising',
          payableUntil: outcome.hold.expiresAt,
        });
      case 'not-found':
        return refuse('hold-not-found');
      case 'expired':
        return refuse('hold-expired');
      case 'not-active':
        return refuse('hold-not-active');
      case 'payment-in-flight':
        return refuse('request-in-progress');
      case 'busy':
        // No money has moved, so the shopper decides whether to retry; the hold is yielded in case it was extended after all.
        return move({ step: 'yielding', reason: 'temporarily-unavailable' });
      default:
        return assertNever(outcome);
    }
  }

  private async authorise(order: OrderRecord): Promise<Verdict> {
    // An earlier try may have arrived although its answer was lost: look it up first.
    if (order.tries > 0 || isOver(order)) {
      const known = await this.provider.lookup(providerKey(order));
      if (known.kind === 'charge') return this.judge(order, known.charge);
      if (isOver(order)) return move({ step: 'voiding', reason: 'payment-timed-out' });
      if (known.kind === 'unknown') return wait(known.why);
    }
    const answer = await this.provider.authorise(
      {
        key: providerKey(order),
        orderId: order.orderId,
        holdId: order.holdId,
        dropId: order.dropId,
        token: order.token,
        amountMinor: order.totalMinor,
        currency: order.currency,
        payableUntil: order.payableUntil ?? order.createdAt,
        returnPath: `/d/${order.dropId}?order=${order.orderId}`,
      },
      deadlineOf(order),
    );
    return answer.kind === 'charge' ? this.judge(order, answer.charge) : wait(whyOf(answer));
  }

  private async await(order: OrderRecord): Promise<Verdict> {
    const answer = await this.provider.lookup(providerKey(order));
    if (answer.kind === 'charge') return this.judge(order, answer.charge);
    return isOver(order) ? move({ step: 'voiding', reason: 'payment-timed-out' }) : wait(whyOf(answer));
  }

  /** The move that follows from the charge's state, for an order that is not confirmed. */
  private judge(order: OrderRecord, charge: Charge): Verdict {
    const { reference, state } = charge;
    switch (state) {
      case 'authorized':
      case 'captured':
        return move({ step: 'confirming', paymentState: state, reference });
      case 'declined':
        return move({ step: 'yielding', paymentState: state, reference, reason: 'payment-declined' });
      case 'voided':
        return move({ step: 'releasing', paymentState: state, reference, reason: 'payment-timed-out' });
      case 'processing':
      case 'requires-action':
        if (isOver(order)) return move({ step: 'voiding', reference, reason: 'payment-timed-out' });
        if (order.step === 'awaiting') return wait(state);
        return move({
          step: 'awaiting',
          paymentState: state === 'processing' ? 'pending' : state,
          reference,
          ...(charge.nextActionUrl === null ? {} : { nextActionUrl: charge.nextActionUrl }),
        });
      default:
        return assertNever(state);
    }
  }

  private async confirm(order: OrderRecord): Promise<Verdict> {
    const outcome = await this.inventory.confirmHold(holdOf(order));
    switch (outcome.kind) {
      case 'confirmed':
        return move({ step: 'capturing' });
      case 'expired':
        return move({ step: 'retaking' });
      case 'not-active':
      case 'not-found':
        // The hold was ended on purpose. An authorisation is voided; captured money gets its units.
        return order.paymentState === 'captured'
          ? move({ step: 'retaking' })
          : move({ step: 'voiding', reason: 'hold-not-active' });
      case 'busy':
        return wait('inventory is busy');
      default:
        return assertNever(outcome);
    }
  }

  private async retake(order: OrderRecord): Promise<Verdict> {
    const outcome = await this.inventory.retakeHold(holdOf(order));
    switch (outcome.kind) {
      case 'confirmed':
        return move({ step: 'capturing' });
      case 'short':
      case 'not-found':
        return move({
          step: order.paymentState === 'captured' ? 'refunding' : 'voiding',
          reason: 'units-gone',
        });
      case 'busy':
        return wait('inventory is busy');
      default:
        return assertNever(outcome);
    }
  }

  private async capture(order: OrderRecord): Promise<Verdict> {
    const answer = await this.provider.capture(providerKey(order));
    if (answer.kind !== 'charge') return wait(whyOf(answer));
    const { state, reference } = answer.charge;
    if (state === 'captured') return move({ step: 'paid', paymentState: state, reference });
    // The authorisation has ended; a charge in these states can never be captured.
    if (state === 'voided' || state === 'declined')
      return move({ step: 'returning', paymentState: state, reference, reason: 'payment-voided' });
    return wait(`sold, but the charge is ${state}`);
  }

  /** An order of 0 only confirms its hold. */
  private async give(order: OrderRecord): Promise<Verdict> {
    const outcome = await this.inventory.confirmHold(holdOf(order));
    switch (outcome.kind) {
      case 'confirmed':
        return move({ step: 'paid', paymentState: 'captured' });
      case 'expired':
        return move({ step: 'releasing', reason: 'hold-expired' });
      case 'not-active':
      case 'not-found':
        return move({ step: 'releasing', reason: 'hold-not-active' });
      case 'busy':
        return wait('inventory is busy');
      default:
        return assertNever(outcome);
    }
  }

  private async return(order: OrderRecord): Promise<Verdict> {
    const outcome = await this.inventory.returnHold(holdOf(order));
    switch (outcome.kind) {
      case 'returned':
        return move({ step: 'failed' });
      case 'not-found':
        return { kind: 'wait', why: 'the order has no confirmed hold to return', stuck: true };
      case 'busy':
        return wait('inventory is busy');
      default:
        return assertNever(outcome);
    }
  }

  private async void(order: OrderRecord): Promise<Verdict> {
    const answer = await this.provider.void(providerKey(order));
    if (answer.kind === 'unknown') return wait(answer.why);
    if (answer.kind === 'not-found') return move({ step: 'releasing', paymentState: 'voided' });
    const { state, reference } = answer.charge;
    switch (state) {
      case 'voided':
        return move({ step: 'releasing', paymentState: state, reference });
      case 'declined':
        return move({ step: 'yielding', paymentState: state, reference, reason: 'payment-declined' });
      case 'captured': // it succeeded after all
        return move({ step: 'confirming', paymentState: state, reference });
      case 'processing':
        return move({ step: 'awaiting', reference, neverGiveUp: true });
      case 'authorized':
      case 'requires-action':
        return wait(`not voided yet: ${state}`);
      default:
        return assertNever(state);
    }
  }

  private async yield(order: OrderRecord): Promise<Verdict> {
    const outcome = await this.inventory.yieldHold(holdOf(order));
    return outcome.kind === 'busy' ? wait('inventory is busy') : move({ step: 'failed' });
  }

  private async release(order: OrderRecord): Promise<Verdict> {
    const outcome = await this.inventory.releaseForOrder(holdOf(order));
    return outcome.kind === 'busy' ? wait('inventory is busy') : move({ step: 'failed' });
  }

  private async refund(order: OrderRecord): Promise<Verdict> {
    const answer = await this.provider.refund(providerKey(order), order.orderId);
    if (answer.kind !== 'charge') return wait(whyOf(answer));
    return answer.charge.refundedMinor >= order.totalMinor
      ? move({ step: 'refunded', paymentState: 'refunded' })
      : wait('not refunded yet');
  }
}

const holdOf = ({ holdId, customerId, orderId }: OrderRecord): PayForHold => ({
  holdId,
  customerId,
  orderId,
});

function deadlineOf({ tries, giveUpInMs }: OrderRecord): CallOptions {
  const deadlineMs = Math.min(
    giveUpInMs === null ? Infinity : Math.max(LAST_CALL_MS, giveUpInMs),
    tries > 0 ? REPEATED_CALL_MS : Infinity,
  );
  return deadlineMs === Infinity ? {} : { deadlineMs };
}

const whyOf = (answer: Exclude<ProviderAnswer, { kind: 'charge' }>): string =>
  answer.kind === 'unknown' ? answer.why : 'the provider does not know the charge';
