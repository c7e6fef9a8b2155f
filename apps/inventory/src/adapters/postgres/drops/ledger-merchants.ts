import type { Pool } from 'pg';
import { sql } from './sql/sql.generated';

export interface LedgerMerchant {
  id: string;
  name: string;
  isFirst: boolean;
}

/** The merchants of whom the ledger has drops and products. Accounts owns them; here they are what rows refer to. */
export class LedgerMerchants {
  constructor(private readonly pool: Pool) {}

  /** The first merchant first. */
  async list(): Promise<LedgerMerchant[]> {
    const { rows } = await this.pool.query<{ merchant_id: string; name: string; is_first: boolean }>(
      sql.listMerchants,
    );
    return rows.map(({ merchant_id: id, name, is_first: isFirst }) => ({ id, name, isFirst }));
  }

  /** Nothing when it is there. */
  async insert(id: string, name: string): Promise<void> {
    await this.pool.query({ ...sql.insertMerchant, values: [id, name] });
  }
}
