import { computed, signal } from '@preact/signals';
import type { NoAnswer } from '../shared/answer';
import { newKey } from '../shared/new-key';
import { clock, untilMs } from '../shared/server-clock';
import { hasSession } from '../shared/session';
import type { Hold, Order } from '../shared/types';
import { bankAddress } from './bank-address';
import type { DropStore } from './drop-store';
import { type Field, refusedFields } from './fields';
import { type Intent, KeptPurchase, type Shown } from './kept';
import { LiveHolds } from './live-holds';
import { isFinal, ShopRequests } from './shop-requests';
import { shownHold, type Step } from './step';
import {
  DECLINED,
  HOLD_ENDED,
  HOLD_OVER,
  limitReached,
  type Notice,
  orderReason,
  PAYMENT_FAILED,
  RELEASED,
  soldOut,
  wordsFor,
} from './words';

const POLL_MS = { first: 700, max: 2_500 };
const OVER_EVERY_MS = 2_000;
const IN_PROGRESS_TRIES = 20;
const seconds = (n: number) => new Promise((resolve) => setTimeout(resolve, n * 1000));

/** One shopper's purchase in one drop: choose, hold, pay. Every change is a request; the server's last answer is shown. */
export class Purchase {
  readonly step = signal<Step>({ kind: 'choose' });
  readonly notice = signal<Notice | null>(null);
  /** The message for each refused field of the form. */
  readonly refused = signal<Partial<Record<Field, string>>>({});
  /** A request is in flight; a second click does nothing. */
  readonly busy = signal<'hold' | 'pay' | 'release' | 'look' | null>(null);
  /** Live holds of this shopper other than the one shown; expired ones are left out. */
  readonly others = computed(() => {
    const shown = shownHold(this.step.value);
    return this.live.holds.value.filter(
      ({ id, expiresAt }) => id !== shown && (untilMs(expiresAt) ?? Infinity) > 0,
    );
  });
  private readonly requests = new ShopRequests();
  /** Shown while a call is slow or retried. */
  readonly trouble = this.requests.trouble;
  private readonly kept: KeptPurchase;
  private readonly live: LiveHolds;
  /** A hold that this tab requested, and whose answer is still missing. */
  private owed: Intent | undefined;
  private overAskedAtMs = -OVER_EVERY_MS;

  constructor(private readonly drop: DropStore) {
    this.kept = new KeptPurchase(drop.dropId);
    this.live = new LiveHolds(drop.dropId, (holds) => void this.holdsAre(holds));
  }

  /** Resumes a purchase: after a reload, in a new tab, after a lost answer, and on the return from the bank (`?order=`). */
  async resume(orderFromUrl: string | null): Promise<void> {
    this.kept.onChange(() => this.live.lookSoon());
    document.addEventListener('visibilitychange', () => this.live.lookSoon());
    if (orderFromUrl === null && !hasSession()) return; // a first visit: nothing to resume
    await this.during('look', () => this.findAgain(orderFromUrl));
    KeptPurchase.tidy();
  }

  private async findAgain(orderFromUrl: string | null): Promise<void> {
    const { shown } = this.kept;
    const looked = this.live.look(); // also sets the server's time
    const orderId = orderFromUrl ?? shown?.orderId;
    if (orderId && (await this.findOrder(orderId))) return;
    const mineFirst = this.kept.holds.sort(
      ([a], [b]) => Number(b === shown?.holdId) - Number(a === shown?.holdId),
    );
    for (const [holdId, { order, orderId: known }] of mineFirst) {
      if (known && known !== orderId && (await this.findOrder(known))) return;
      if (order && (await this.sendOrder(holdId, order))) return;
    }
    if (shown && (await this.findHold(shown.holdId))) return;
    await looked;
    for (const intent of this.kept.intents) if (await this.sendHold(intent)) return;
    const [newest] = this.live.holds.value;
    if (newest && this.step.value.kind === 'choose') this.show(newest);
  }

  async hold(sku: string, quantity: number): Promise<void> {
    this.notice.value = null;
    await this.during('hold', async () => {
      const body = JSON.stringify({ lines: [{ sku, quantity }] });
      const { owed } = this;
      // The answer to the last click is still missing. It is settled first: two holds for one click would use up the shopper's limit.
      if (owed && owed.body !== body) {
        if (await this.sendHold(owed)) return;
        this.kept.forgetIntent(owed.key);
      }
      const again = owed?.body === body ? owed : undefined;
      await this.sendHold(again ?? { key: newKey(), body, atMs: clock.now() ?? null });
    });
  }

  async release(): Promise<void> {
    const step = this.step.value;
    if (step.kind !== 'held') return;
    const { id } = step.hold;
    await this.during('release', async () => {
      const answer = await this.requests.releaseHold(id);
      if (answer.kind === 'ok' || (answer.kind === 'problem' && answer.status === 404))
        this.end(id, RELEASED);
      else if (answer.kind === 'problem' && answer.status === 409) await this.findOrderOfHold(id);
      else this.notice.value = wordsFor(answer);
    });
  }

  async pay(email: string, token: string): Promise<void> {
    const step = this.step.value;
    if (step.kind !== 'held') return;
    const { id } = step.hold;
    this.notice.value = null;
    this.refused.value = {};
    await this.during('pay', async () => {
      const body = JSON.stringify({ holdId: id, payment: { method: 'card', token }, email });
      const { order } = this.kept.hold(id);
      const intent = order?.body === body ? order : { key: newKey(), body, atMs: clock.now() ?? null };
      this.kept.keepHold(id, { order: intent });
      const settled = await this.sendOrder(id, intent);
      if (settled) this.followBank();
    });
  }

  /** Shows another live hold of the shopper; the one shown so far is kept. */
  async take({ id }: Hold): Promise<void> {
    await this.during('look', async () => void (await this.findHold(id)));
  }

  /** The hold has expired by this page's estimate of the server's time; the server's answer decides. */
  async timeIsOver(): Promise<void> {
    const step = this.step.value;
    const now = performance.now();
    if (step.kind !== 'held' || now - this.overAskedAtMs < OVER_EVERY_MS) return;
    await this.during('look', async () => {
      this.overAskedAtMs = now;
      await this.findHold(step.hold.id);
    });
  }

  /** Back to the drop, from any step. A hold is kept, and is offered there; a receipt is closed. */
  backToTheDrop(): void {
    const step = this.step.value;
    if (step.kind === 'settling' || step.kind === 'done') this.kept.forgetHold(step.order.holdId);
    this.choose(null);
  }

  private choose(notice: Notice | null): void {
    this.kept.shown = null;
    this.step.value = { kind: 'choose' };
    this.notice.value = notice;
    this.refused.value = {};
    if (new URLSearchParams(location.search).has('order')) history.replaceState(null, '', location.pathname);
    this.live.lookSoon();
  }

  private show(hold: Hold): void {
    this.kept.shown = { holdId: hold.id };
    this.live.add(hold);
    this.step.value = { kind: 'held', hold };
  }

  /** This hold has ended, as the server reported. */
  private end(holdId: string, notice: Notice | null): void {
    this.kept.forgetHold(holdId);
    this.live.remove(holdId);
    const step = this.step.value;
    if (step.kind === 'choose' || shownHold(step) === holdId) this.choose(notice);
    else this.notice.value = notice;
  }

  /** The live holds were listed again: the one shown may have ended in another tab, or been extended. */
  private async holdsAre(holds: readonly Hold[]): Promise<void> {
    const step = this.step.value;
    if (step.kind !== 'held' || this.busy.value !== null) return;
    const same = holds.find(({ id }) => id === step.hold.id);
    if (!same) await this.during('look', async () => void (await this.findHold(step.hold.id)));
    else if (same.expiresAt !== step.hold.expiresAt) this.step.value = { kind: 'held', hold: same };
  }

  /** True when the hold or its order is shown now. */
  private async sendHold(intent: Intent): Promise<boolean> {
    this.owed = intent;
    this.kept.keepIntent(intent);
    const answer = await this.requests.placeHold(this.drop.dropId, intent);
    if (answer.kind === 'ok' || isFinal(answer)) {
      this.owed = undefined;
      this.kept.forgetIntent(intent.key);
    }
    if (answer.kind === 'ok') {
      // A replayed answer contains the hold as it was.
      if (answer.replayed) return this.findHold(answer.body.id);
      this.show(answer.body);
      return true;
    }
    this.notice.value = this.holdRefusal(answer, intent);
    return false;
  }

  private holdRefusal(answer: NoAnswer, intent: Intent): Notice | null {
    if (answer.kind !== 'problem') return wordsFor(answer);
    const { lines } = JSON.parse(intent.body) as { lines: { sku: string }[] };
    switch (answer.problem.code) {
      case 'sold-out':
        return soldOut(this.drop.item(lines[0]!.sku)?.name ?? 'it');
      case 'limit-reached':
        if (answer.problem.limitOf === 'network') return wordsFor(answer);
        this.live.lookSoon(); // their holds are offered beside this notice
        return limitReached(this.drop.details.value?.perCustomerLimit ?? 1);
      default:
        return wordsFor(answer);
    }
  }

  /** True when the order is known now, whatever its state. */
  private async sendOrder(holdId: string, intent: Intent): Promise<boolean> {
    for (let tries = 0; ; tries += 1) {
      const answer = await this.requests.placeOrder(intent);
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

  private async orderRefused(answer: NoAnswer, holdId: string): Promise<boolean> {
    if (isFinal(answer)) this.kept.keepHold(holdId, {});
    const code = answer.kind === 'problem' ? answer.problem.code : '';
    switch (code) {
      case 'payment-declined':
        if (await this.findHold(holdId)) this.notice.value = DECLINED;
        return false;
      case 'hold-expired':
        this.end(holdId, HOLD_OVER);
        return false;
      case 'hold-not-active':
        return this.findOrderOfHold(holdId).then((found) => found || (this.end(holdId, HOLD_ENDED), false));
      case 'not-found':
        this.end(holdId, HOLD_ENDED);
        return false;
      default:
        if (this.step.value.kind !== 'held') await this.findHold(holdId);
        this.refused.value = refusedFields(answer);
        if (Object.keys(this.refused.value).length === 0) this.notice.value = wordsFor(answer);
        return false;
    }
  }

  /**
   * Reads the hold from the server, and shows it or its order: true when one of them is shown. Without an answer the hold is kept, since only the
   * server knows its state.
   */
  private async findHold(holdId: string): Promise<boolean> {
    const answer = await this.requests.readHold(holdId);
    if (answer.kind !== 'ok' && !(answer.kind === 'problem' && answer.status === 404)) {
      this.notice.value = wordsFor(answer);
      return false;
    }
    switch (answer.kind === 'ok' ? answer.body.state : null) {
      case 'held':
        this.show((answer as { body: Hold }).body);
        return true;
      case 'confirmed':
        if (await this.findOrderOfHold(holdId)) return true;
        this.end(holdId, HOLD_ENDED);
        return false;
      case 'expired':
        this.end(holdId, HOLD_OVER);
        return false;
      case 'released':
        this.end(holdId, HOLD_ENDED);
        return false;
      case null:
        this.end(holdId, null);
        return false;
    }
  }

  private async findOrderOfHold(holdId: string): Promise<boolean> {
    const answer = await this.requests.listOrders();
    const order = answer.kind === 'ok' ? answer.body.items.find((it) => it.holdId === holdId) : undefined;
    if (!order || order.state === 'failed' || order.state === 'cancelled') return false;
    this.showOrder(order);
    return true;
  }

  private async findOrder(orderId: string): Promise<boolean> {
    const answer = await this.requests.readOrder(orderId);
    if (answer.kind === 'ok' && answer.body.dropId === this.drop.dropId) {
      this.showOrder(answer.body);
      return true;
    }
    if (answer.kind === 'problem' && answer.status === 404) {
      for (const [holdId, kept] of this.kept.holds)
        if (kept.orderId === orderId) this.kept.forgetHold(holdId);
    } else if (answer.kind !== 'ok') this.notice.value = wordsFor(answer);
    return false;
  }

  private showOrder(order: Order): void {
    const shown: Shown = { holdId: order.holdId, orderId: order.id };
    this.kept.keepHold(order.holdId, { orderId: order.id });
    this.kept.shown = shown;
    this.notice.value = null;
    if (order.state === 'pending' || order.state === 'refunding') {
      this.step.value = { kind: 'settling', order };
      void this.poll(order.id);
    } else void this.settled(order);
  }

  /** After a failed payment the hold is kept until its deadline: the shopper can pay again. */
  private async settled(order: Order): Promise<void> {
    if (order.state === 'failed' || order.state === 'cancelled') {
      const answer = await this.requests.readHold(order.holdId);
      if (answer.kind === 'ok' && answer.body.state === 'held') {
        this.kept.keepHold(order.holdId, {});
        this.show(answer.body);
        this.notice.value = {
          ...PAYMENT_FAILED,
          text: `${orderReason(order.reason)} ${PAYMENT_FAILED.text}`,
        };
        return;
      }
    }
    this.live.remove(order.holdId);
    this.step.value = { kind: 'done', order };
  }

  private async poll(orderId: string): Promise<void> {
    for (let wait = POLL_MS.first; ; wait = Math.min(wait * 1.3, POLL_MS.max)) {
      await seconds(wait / 1000);
      const step = this.step.value;
      if (step.kind !== 'settling' || step.order.id !== orderId) return;
      const answer = await this.requests.pollOrder(orderId);
      if (answer.kind !== 'ok') continue;
      if (answer.body.state === 'pending' || answer.body.state === 'refunding') {
        this.step.value = { kind: 'settling', order: answer.body };
      } else return this.settled(answer.body);
    }
  }

  /** Only right after paying: a shopper who returns without having answered the bank is asked, not sent there again. */
  private followBank(): void {
    const step = this.step.value;
    if (step.kind !== 'settling') return;
    const bank = bankAddress(step.order.payment.nextAction?.url, location.href);
    if (bank) location.assign(bank);
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
