import { type ChangeFact, ChangeFacts } from '@holdfast/contracts';
import { orServiceUnavailable } from '@holdfast/postgres';
import type { Pool } from 'pg';
import { sql } from './sql/sql.generated';

interface Row {
  merchant_id: string;
  fact_id: number;
  at: Date;
  actor: ChangeFact['actor'];
  action: string;
  target: ChangeFact['target'];
  change: object;
  request_id: string | null;
  address: string | null;
}

/** The facts of `inventory.audit_outbox`, for accounts. Throws `ServiceUnavailable`. */
export class LedgerChangeFacts extends ChangeFacts {
  constructor(private readonly pool: Pool) {
    super();
  }

  async factsToChain(most: number): Promise<ChangeFact[]> {
    const { rows } = await orServiceUnavailable(
      'facts',
      this.pool.query<Row>({ ...sql.factsToChain, values: [most] }),
    );
    return rows.map((row) => ({
      merchantId: row.merchant_id,
      factId: row.fact_id,
      at: row.at.toISOString(),
      actor: row.actor,
      action: row.action,
      target: row.target,
      change: row.change,
      requestId: row.request_id,
      address: row.address,
    }));
  }

  async factsChained(factIds: number[]): Promise<{ kind: 'marked' }> {
    await orServiceUnavailable('facts', this.pool.query({ ...sql.markFactsChained, values: [factIds] }));
    return { kind: 'marked' };
  }
}
