import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { type CallName, CARDS, KNOWN_ANSWERS, SETTLING, SHOPPER_EMAIL } from '@holdfast/load';
import type { HttpAnswer, PatientClient } from './patient-client';
import type { AcknowledgedHold } from '@holdfast/audit';
import type { Tally } from './tally';

export interface Visit {
  dropId: string;
  sku: string;
  units: number;
  pays: boolean;
}

/** One shopper: a session, a hold, perhaps a payment. What comes of it goes into the tally. */
export class Shopper {
  constructor(
    private readonly client: PatientClient,
    private readonly tally: Tally,
    private readonly passHeaders: () => Record<string, string>,
  ) {}

  async visit({ dropId, sku, units, pays }: Visit): Promise<void> {
    const session = await this.post('session', '/v1/sessions', {}, {});
    const token = stringOf(session, 'accessToken');
    if (session === null) return;
    if (token === undefined) return this.tally.fail('a session without a token');
    const authorization = { authorization: `Bearer ${token}` };
    const started = performance.now();
    const answer = await this.post(
      'hold',
      `/v1/drops/${dropId}/holds`,
      { lines: [{ sku, quantity: units }] },
      authorization,
      () => this.tally.holdMs.add(performance.now() - started),
    );
    if (answer === null) return;
    const holdId = stringOf(answer, 'id');
    if (holdId === undefined) return this.tally.fail('a hold without an id');
    const expiresAtMs = Date.parse(stringOf(answer, 'expiresAt') ?? '');
    const hold: AcknowledgedHold = { holdId, sku, units, expiresAtMs, paidOrderId: null };
    this.tally.holds.push(hold);
    if (pays) await this.pay(hold, authorization);
  }

  private async pay(hold: AcknowledgedHold, authorization: Record<string, string>): Promise<void> {
    const payment = { method: 'card', token: CARDS.works };
    const body = { holdId: hold.holdId, payment, email: SHOPPER_EMAIL };
    const order = await this.post('pay', '/v1/orders', body, authorization);
    const orderId = stringOf(order, 'id');
    if (order === null || orderId === undefined) return;
    const state = await this.settled(orderId, stringOf(order, 'state'), authorization);
    if (state === 'paid') hold.paidOrderId = orderId;
    else if (state === 'pending')
      this.tally.fail(`an order still pending after ${SETTLING.patienceMs / 1000} s`);
    else this.tally.refuse(`order-${state}`);
  }

  /** A payment that was answered with 202 is settled by the product a little later; the shopper looks again. */
  private async settled(
    orderId: string,
    first: string | undefined,
    authorization: Record<string, string>,
  ): Promise<string> {
    const end = performance.now() + SETTLING.patienceMs;
    let state = first;
    while (state === 'pending' && performance.now() < end) {
      await pause(SETTLING.lookAgainMs);
      const result = await this.client.call('GET', `/v1/orders/${orderId}`, {
        ...this.passHeaders(),
        ...authorization,
      });
      if (result.kind === 'gave-up') break;
      state = stringOf(result.answer.body, 'state') ?? state;
    }
    return state ?? 'unknown';
  }

  /** The body of a 2xx; null when it was refused or failed, which is then in the tally. */
  private async post(
    name: CallName,
    path: string,
    body: object,
    headers: Record<string, string>,
    onAnswer: () => void = () => undefined,
  ): Promise<unknown> {
    const result = await this.client.call(
      'POST',
      path,
      {
        'content-type': 'application/json',
        'idempotency-key': randomUUID(),
        ...this.passHeaders(),
        ...headers,
      },
      JSON.stringify(body),
    );
    if (result.kind === 'gave-up') {
      if (result.reason !== 'interrupted') this.tally.fail(result.reason);
      return null;
    }
    onAnswer();
    return this.accept(name, result.answer);
  }

  /** An answer that says no for a reason is a refusal; any other means that the shopper or the product is broken. */
  private accept(name: CallName, { status, body }: HttpAnswer): unknown {
    if (status >= 200 && status < 300) return body;
    const code = stringOf(body, 'code');
    const known = (KNOWN_ANSWERS[name] as readonly number[]).includes(status);
    if (known && code !== undefined) this.tally.refuse(code);
    else this.tally.fail(`${status} ${code ?? ''}, ${name}`);
    return null;
  }
}

function stringOf(body: unknown, field: string): string | undefined {
  const value =
    typeof body === 'object' && body !== null ? (body as Record<string, unknown>)[field] : undefined;
  return typeof value === 'string' ? value : undefined;
}
