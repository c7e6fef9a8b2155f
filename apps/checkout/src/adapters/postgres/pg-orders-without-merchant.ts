import { orServiceUnavailable } from '@holdfast/postgres';
import type { Pool } from 'pg';
import { OrdersWithoutMerchant } from '../../application/ports/orders-without-merchant.port';
import { sql } from './sql/sql.generated';

/** Needs a pool in the role of the service: no merchant sees an order that has none. */
export class PgOrdersWithoutMerchant extends OrdersWithoutMerchant {
  constructor(private readonly pool: Pool) {
    super();
  }

  override async drops(after: string, limit: number): Promise<string[]> {
    const found = this.pool.query<{ drop_id: string }>(sql.dropsWithoutMerchant.text, [after, limit]);
    const { rows } = await orServiceUnavailable('orders', found);
    return rows.map((row) => row.drop_id);
  }

  override async fill(dropId: string, merchantId: string, limit: number): Promise<number> {
    const done = this.pool.query(sql.fillMerchant.text, [dropId, merchantId, limit]);
    return (await orServiceUnavailable('orders', done)).rowCount ?? 0;
  }
}
