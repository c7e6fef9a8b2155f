import { seededRandomOf } from '../../libs/kernel/src/random.ts';
import { rentedAddress } from '../../libs/load/src/model/address.ts';
import type { Pace } from '../../libs/load/src/model/pace.ts';
import type { Due } from '../../libs/load/src/model/schedule.ts';
import { type Answer, type Call, Client } from './client.ts';
import { paceFrom } from './clock.ts';
import type { Settings } from './settings.ts';
import { fault, note, tally } from './tally.ts';
import { type Hold, noteHold, Visit } from './visit.ts';

/** Guests that one bot pretends to be, one after the other. */
const IDENTITIES = 2;
const QUANTITY = 1;

/**
 * A program that wants units, not to pay for them: no pauses, several identities from few networks, keys used twice,
 * tokens of others and forged ones. Its holds expire.
 */
export class Bot {
  private readonly client: Client;
  private readonly visit: Visit;
  private readonly pace: Pace;
  private readonly name: string;

  constructor(settings: Settings, { index, dueMs }: Due) {
    const random = seededRandomOf(settings.seed ^ 0xb0b, index);
    this.client = new Client(settings, random, rentedAddress(random));
    this.pace = paceFrom(dueMs);
    this.visit = new Visit(settings, this.client, this.pace);
    this.name = `k6-${settings.seed}-bot-${index}`;
  }

  async shop(): Promise<void> {
    const lateMs = await this.pace.arrive();
    const { timerMs } = this.pace;
    note({ did: 'came', lateMs, ...(timerMs === undefined ? {} : { timerMs }) });
    tally.shoppers.add(1);
    tally.bots.add(1);
    const drop = await this.visit.drop();
    const items = (drop?.body['items'] ?? []) as { sku: string }[];
    let before: string | null = null;
    for (let identity = 0; identity < IDENTITIES && items.length > 0; identity += 1) {
      const token = await this.visit.session();
      if (token === null) return;
      const sku = items[identity % items.length]!.sku;
      await this.grab(sku, `${this.name}-${identity}`, token);
      // The guest of a moment ago, from a page that was closed: their token and their key still say what they said.
      if (before !== null) await this.grab(sku, `${this.name}-${identity}-again`, before);
      before = token;
    }
  }

  private async grab(sku: string, key: string, token: string): Promise<void> {
    const call = this.visit.holdCall(sku, QUANTITY, key, token);
    const end = await this.visit.hold(call, QUANTITY);
    if (!end || 'refusal' in end) return;
    await this.useKeyAgain(call, end.hold);
    await this.forge(call);
    note({ did: 'left', hold: end.hold.id });
  }

  /** The same request is the same hold; another one under its key is refused. */
  private async useKeyAgain(call: Call, hold: Hold): Promise<void> {
    const same = await this.client.call(call);
    if (same?.status === 201 && same.body['id'] !== hold.id) {
      tally.replaysDiffer.add(1);
      this.keep(call, same, QUANTITY);
    } else this.mustBe(same, [201, 429], 'hold with the same key');
    const other = { ...call, body: { lines: [{ sku: skuOf(call), quantity: QUANTITY + 1 }] } };
    const answer = await this.client.call(other);
    if (answer?.status === 201) this.keep(other, answer, QUANTITY + 1);
    this.mustBe(answer, [422, 429], 'hold with a used key');
  }

  /** A token with another signature is nobody's. */
  private async forge(call: Call): Promise<void> {
    const token = `${call.token!.slice(0, -6)}${call.token!.endsWith('AAAAAA') ? 'BBBBBB' : 'AAAAAA'}`;
    const forged = { ...call, token, key: `${call.key}-forged` };
    const answer = await this.client.call(forged);
    if (answer?.status === 201) this.keep(forged, answer, QUANTITY);
    this.mustBe(answer, [401, 429], 'hold with a forged token');
  }

  /** It was not to be given, but the ledger has it. */
  private keep(call: Call, answer: Answer, units: number): void {
    note({ did: 'left', hold: noteHold(call, answer, units).id });
  }

  private mustBe(answer: Answer | null, known: number[], what: string): void {
    if (!answer || answer.status >= 500) return; // counted by the client
    if (known.includes(answer.status)) return;
    if (answer.status === 201) tally.botsTricked.add(1);
    fault('oddAnswers', `${answer.status} ${String(answer.body['code'])}, ${what}`);
  }
}

const skuOf = ({ body }: Call) => (body as { lines: { sku: string }[] }).lines[0]!.sku;
