import { signal } from '@preact/signals';
import type { Answer } from '../shared/answer';
import { call } from '../shared/api';
import { newKey } from '../shared/new-key';
import { persist } from '../shared/persist';
import { clock } from '../shared/server-clock';
import type { Hold, Order } from '../shared/types';
import { bankAddress } from './bank-address';
import type { DropStore } from './drop-store';
import { type Intent, KeptPurchase } from './kept';
import {
  DECLINED,
  GIVEN_BACK,
  HOLD_ENDED,
  HOLD_OVER,
  limitReached,
  type Notice,
  orderReason,
  PAYMENT_FAILED,
  soldOut,
  TROUBLE,
  wordsFor,
} from './words';

/** Where the shopper stands. */
export type Step =
  | { kind: 'choose' }
  | { kind: 'held'; hold: Hold }
  /** The payment is on its way; what becomes of it is asked for until it is known. */
  | { kind: 'settling'; order: Order }
  | { kind: 'done'; order: Order };

const POLL_MS = { first: 700, max: 2_500 };
const IN_PROGRESS_TRIES = 20;
const seconds = (n: number) => new Promise((resolve) => setTimeout(resolve, n * 1000));

/** One shopper's way through one drop: choose, hold, pay. Every change asks the server; what it said last is what is shown. */
export class Purchase {
  readonly step = signal<Step>({ kind: 'choose' });
  readonly notice = signal<Notice | null>(null);
  /** The shop is being asked; a second click would do nothing. */
  readonly busy = signal<'hold' | 'pay' | 'give-back' | 'resume' | null>(null);
  /** Said while a call is tried again. */
  readonly trouble = signal<string | null>(null);
  private readonly kept: KeptPurchase;

  constructor(private readonly drop: DropStore) {
    this.kept = new KeptPurchase(drop.dropId);
  }

  /** Finds again what was begun: after a reload, after a lost answer, and on the way back from the bank (`?order=`). */
  async resume(orderFromUrl: string | null): Promise<void> {
    const { hold, holdId, order, orderId } = this.kept.value;
    const wanted = orderFromUrl ?? orderId;
    if (!wanted && !order && !holdId && !hold) return;
    await this.during('resume', async () => {
      if (wanted && (await this.findOrder(wanted))) return;
      if (order && holdId && (await this.sendOrder(order))) return;
      if (holdId) return this.findHold(holdId);
      if (hold) await this.sendHold(hold);
    });
  }

  async hold(sku: string, quantity: number): Promise<void> {
    this.notice.value = null;
    await this.during('hold', async () => {
      const body = JSON.stringify({ lines: [{ sku, quantity }] });
      const before = this.kept.value.hold;
      // An answer is still owed for the last click. It decides first: two holds for one shopper would eat their limit.
      if (before && before.body !== body && (await this.sendHold(before))) return;
      const intent = before?.body === body ? before : { key: newKey(), body, atMs: Date.now() };
      this.keep({ hold: intent });
      await this.sendHold(intent);
    });
  }

  async giveBack(): Promise<void> {
    const step = this.step.value;
    if (step.kind !== 'held') return;
    await this.during('give-back', async () => {
      const path = `/v1/holds/${encodeURIComponent(step.hold.id)}`;
      const answer = await this.ask<null>(() => call(path, { method: 'DELETE', asCustomer: true }));
      if (answer.kind === 'ok' || (answer.kind === 'problem' && answer.status === 404))
        this.chooseAgain(GIVEN_BACK);
      else if (answer.kind === 'problem' && answer.status === 409) await this.findOrderOfHold(step.hold.id);
      else this.notice.value = wordsFor(answer);
    });
  }

  async pay(email: string, token: string): Promise<void> {
    const step = this.step.value;
    if (step.kind !== 'held') return;
    this.notice.value = null;
    await this.during('pay', async () => {
      const body = JSON.stringify({ holdId: step.hold.id, payment: { method: 'card', token }, email });
      const before = this.kept.value.order;
      const intent = before?.body === body ? before : { key: newKey(), body, atMs: Date.now() };
      this.keep({ holdId: step.hold.id, order: intent });
      const settled = await this.sendOrder(intent);
      if (settled) this.followBank();
    });
  }

  /** The hold's time is over by the clock of this page; the server's word counts. */
  async timeIsOver(): Promise<void> {
    const step = this.step.value;
    if (step.kind === 'held' && this.busy.value === null) await this.findHold(step.hold.id, true);
  }

  /** Back to the shelf, from wherever the shopper is. */
  chooseAgain(notice: Notice | null = null): void {
    this.kept.set({});
    this.step.value = { kind: 'choose' };
    this.notice.value = notice;
    if (new URLSearchParams(location.search).has('order')) history.replaceState(null, '', location.pathname);
  }

  private async sendHold(intent: Intent): Promise<boolean> {
    const path = `/v1/drops/${encodeURIComponent(this.drop.dropId)}/holds`;
    const answer = await this.ask<Hold>(() =>
      call(path, { method: 'POST', body: intent.body, key: intent.key, asCustomer: true }),
    );
    if (answer.kind === 'ok') {
      this.keep({ holdId: answer.body.id });
      // A replayed answer shows the hold as it was; look when it may have changed.
      if (Date.now() - intent.atMs > 2_000) await this.findHold(answer.body.id);
      else this.step.value = { kind: 'held', hold: answer.body };
      return this.step.value.kind !== 'choose';
    }
    this.notice.value = this.holdRefusal(answer, intent);
    if (isFinal(answer)) this.keep({});
    return false;
  }

  private holdRefusal(answer: Exclude<Answer<Hold>, { kind: 'ok' }>, intent: Intent): Notice | null {
    if (answer.kind !== 'problem') return wordsFor(answer);
    const { lines } = JSON.parse(intent.body) as { lines: { sku: string }[] };
    switch (answer.problem.code) {
      case 'sold-out':
        return soldOut(this.drop.item(lines[0]!.sku)?.name ?? 'it');
      case 'limit-reached':
        if (answer.problem.limitOf === 'network') return wordsFor(answer);
        return limitReached(this.drop.details.value?.perCustomerLimit ?? 1);
      default:
        return wordsFor(answer);
    }
  }

  /** True when the order is known now, whatever became of it. */
  private async sendOrder(intent: Intent): Promise<boolean> {
    const { holdId } = JSON.parse(intent.body) as { holdId: string };
    for (let tries = 0; ; tries += 1) {
      const answer = await this.ask<Order>(() =>
        call('/v1/orders', { method: 'POST', body: intent.body, key: intent.key, asCustomer: true }),
      );
      if (answer.kind === 'ok') {
        this.showOrder(answer.body);
        return true;
      }
      const inProgress = answer.kind === 'problem' && answer.problem.code === 'request-in-progress';
      if (!inProgress || tries === IN_PROGRESS_TRIES) return this.orderRefused(answer, holdId);
      if (await this.findOrderOfHold(holdId)) return true;
      await seconds(1);
    }
  }

  private async orderRefused(
    answer: Exclude<Answer<Order>, { kind: 'ok' }>,
    holdId: string,
  ): Promise<boolean> {
    if (isFinal(answer)) this.keep({ holdId });
    const code = answer.kind === 'problem' ? answer.problem.code : '';
    switch (code) {
      case 'payment-declined':
        await this.findHold(holdId);
        if (this.step.value.kind === 'held') this.notice.value = DECLINED;
        return false;
      case 'hold-expired':
        this.chooseAgain(HOLD_OVER);
        return false;
      case 'hold-not-active':
        return this.findOrderOfHold(holdId).then((found) => found || (this.chooseAgain(HOLD_ENDED), false));
      case 'not-found':
        this.chooseAgain(HOLD_ENDED);
        return false;
      default:
        if (this.step.value.kind !== 'held') await this.findHold(holdId);
        this.notice.value = wordsFor(answer);
        return false;
    }
  }

  private async findHold(holdId: string, over = false): Promise<void> {
    const path = `/v1/holds/${encodeURIComponent(holdId)}`;
    const answer = await this.ask<Hold>(() => call(path, { asCustomer: true }));
    if (answer.kind === 'unreachable' || (answer.kind === 'problem' && answer.status !== 404)) {
      this.notice.value = over ? HOLD_OVER : wordsFor(answer);
      if (over) this.chooseAgain(HOLD_OVER);
      return;
    }
    const state = answer.kind === 'ok' ? answer.body.state : 'released';
    if (answer.kind === 'ok' && state === 'held' && Date.parse(answer.body.expiresAt) > clock.now()) {
      this.keep({ ...this.kept.value, holdId });
      this.step.value = { kind: 'held', hold: answer.body };
    } else if (state === 'confirmed') {
      if (!(await this.findOrderOfHold(holdId))) this.chooseAgain(HOLD_ENDED);
    } else {
      const ended = state === 'expired' || state === 'held';
      this.chooseAgain(ended ? HOLD_OVER : answer.kind === 'ok' ? HOLD_ENDED : null);
    }
  }

  private async findOrderOfHold(holdId: string): Promise<boolean> {
    const answer = await this.ask<{ items: Order[] }>(() =>
      call('/v1/orders?limit=50', { asCustomer: true }),
    );
    const order = answer.kind === 'ok' ? answer.body.items.find((it) => it.holdId === holdId) : undefined;
    if (!order || order.state === 'failed' || order.state === 'cancelled') return false;
    this.showOrder(order);
    return true;
  }

  private async findOrder(orderId: string): Promise<boolean> {
    const path = `/v1/orders/${encodeURIComponent(orderId)}`;
    const answer = await this.ask<Order>(() => call(path, { asCustomer: true }));
    if (answer.kind === 'ok' && answer.body.dropId === this.drop.dropId) {
      this.showOrder(answer.body);
      return true;
    }
    if (answer.kind === 'problem' && answer.status === 404) {
      const { orderId: _, ...rest } = this.kept.value;
      this.keep(rest);
    } else if (answer.kind !== 'ok') this.notice.value = wordsFor(answer);
    return false;
  }

  private showOrder(order: Order): void {
    this.keep({ holdId: order.holdId, orderId: order.id });
    this.notice.value = null;
    if (order.state === 'pending' || order.state === 'refunding') {
      this.step.value = { kind: 'settling', order };
      void this.poll(order.id);
    } else void this.settled(order);
  }

  /** A payment that came to nothing leaves the hold to its owner while its time lasts: then the next thing to do is to pay again. */
  private async settled(order: Order): Promise<void> {
    if (order.state === 'failed' || order.state === 'cancelled') {
      const path = `/v1/holds/${encodeURIComponent(order.holdId)}`;
      const answer = await call<Hold>(path, { asCustomer: true });
      if (answer.kind === 'ok' && answer.body.state === 'held') {
        this.keep({ holdId: order.holdId });
        this.step.value = { kind: 'held', hold: answer.body };
        this.notice.value = {
          ...PAYMENT_FAILED,
          text: `${orderReason(order.reason)} ${PAYMENT_FAILED.text}`,
        };
        return;
      }
    }
    this.step.value = { kind: 'done', order };
  }

  private async poll(orderId: string): Promise<void> {
    for (let wait = POLL_MS.first; ; wait = Math.min(wait * 1.3, POLL_MS.max)) {
      await seconds(wait / 1000);
      const step = this.step.value;
      if (step.kind !== 'settling' || step.order.id !== orderId) return;
      const answer = await call<Order>(`/v1/orders/${encodeURIComponent(orderId)}`, { asCustomer: true });
      this.trouble.value = answer.kind === 'unreachable' ? TROUBLE.unreachable : null;
      if (answer.kind !== 'ok') continue;
      if (answer.body.state === 'pending' || answer.body.state === 'refunding') {
        this.step.value = { kind: 'settling', order: answer.body };
      } else return this.settled(answer.body);
    }
  }

  /** Only right after paying: who comes back without an answer for the bank is asked, not sent there again. */
  private followBank(): void {
    const step = this.step.value;
    if (step.kind !== 'settling') return;
    const bank = bankAddress(step.order.payment.nextAction?.url, location.href);
    if (bank) location.assign(bank);
  }

  private keep(kept: Parameters<KeptPurchase['set']>[0]): void {
    this.kept.set(kept);
  }

  private ask<T>(send: () => Promise<Answer<T>>): Promise<Answer<T>> {
    return persist(send, ({ kind }) => (this.trouble.value = TROUBLE[kind])).finally(
      () => (this.trouble.value = null),
    );
  }

  private async during(
    what: NonNullable<(typeof this.busy)['value']>,
    work: () => Promise<void>,
  ): Promise<void> {
    if (this.busy.value !== null) return;
    this.busy.value = what;
    try {
      await work();
    } finally {
      this.busy.value = null;
    }
  }
}

/** An answer after which the same key need not be asked again. */
function isFinal(answer: Answer<unknown>): boolean {
  return answer.kind === 'problem' && answer.status < 500 && answer.status !== 429 && answer.status !== 408;
}
