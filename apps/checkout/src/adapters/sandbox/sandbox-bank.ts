import { assertNever } from '@holdfast/kernel';
import type { BankChallenge } from '@holdfast/contracts';
import type { Pool } from 'pg';
import { BankDesk } from '../../application/ports/bank-desk.port';
import type { ChargeState } from '../../application/ports/payment-provider.port';
import { toServiceFault } from '../postgres/service-fault';
import type { ChargeRow } from './charge-row';
import { sql } from './sql/sql.generated';

const REFERENCE = /^ch_[0-9a-z]{26}$/; // what comes from an address line is looked at before the database sees it

/** The bank page of `tok_3ds`. */
export class SandboxBank extends BankDesk {
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

  private async run(statement: { name: string; text: string }, values: string[]) {
    try {
      return await this.pool.query<ChargeRow>({ ...statement, values });
    } catch (error) {
      throw toServiceFault('bank', error);
    }
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
