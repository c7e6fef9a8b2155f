import { check } from 'k6';
import { seededRandomOf, weightedPicker } from '../../libs/kernel/src/random.ts';
import { inventedAddress } from '../../libs/load/src/model/address.ts';
import type { Pace } from '../../libs/load/src/model/pace.ts';
import type { Due } from '../../libs/load/src/model/schedule.ts';
import {
  CARDS,
  planShopper,
  SETTLING,
  SHOPPER_EMAIL,
  type ShopperPlan,
} from '../../libs/load/src/model/shopper-plan.ts';
import { type Answer, Client } from './client.ts';
import { paceFrom } from './clock.ts';
import type { Settings } from './settings.ts';
import { note, tally } from './tally.ts';
import { type Hold, Visit } from './visit.ts';

/** Between two tries of somebody who was refused, on average. */
const TRY_AGAIN_MS = 1_500;

export interface Person {
  plan: ShopperPlan;
  random: () => number;
}

/** The same seed sends the same shoppers, in whatever order they are served. */
export function personOf(settings: Settings, index: number): Person {
  const random = seededRandomOf(settings.seed, index);
  const plan = planShopper(random);
  if (settings.traits.allHold) Object.assign(plan, { onlyLooks: false, believesSoldOut: false });
  return { plan, random };
}

/** One shopper: a session, a read of the drop, a hold, and its payment or release. */
export class Shopper {
  private readonly settings: Settings;
  private readonly plan: ShopperPlan;
  private readonly random: () => number;
  private readonly pace: Pace;
  private readonly visit: Visit;
  private readonly name: string;
  private token = '';

  constructor(settings: Settings, { index, dueMs }: Due) {
    this.settings = settings;
    const { plan, random } = personOf(settings, index);
    this.plan = plan;
    this.random = random;
    this.pace = paceFrom(dueMs);
    this.visit = new Visit(settings, new Client(settings, random, inventedAddress(random)), this.pace);
    this.name = `k6-${settings.seed}-${index}`;
  }

  async shop(): Promise<void> {
    const lateMs = await this.pace.arrive();
    const { timerMs } = this.pace;
    note({ did: 'came', lateMs, ...(timerMs === undefined ? {} : { timerMs }) });
    tally.shoppers.add(1);
    const token = await this.visit.session();
    if (token === null) return;
    this.token = token;
    const drop = await this.visit.drop();
    if (!drop || this.plan.onlyLooks) return;
    const sku = this.choose(drop);
    if (sku === null) return tally.refusals.add(1, { code: 'seen-sold-out' });
    const hold = await this.hold(sku);
    if (hold) await this.follow(hold);
  }

  /** What there is more of is asked for more often. Null: this shopper reads that nothing is left, and leaves. */
  private choose(drop: Answer): string | null {
    const items = (drop.body['items'] ?? []) as { sku: string; stock: Record<string, unknown> }[];
    const number = (value: unknown) => (typeof value === 'number' ? value : 1);
    const left = items.some(({ stock }) => number(stock['available']) > 0);
    if (!left && this.plan.believesSoldOut) return null;
    const pick = weightedPicker(items, ({ stock }) => number(stock['total']), this.random);
    return pick()?.sku ?? null;
  }

  private async hold(sku: string): Promise<Hold | null> {
    const { quantity, asksTwice, intent, looksForMs } = this.plan;
    this.pace.think(looksForMs);
    const triesMax = this.settings.traits.holdTriesMax;
    for (let tries = 1; tries <= triesMax; tries += 1) {
      if (tries > 1) this.pace.think(TRY_AGAIN_MS * (0.5 + this.random()));
      const call = this.visit.holdCall(sku, quantity, `${this.name}-hold-${tries}`, this.token);
      const end = await this.visit.hold(call, quantity);
      if (!end) return null;
      if ('refusal' in end) continue;
      if (intent.includes('pays')) tally.unitsOut.add(quantity);
      if (asksTwice) this.compare(end.hold.id, await this.visit.ask(call));
      return end.hold;
    }
    return null;
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

  private async follow(hold: Hold): Promise<void> {
    this.pace.think(this.plan.hesitatesForMs);
    switch (this.plan.intent) {
      case 'pays':
        return this.settle(hold, await this.pay(hold, CARDS.works, 1));
      case 'pays-slowly':
        return this.settle(hold, await this.pay(hold, CARDS.slow, 1));
      case 'declined-then-pays': {
        const first = await this.pay(hold, CARDS.declined, 1);
        return this.settle(hold, first === 'declined' ? await this.pay(hold, CARDS.works, 2) : 'lost');
      }
      case 'declined-then-leaves':
        await this.pay(hold, CARDS.declined, 1);
        return this.visit.release(hold, this.token);
      case 'releases':
        await this.pace.arrive();
        return this.visit.release(hold, this.token);
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

  private async pay(hold: Hold, card: string, attempt: number): Promise<'paid' | 'declined' | 'lost'> {
    const call = {
      ...({ name: 'pay', method: 'POST', path: '/v1/orders', token: this.token } as const),
      body: { holdId: hold.id, payment: { method: 'card', token: card }, email: SHOPPER_EMAIL },
      key: `${this.name}-order-${attempt}`,
    };
    const lost = () => note({ did: 'unknown', what: 'order', hold: hold.id });
    // A bank that is slow on purpose says nothing about the product.
    const isSlow = card === CARDS.slow;
    if (isSlow) await this.pace.arrive();
    const answer = isSlow ? await this.visit.ask(call, lost) : await this.visit.step('pay', call, lost);
    if (!answer) return 'lost';
    if (answer.status === 402) {
      tally.declined.add(1);
      return 'declined';
    }
    if (answer.status >= 400) return 'lost';
    const order = await this.untilSettled(answer.body);
    if (order['state'] === 'pending') lost();
    if (order['state'] !== 'paid') return 'lost';
    const { amountMinor } = order['total'] as { amountMinor: number };
    note({ did: 'paid', hold: hold.id, order: String(order['id']), amountMinor });
    tally.ordersPaid.add(1);
    return 'paid';
  }

  /** 202: the product settles it a little later, and the shopper looks again. */
  private async untilSettled(first: Record<string, unknown>): Promise<Record<string, unknown>> {
    const path = `/v1/orders/${String(first['id'])}`;
    let order = first;
    for (const end = Date.now() + SETTLING.patienceMs; order['state'] === 'pending' && Date.now() < end;) {
      this.pace.think(SETTLING.lookAgainMs);
      await this.pace.arrive();
      const answer = await this.visit.ask({ name: 'order', method: 'GET', path, token: this.token });
      if (!answer) break;
      if (answer.status === 200) order = answer.body;
    }
    check(order, { 'an order is settled in time': (it) => it['state'] !== 'pending' });
    return order;
  }
}
