import { assertNever } from '@holdfast/kernel';
import type { BankChallenge } from '@holdfast/contracts';
import { orServiceUnavailable } from '@holdfast/postgres';
import type { Pool } from 'pg';
import { BankChallenges } from '../../application/ports/bank-challenges.port';
import type { ChargeState } from '../../application/ports/payment-provider.port';
import type { ChargeRow } from './charge-row';
import { sql } from './sql/sql.generated';

const REFERENCE = /^ch_[0-9a-z]{26}$/; // input from a URL is checked before it reaches the database

/** The bank page of `tok_3ds`. */
export class SandboxBank extends BankChallenges {
  constructor(
    private readonly pool: Pool,
    /** Called when a webhook waits for delivery. */
    private readonly onEvent: () => void,
  ) {
    super();
  }

  async challenge(reference: string): Promise<BankChallenge | null> {
    if (!REFERENCE.test(reference)) return null;
    const row = (await this.run(sql.challengeCharge, [reference])).rows[0];
    if (!row) return null;
    return {
      reference,
      amount: { amountMinor: Number(row.amount_minor), currency: row.currency },
      state: stateOf(row.state),
      returnPath: row.return_path,
    };
  }

  async answer(reference: string, answer: 'approve' | 'deny'): Promise<BankChallenge | null> {
    const state: ChargeState = answer === 'approve' ? 'authorized' : 'declined';
    if (!(await this.challenge(reference))) return null;
    const { rowCount } = await this.run(sql.answerChallenge, [reference, state]);
    if (rowCount) this.onEvent();
    return this.challenge(reference);
  }

  private run(statement: { name: string; text: string }, values: string[]) {
    return orServiceUnavailable('bank', this.pool.query<ChargeRow>({ ...statement, values }));
  }
}

function stateOf(state: ChargeState): BankChallenge['state'] {
  switch (state) {
    case 'requires-action':
    case 'processing':
      return 'open';
    case 'authorized':
    case 'captured':
      return 'approved';
    case 'declined':
      return 'denied';
    case 'voided':
      return 'over';
    default:
      return assertNever(state);
  }
}
