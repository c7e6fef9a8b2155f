import { check, sleep } from 'k6';
import { weightedPicker } from '../../libs/kernel/src/random.ts';
import { type Answer, Client } from './client.ts';
import { type Plan, planOf } from './plan.ts';
import type { Settings } from './settings.ts';
import { fault, note, tally } from './tally.ts';

const SETTLE_S = 20; // an outcome that the provider keeps to itself is settled within 15 s
const LOOK_AGAIN_S = 0.25;

interface Hold {
  id: string;
  units: number;
}

/** One shopper: a session, a read of the drop, a hold, and its payment or release. */
export class Shopper {
  private readonly settings: Settings;
  private readonly plan: Plan;
  private readonly client: Client;
  private readonly name: string;
  private token = '';

  constructor(settings: Settings, index: number) {
    this.settings = settings;
    this.plan = planOf(settings.seed, index);
    this.client = new Client(settings, this.plan.random);
    this.name = `k6-${settings.seed}-${index}`;
  }

  visit(): void {
    tally.shoppers.add(1);
    const session = this.client.call({ name: 'session', method: 'POST', path: '/v1/sessions', body: {} });
    if (!this.expect(session, 'session', [201])) return;
    this.token = String(session.body['accessToken']);
    const drop = this.client.call({ name: 'look', method: 'GET', path: `/v1/drops/${this.settings.dropId}` });
    if (!this.expect(drop, 'look', [200])) return;
    const sku = this.choose(drop);
    if (sku === null) return tally.refusals.add(1, { code: 'seen-sold-out' });
    sleep(this.plan.looksFor);
    const hold = this.hold(sku);
    if (!hold) return;
    sleep(this.plan.hesitatesFor);
    this.follow(hold);
  }

  /**
   * What there is more of is asked for more often. Null: this shopper reads that nothing is left, and leaves.
   */
  private choose(drop: Answer): string | null {
    const items = (drop.body['items'] ?? []) as { sku: string; stock: Record<string, unknown> }[];
    const number = (value: unknown) => (typeof value === 'number' ? value : 1);
    const left = items.some(({ stock }) => number(stock['available']) > 0);
    if (!left && this.plan.believesSoldOut) return null;
    const pick = weightedPicker(items, ({ stock }) => number(stock['total']), this.plan.random);
    return pick()?.sku ?? null;
  }

  private hold(sku: string): Hold | null {
    const { quantity, asksTwice, intent } = this.plan;
    const ask = () =>
      this.client.call({
        name: 'hold',
        method: 'POST',
        path: `/v1/drops/${this.settings.dropId}/holds`,
        body: { lines: [{ sku, quantity }] },
        key: `${this.name}-hold`,
        token: this.token,
      });
    const began = Date.now();
    const answer = ask();
    tally.holdTime.add(Date.now() - began);
    if (!answer) note({ did: 'unknown', what: 'hold' });
    if (!this.expect(answer, 'hold', [201, 409]) || answer.status !== 201) return null;
    const { id, expiresAt } = answer.body as { id: string; expiresAt: string };
    note({ did: 'held', hold: id, sku, units: quantity, expiresAt });
    tally.holdsGiven.add(1);
    tally.unitsGiven.add(quantity);
    if (intent.includes('pays')) tally.unitsOut.add(quantity);
    if (asksTwice) this.compare(id, ask());
    return { id, units: quantity };
  }

  /** Same key, same answer: another hold would be a unit that nobody asked for. */
  private compare(id: string, again: Answer | null): void {
    if (!again) return;
    const same = check(again, {
      'a repeated hold is the same hold': (it) => it.status === 201 && it.body['id'] === id,
      'a replay says that it is one': (it) => it.header('idempotent-replayed') === 'true',
    });
    if (!same) tally.replaysDiffer.add(1);
  }

  private follow(hold: Hold): void {
    switch (this.plan.intent) {
      case 'pays':
        return this.settle(hold, this.pay(hold, 'tok_ok', 1));
      case 'pays-slowly':
        return this.settle(hold, this.pay(hold, 'tok_slow', 1));
      case 'declined-then-pays':
        if (this.pay(hold, 'tok_declined', 1) !== 'declined') return this.settle(hold, 'lost');
        return this.settle(hold, this.pay(hold, 'tok_ok', 2));
      case 'declined-then-leaves':
        this.pay(hold, 'tok_declined', 1);
        return this.release(hold);
      case 'releases':
        return this.release(hold);
      case 'forgets':
        return note({ did: 'left', hold: hold.id });
    }
  }

  /** A shopper who meant to pay and could not no longer believes that the units are theirs. */
  private settle(hold: Hold, end: 'paid' | 'declined' | 'lost'): void {
    if (end === 'paid') return tally.unitsPaid.add(hold.units);
    tally.unitsOut.add(-hold.units);
    note({ did: 'left', hold: hold.id });
  }

  private pay(hold: Hold, token: string, attempt: number): 'paid' | 'declined' | 'lost' {
    const answer = this.client.call({
      name: 'pay',
      method: 'POST',
      path: '/v1/orders',
      body: { holdId: hold.id, payment: { method: 'card', token }, email: 'shopper@example.com' },
      key: `${this.name}-order-${attempt}`,
      token: this.token,
    });
    if (!answer) note({ did: 'unknown', what: 'order', hold: hold.id });
    if (!this.expect(answer, 'pay', [201, 202, 402, 409, 410])) return 'lost';
    if (answer.status === 402) {
      tally.declined.add(1);
      return 'declined';
    }
    if (answer.status >= 400) return 'lost';
    const order = this.untilSettled(answer.body);
    if (order['state'] === 'pending') note({ did: 'unknown', what: 'order', hold: hold.id });
    if (order['state'] !== 'paid') return 'lost';
    const { amountMinor } = order['total'] as { amountMinor: number };
    note({ did: 'paid', hold: hold.id, order: String(order['id']), amountMinor });
    tally.ordersPaid.add(1);
    return 'paid';
  }

  /** 202: the product settles it a little later, and the shopper looks again. */
  private untilSettled(first: Record<string, unknown>): Record<string, unknown> {
    const path = `/v1/orders/${String(first['id'])}`;
    let order = first;
    for (const end = Date.now() + SETTLE_S * 1000; order['state'] === 'pending' && Date.now() < end;) {
      sleep(LOOK_AGAIN_S);
      const answer = this.client.call({ name: 'order', method: 'GET', path, token: this.token });
      if (!this.expect(answer, 'order', [200])) break;
      order = answer.body;
    }
    check(order, { 'an order is settled in time': (it) => it['state'] !== 'pending' });
    return order;
  }

  private release(hold: Hold): void {
    // Before the answer: once it is given back, anybody may have it.
    note({ did: 'left', hold: hold.id });
    const path = `/v1/holds/${hold.id}`;
    const answer = this.client.call({ name: 'release', method: 'DELETE', path, token: this.token });
    if (this.expect(answer, 'release', [204])) tally.holdsReleased.add(1);
  }

  /** True when there is an answer that the contract knows. Refusals are counted by their code. */
  private expect(answer: Answer | null, name: string, known: number[]): answer is Answer {
    if (!answer) return false;
    const code = answer.body['code'];
    const fine = check(answer, {
      [`${name}: ${known.join(', ')}`]: ({ status }) => known.includes(status),
      [`${name}: a refusal has a code`]: ({ status }) => status < 400 || typeof code === 'string',
    });
    if (!known.includes(answer.status)) fault('oddAnswers', `${answer.status} ${String(code)}, ${name}`);
    else if (typeof code === 'string') tally.refusals.add(1, { code });
    return fine;
  }
}
