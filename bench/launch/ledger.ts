import { Client } from 'pg';
import { type Product, superuserUrl } from '../../test/support/product';

/** The product's PostgreSQL, kept from what it does by itself now and then: a vacuum or a checkpoint takes as much CPU time as a window of holds. */
export class Ledger {
  private constructor(private readonly client: Client) {}

  static async of(product: Product): Promise<Ledger> {
    const client = new Client({ connectionString: superuserUrl(product.dataDir) });
    await client.connect();
    await client.query('ALTER SYSTEM SET autovacuum = off');
    await client.query(`ALTER SYSTEM SET checkpoint_timeout = '1h'`);
    await client.query(`ALTER SYSTEM SET max_wal_size = '16GB'`);
    await client.query('SELECT pg_reload_conf()');
    await client.query('CHECKPOINT');
    return new Ledger(client);
  }

  /** Units of the drop that are held now. */
  async held(dropId: string): Promise<number> {
    const { rows } = await this.client.query<{ held: number }>(
      'SELECT sum(held)::integer AS held FROM inventory.stock WHERE drop_id = $1',
      [dropId],
    );
    return rows[0]!.held;
  }

  async close(): Promise<void> {
    await this.client.end();
  }
}
