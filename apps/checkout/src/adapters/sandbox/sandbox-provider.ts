import { setTimeout as sleep } from 'node:timers/promises';
import { invariant, randomId } from '@holdfast/kernel';
import type { Pool } from 'pg';
import {
  type AuthoriseRequest,
  type CallOptions,
  PaymentProvider,
  type ProviderAnswer,
  type TokenVerdict,
} from '../../application/ports/payment-provider.port';
import { type ChargeRow, toCharge } from './charge-row';
import { sql } from './sql/sql.generated';
import { LATE_AFTER_MS, SLOW_ANSWER_MS, TOKENS } from './tokens';

/**
 * A payment provider that moves no money: it stands for another company and has its own durable record. Its table shows what it did; its answers
 * may be late or lost, as the token requests.
 */
export class SandboxProvider extends PaymentProvider {
  readonly name = 'sandbox';

  constructor(
    private readonly pool: Pool,
    /** The shop's address, once it is known. */
    private readonly origin: () => string | null,
    /** Accepts the tokens that delay or lose answers. */
    private readonly faults: boolean,
  ) {
    super();
  }

  judgeToken(token: string): TokenVerdict {
    const script = TOKENS.get(token);
    if (!script) return 'unknown';
    return script.isFault && !this.faults ? 'refused' : 'taken';
  }

  async authorise(request: AuthoriseRequest, options?: CallOptions): Promise<ProviderAnswer> {
    const script = TOKENS.get(request.token);
    invariant(script, 'a token is checked before an order is made of it');
    if (script.answer === 'never-arrives') return silence(options);
    const late = script.state === 'processing';
    const made = await this.change(sql.makeCharge, [
      `ch_${randomId()}`,
      request.key,
      request.orderId,
      request.holdId,
      request.dropId,
      request.token,
      script.state,
      request.amountMinor,
      request.currency,
      request.returnPath,
      late ? new Date(Date.parse(request.payableUntil) + LATE_AFTER_MS) : null,
    ]);
    if (!made) return this.lookup(request.key);
    if (script.answer === 'lost') return silence(options);
    if (script.answer === 'slow') await sleep(SLOW_ANSWER_MS, undefined, { signal: options?.signal });
    return made;
  }

  async capture(key: string): Promise<ProviderAnswer> {
    return (await this.change(sql.captureCharge, [key])) ?? this.lookup(key);
  }

  async void(key: string): Promise<ProviderAnswer> {
    return (
      (await this.change(sql.voidCharge, [key])) ??
      (await this.change(sql.refuseKey, [`no_${randomId()}`, key])) ??
      (await this.change(sql.voidCharge, [key])) ?? // it arrived between the two
      this.lookup(key)
    );
  }

  async refund(key: string, refundKey: string): Promise<ProviderAnswer> {
    return (await this.change(sql.refundCharge, [key, refundKey])) ?? this.lookup(key);
  }

  async lookup(key: string): Promise<ProviderAnswer> {
    return (await this.change(sql.lookupCharge, [key])) ?? { kind: 'not-found' };
  }

  private async change(
    statement: { name: string; text: string },
    values: unknown[],
  ): Promise<ProviderAnswer | null> {
    const { rows } = await this.pool.query<ChargeRow>({ ...statement, values });
    const row = rows[0];
    return row ? { kind: 'charge', charge: toCharge(row, this.origin()) } : null;
  }
}

/** A lost answer: rejects only when the caller stops waiting. */
function silence(options?: CallOptions): Promise<ProviderAnswer> {
  return new Promise((resolve) => {
    const end = () => resolve({ kind: 'unknown', why: 'no answer' });
    if (!options?.signal || options.signal.aborted) end();
    else options.signal.addEventListener('abort', end, { once: true });
  });
}
