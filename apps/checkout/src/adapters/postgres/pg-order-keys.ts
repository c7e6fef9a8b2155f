import { createHash } from 'node:crypto';
import { orServiceUnavailable } from '@holdfast/postgres';
import type { Pool } from 'pg';
import { type OrderKey, OrderKeys } from '../../application/ports/order-keys.port';
import { sql } from './sql/sql.generated';

/** Order keys in PostgreSQL, distributed by customer: no statement here touches an order. */
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
    const query = this.pool.query<{ drop_id: string }>({ ...statement, values });
    const { rows } = await orServiceUnavailable('order keys', query);
    return rows[0]?.drop_id ?? null;
  }
}

/** Clients choose the length of a key; a hash is always short. */
const hashOf = ({ key }: OrderKey): Buffer => createHash('sha256').update(key).digest();
