import type { ChangeOrigin } from '@holdfast/contracts';
import { orServiceUnavailable } from '@holdfast/postgres';
import type { Pool, PoolClient } from 'pg';
import {
  AccountsStore,
  type Clue,
  type Fact,
  type MerchantTransaction,
} from '../../application/ports/accounts-store.port';
import { PgApiKeyRows } from './pg-api-key-rows';
import { PgAuditRows } from './pg-audit-rows';
import { PgLinkRows } from './pg-link-rows';
import { PgMadeRows } from './pg-made-rows';
import { PgMerchantRow } from './pg-merchant-row';
import { PgSessionRows } from './pg-session-rows';
import { PgStaffRows } from './pg-staff-rows';
import { Scoped, type Statement } from './scoped';
import { sql } from './sql/sql.generated';

const MERCHANT_OF: Record<Clue, Statement> = {
  email: sql.merchantOfEmail,
  'refresh-token': sql.merchantOfRefreshToken,
  link: sql.merchantOfLink,
  'api-key': sql.merchantOfApiKey,
};

/** Accounts in PostgreSQL. Each transaction belongs to one merchant, in every predicate and, behind that, by row-level security. */
export class PgAccountsStore extends AccountsStore {
  constructor(private readonly pool: Pool) {
    super();
  }

  async merchantOf(clue: Clue, value: string): Promise<string | null> {
    const values = [clue === 'email' ? value : Buffer.from(value, 'hex')];
    const { rows } = await this.ask<{ merchant_id: string | null }>(MERCHANT_OF[clue], values);
    return rows[0]!.merchant_id;
  }

  merchantIds(): Promise<string[]> {
    return this.askIds(sql.merchantIds);
  }

  merchantsToChain(): Promise<string[]> {
    return this.askIds(sql.merchantsToChain);
  }

  merchantsToSeal(changedSeconds: number, idleSeconds: number): Promise<string[]> {
    return this.askIds(sql.merchantsToSeal, [changedSeconds, idleSeconds]);
  }

  async allowedOrigins(): Promise<string[]> {
    const { rows } = await this.ask<{ origin: string }>(sql.allowedOrigins, []);
    return rows.map(({ origin }) => origin);
  }

  async within<T>(merchantId: string, work: (tx: MerchantTransaction) => Promise<T>): Promise<T> {
    const client = await orServiceUnavailable('accounts', this.pool.connect());
    let broken: Error | undefined;
    try {
      await client.query('BEGIN');
      await client.query({ ...sql.enterMerchant, values: [merchantId] });
      const result = await work(transaction(client, merchantId));
      await client.query('COMMIT');
      return result;
    } catch (error) {
      await client.query('ROLLBACK').catch((lost: Error) => (broken = lost));
      return await orServiceUnavailable('accounts', Promise.reject<T>(error as Error));
    } finally {
      client.release(broken);
    }
  }

  private async askIds(statement: Statement, values: unknown[] = []): Promise<string[]> {
    const { rows } = await this.ask<{ merchant_id: string }>(statement, values);
    return rows.map(({ merchant_id }) => merchant_id);
  }

  private ask<R extends object>(statement: Statement, values: unknown[]) {
    return orServiceUnavailable('accounts', this.pool.query<R>({ ...statement, values }));
  }
}

function transaction(client: PoolClient, merchantId: string): MerchantTransaction {
  const scoped = new Scoped(client, merchantId);
  return {
    merchant: new PgMerchantRow(scoped),
    staff: new PgStaffRows(scoped),
    sessions: new PgSessionRows(scoped),
    links: new PgLinkRows(scoped),
    keys: new PgApiKeyRows(scoped),
    made: new PgMadeRows(scoped),
    audit: new PgAuditRows(scoped),
    record: ({ action, target, change }: Fact, { actor, requestId, address }: ChangeOrigin) =>
      scoped.run(sql.insertFact, [
        JSON.stringify(actor),
        action,
        JSON.stringify(target),
        JSON.stringify(change),
        requestId,
        address,
      ]),
  };
}
