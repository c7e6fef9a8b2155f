import { check } from 'k6';
import type { LoadStep } from '../../libs/load/src/model/load-note.ts';
import type { Pace } from '../../libs/load/src/model/pace.ts';
import { KNOWN_ANSWERS } from '../../libs/load/src/model/known-answers.ts';
import type { Answer, Call, Client } from './client.ts';
import type { Settings } from './settings.ts';
import { fault, note, tally } from './tally.ts';

export interface Hold {
  id: string;
  units: number;
}

/** The calls of one visitor, each judged by the contract and measured from when it was due. */
export class Visit {
  private readonly settings: Settings;
  private readonly client: Client;
  private readonly pace: Pace;

  constructor(settings: Settings, client: Client, pace: Pace) {
    this.settings = settings;
    this.client = client;
    this.pace = pace;
  }

  /** A new guest's token; null: none was given. */
  async session(): Promise<string | null> {
    const answer = await this.step('session', {
      name: 'session',
      method: 'POST',
      path: '/v1/sessions',
      body: {},
    });
    return answer?.status === 201 ? String(answer.body['accessToken']) : null;
  }

  async drop(): Promise<Answer | null> {
    const path = `/v1/drops/${this.settings.dropId}`;
    const answer = await this.step('drop', { name: 'drop', method: 'GET', path });
    return answer?.status === 200 ? answer : null;
  }

  holdCall(sku: string, quantity: number, key: string, token: string): Call {
    const path = `/v1/drops/${this.settings.dropId}/holds`;
    return { name: 'hold', method: 'POST', path, body: { lines: [{ sku, quantity }] }, key, token };
  }

  /** Null: refused, or no answer. Every hold that was given is noted. */
  async hold(call: Call, units: number): Promise<{ hold: Hold } | { refusal: Answer } | null> {
    const answer = await this.step('hold', call, () => note({ did: 'unknown', what: 'hold' }));
    if (!answer) return null;
    if (answer.status !== 201) return { refusal: answer };
    return { hold: noteHold(call, answer, units) };
  }

  async release(hold: Hold, token: string): Promise<void> {
    // Before the answer: once it is given back, anybody may have it.
    note({ did: 'left', hold: hold.id });
    const path = `/v1/holds/${hold.id}`;
    const answer = await this.ask({ name: 'release', method: 'DELETE', path, token });
    if (answer?.status === 204) tally.holdsReleased.add(1);
  }

  /** Null: no answer (`lost`), or one that the contract does not know. Not measured. */
  async ask(call: Call, lost: () => void = () => undefined): Promise<Answer | null> {
    const sentMs = Date.now();
    const answer = await this.client.call(call);
    this.pace.answered(sentMs);
    if (!answer) lost();
    return expected(call, answer);
  }

  /** As `ask`; waits until the step is due and notes its latency. */
  async step(step: LoadStep, call: Call, lost: () => void = () => undefined): Promise<Answer | null> {
    await this.pace.arrive();
    const { timerMs } = this.pace;
    const sentMs = Date.now();
    const answer = await this.client.call(call);
    if (answer && !this.settings.traits.waitsCount) this.pace.think(answer.askedMs);
    const ms = this.pace.answered(sentMs);
    if (!answer) lost();
    const known = expected(call, answer);
    if (!known) return null;
    if (step === 'hold') tally.holdTime.add(ms);
    const timer = timerMs === undefined ? {} : { timerMs };
    const code = refusalOf(known);
    if (code === undefined) note({ did: 'step', step, ms, end: 'done', ...timer });
    else note({ did: 'step', step, ms, end: 'refused', code, ...timer });
    return known;
  }
}

export function noteHold({ body }: Call, answer: Answer, units: number): Hold {
  const { id, expiresAt } = answer.body as { id: string; expiresAt: string };
  const { lines } = body as { lines: { sku: string }[] };
  note({ did: 'held', hold: id, sku: lines[0]!.sku, units, expiresAt });
  tally.holdsGiven.add(1);
  tally.unitsGiven.add(units);
  return { id, units };
}

/** The code of an answer that says no. */
function refusalOf({ status, body }: Answer): string | undefined {
  return status >= 400 ? String(body['code']) : undefined;
}

/** Refusals are counted by their code. */
function expected({ name }: Call, answer: Answer | null): Answer | null {
  if (!answer) return null;
  const known = (KNOWN_ANSWERS[name] as readonly number[]).includes(answer.status);
  const coded = answer.status < 400 || typeof answer.body['code'] === 'string';
  check(answer, { [`${name}: an answer of the contract`]: () => known && coded });
  if (known && coded) {
    if (answer.status >= 400) tally.refusals.add(1, { code: String(answer.body['code']) });
    return answer;
  }
  if (answer.status < 500) fault('oddAnswers', `${answer.status} ${String(answer.body['code'])}, ${name}`);
  return null;
}
