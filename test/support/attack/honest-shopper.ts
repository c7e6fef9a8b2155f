import { setTimeout as pause } from 'node:timers/promises';
import { Client, type ClientAnswer } from './client';
import { Tally } from './tally';

const EVERY_MS = 5_000; // two requests of 30 a minute that a customer has, with room for repeated ones
const TRIES_MAX = 10;
const RETRY_MS_MAX = 5_000;

export interface HonestOutcome {
  /** Each request by itself; the time of those that succeeded. */
  requests: Tally;
  /** The same by what was asked for. */
  steps: Record<Step, Tally>;
  /** Refused with 429 or 503 and Retry-After, and tried again. */
  postponed: Tally;
  /** What must not happen, in words. */
  faults: string[];
  purchases: number;
  buyers: number;
}

export const STEPS = ['session', 'drop', 'hold', 'order'] as const;
export type Step = (typeof STEPS)[number];

export function newOutcome(): HonestOutcome {
  const steps = Object.fromEntries(STEPS.map((step) => [step, new Tally()])) as Record<Step, Tally>;
  return { requests: new Tally(), steps, postponed: new Tally(), faults: [], purchases: 0, buyers: 0 };
}

/** Looks at the drop, holds a unit and pays, again and again, as a browser would: it comes back when it is told to. */
export class HonestShopper {
  private readonly client: Client;
  private token = '';
  private keys = 0;
  private bought = 0;

  constructor(
    url: string,
    address: string,
    private readonly dropId: string,
    private readonly stop: AbortSignal,
  ) {
    this.client = new Client(url, address);
  }

  /** Until the signal, after a while of its own so that not all come at once. */
  async buy(outcome: () => HonestOutcome, startsAfterMs: number): Promise<void> {
    await this.wait(startsAfterMs);
    while (!this.stop.aborted) {
      const began = performance.now();
      const now = outcome();
      if (await this.purchase(now)) {
        now.purchases += 1;
        if ((this.bought += 1) === 1) now.buyers += 1;
      }
      this.client.close(); // the next purchase needs a new connection, as somebody new does
      await this.wait(Math.max(0, EVERY_MS - (performance.now() - began)));
    }
  }

  private async purchase(now: HonestOutcome): Promise<boolean> {
    if (this.token === '') {
      const session = await this.patiently(now, 'session', 'POST', '/v1/sessions', {});
      if (session?.status !== 201) return false;
      this.token = (JSON.parse(session.body) as { accessToken: string }).accessToken;
    }
    const drop = await this.patiently(now, 'drop', 'GET', `/v1/drops/${this.dropId}`);
    if (drop?.status !== 200) return false;
    const { sku } = (JSON.parse(drop.body) as { items: { sku: string }[] }).items[0]!;
    const lines = [{ sku, quantity: 1 }];
    const hold = await this.patiently(now, 'hold', 'POST', `/v1/drops/${this.dropId}/holds`, { lines });
    if (hold?.status !== 201) return false;
    const { id: holdId } = JSON.parse(hold.body) as { id: string };
    const payment = { method: 'card', token: 'tok_ok' };
    const order = await this.patiently(now, 'order', 'POST', '/v1/orders', {
      holdId,
      payment,
      email: 'ann@example.org',
    });
    return order?.status === 201 || order?.status === 202;
  }

  /** The answer, once there is one that is not "come back later"; undefined when the time is over, or after a fault. */
  private async patiently(
    now: HonestOutcome,
    step: Step,
    method: string,
    path: string,
    body?: object,
  ): Promise<ClientAnswer | undefined> {
    this.keys += 1;
    const headers: Record<string, string> = body
      ? { 'idempotency-key': `${this.client.address}-${this.keys}` }
      : {};
    if (this.token) headers['authorization'] = `Bearer ${this.token}`;
    for (let tries = 0; tries < TRIES_MAX && !this.stop.aborted; tries += 1) {
      const began = performance.now();
      let answer: ClientAnswer;
      now.requests.sent += 1;
      try {
        answer = await this.client.send(method, path, headers, body);
      } catch (error) {
        if (this.stop.aborted) return undefined;
        return fault(now, `${method} ${path}: ${(error as Error).message}`);
      }
      const { status } = answer;
      if (status < 300) {
        for (const tally of [now.requests, now.steps[step]]) tally.count(status, performance.now() - began);
        return answer;
      }
      const retryAfter = Number(answer.headers['retry-after']);
      if ((status !== 429 && status !== 503) || !(retryAfter > 0))
        return fault(now, `${method} ${path}: ${status} ${answer.body.slice(0, 200)}`);
      now.postponed.count(status);
      await this.wait(Math.min(RETRY_MS_MAX, retryAfter * 1_000));
    }
    return undefined;
  }

  private async wait(ms: number): Promise<void> {
    await pause(ms, undefined, { signal: this.stop }).catch(() => undefined);
  }
}

function fault(now: HonestOutcome, words: string): undefined {
  now.requests.count('fault');
  if (now.faults.length < 20) now.faults.push(words);
  return undefined;
}
