import { secretHash } from '@holdfast/contracts';
import { orServiceUnavailable } from '@holdfast/postgres';
import type { Pool } from 'pg';
import { Guesses } from '../../application/ports/guesses.port';
import { LOGIN_BACKOFF } from '../../domain/login-backoff';
import { bytes, type Statement } from './scoped';
import { sql } from './sql/sql.generated';

/** Each call is one statement in autocommit: a guess counts whatever becomes of its request. */
export class PgGuesses extends Guesses {
  constructor(private readonly pool: Pool) {
    super();
  }

  async charge(subject: string, isKnown: boolean): Promise<number | null> {
    const { freeGuesses, firstPauseSeconds, pauseSecondsMax, forgetAfterSeconds } = LOGIN_BACKOFF;
    const limits = [freeGuesses, firstPauseSeconds, pauseSecondsMax, forgetAfterSeconds];
    const charged = await this.ask(sql.chargeGuess, subject, [isKnown, ...limits]);
    if (charged.length > 0) return null;
    const [pause] = await this.ask<{ seconds: number | null }>(sql.pauseOfGuess, subject);
    return Math.max(1, Math.ceil(pause?.seconds ?? 0));
  }

  async refund(subject: string): Promise<void> {
    await this.ask(sql.refundGuess, subject);
  }

  async forget(subject: string): Promise<void> {
    await this.ask(sql.forgetGuesses, subject);
  }

  private async ask<R extends object>(statement: Statement, subject: string, more: unknown[] = []) {
    const values = [bytes(secretHash(subject)), ...more];
    const { rows } = await orServiceUnavailable('guesses', this.pool.query<R>({ ...statement, values }));
    return rows;
  }
}
