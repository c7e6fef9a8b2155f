import { createHash } from 'node:crypto';
import type { Pool } from 'pg';
import { type OrderKey, OrderKeys } from '../../application/ports/order-keys.port';
import { toServiceFault } from './service-fault';
import { sql } from './sql/sql.generated';

/** Keys of orders in PostgreSQL, distributed by customer: no statement here touches an order. */
export class PgOrderKeys extends OrderKeys {
  constructor(private readonly pool: Pool) {
    super();
  }

  async claim(key: OrderKey, dropId: string): Promise<string> {
    const values = [key.customerId, hashOf(key), dropId];
    return (await this.first(sql.claimOrderKey, values)) ?? (await this.dropOf(key)) ?? dropId;
  }

  dropOf(key: OrderKey): Promise<string | null> {
    return this.first(sql.findOrderKey, [key.customerId, hashOf(key)]);
  }

  private async first(statement: { name: string; text: string }, values: unknown[]): Promise<string | null> {
    try {
      const { rows } = await this.pool.query<{ drop_id: string }>({ ...statement, values });
      return rows[0]?.drop_id ?? null;
    } catch (error) {
      throw toServiceFault('order keys', error);
    }
  }
}

/** Clients choose how long a key is; a hash is always short. */
const hashOf = ({ key }: OrderKey): Buffer => createHash('sha256').update(key).digest();
