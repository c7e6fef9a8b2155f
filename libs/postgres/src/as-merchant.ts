import { escapeLiteral, type Pool, type PoolClient } from 'pg';
import type { Role } from './roles';

export interface MerchantScope {
  /** The schema whose policies compare `<schema>.merchant_id` with the rows. */
  schema: 'inventory' | 'checkout';
  merchantId: string;
  /** Set for the transaction if the pool's own role sees all merchants. */
  role?: Role;
}

/**
 * Runs `work` in one transaction in which, for a merchants' role, only the rows of this merchant exist. Role
 * and merchant end with the transaction, so a connection carries neither to its next user; without a merchant
 * such a role sees no row at all. A failed connection is closed and not returned to the pool.
 */
export async function asMerchant<T>(
  pool: Pool,
  { schema, merchantId, role }: MerchantScope,
  work: (client: PoolClient) => Promise<T>,
): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    // One round trip: the simple protocol takes several statements, but no parameters.
    await client.query(
      `BEGIN; ${role ? `SET LOCAL ROLE ${role};` : ''}
       SELECT set_config('${schema}.merchant_id', ${escapeLiteral(merchantId)}, true)`,
    );
    const result = await work(client);
    await client.query('COMMIT');
    return result;
  } catch (error) {
    await client.query('ROLLBACK').catch((lost: Error) => (broken = lost));
    throw error;
  } finally {
    client.release(broken);
  }
}
