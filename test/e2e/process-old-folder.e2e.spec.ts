import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadSecrets } from '@holdfast/config';
import { type MigrationSet, migrate } from '@holdfast/postgres';
import { checkoutMigrations } from '../../apps/checkout/src/adapters/postgres/migrations';
import { inventoryMigrations } from '../../apps/inventory/src/adapters/postgres/migrations';
import { waitFor } from '@holdfast/testing';
import { startEmbeddedPostgres } from '../../libs/postgres/src/embedded/embedded-postgres';
import { insertDrop, onDatabase } from '../support/drops';
import { newCustomerId, openInventory, placeHold } from '../support/inventory';
import { newDataDir, startProduct } from '../support/product';

/** An order whose payment was begun, and whose process then ended. Its values: drop, order, customer, hold. */
const ORDER = `
INSERT INTO checkout.orders (drop_id, order_id, customer_id, hold_id, fingerprint, provider, token, email, lines, total_minor, currency, step, next_check_at)
VALUES ($1, $2, $3, $4, 'none', 'sandbox', 'tok_ok', 'old@shop.example', '[{"sku":"A","quantity":1,"price":{"amountMinor":12900,"currency":"EUR"}}]', 12900, 'EUR', 'extending',
  clock_timestamp())`;

/** The migrations of the last version whose product ran as the superuser. */
const then = ({ schema, migrations }: MigrationSet, count: number): MigrationSet => ({
  schema,
  migrations: migrations.slice(0, count),
});
const SETS = [then(inventoryMigrations, 5), then(checkoutMigrations, 2)];

describe('a data folder of a version whose only login was the superuser', () => {
  const dataDir = newDataDir();
  afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

  /** Secrets, roles and tables as that version left them, with a live hold and an order on its way. */
  async function leaveOldFolder(): Promise<{ dropId: string; orderId: string }> {
    const { inventoryDbPassword, checkoutDbPassword, operatorDbPassword, ...old } = loadSecrets(dataDir);
    expect(inventoryDbPassword).not.toBe(checkoutDbPassword);
    expect(operatorDbPassword).toBeDefined();
    writeFileSync(join(dataDir, 'secrets.json'), JSON.stringify(old), { mode: 0o600 });
    const server = await startEmbeddedPostgres({ dataDir, password: old.databasePassword, sync: false });
    try {
      await migrate(server.url, SETS);
      const dropId = await insertDrop(server.url, { skus: { A: 10 } });
      const inventory = openInventory(server.url);
      const [held, paying] = [newCustomerId(), newCustomerId()];
      await placeHold(inventory, dropId, { customerId: held });
      const outcome = await placeHold(inventory, dropId, { customerId: paying });
      const holdId = outcome.kind === 'held' ? outcome.hold.id : '';
      await inventory.close();
      const orderId = `${holdId.split('-')[0]}-o${'0'.repeat(26)}`;
      await onDatabase(server.url, (client) => client.query(ORDER, [dropId, orderId, paying, holdId]));
      return { dropId, orderId };
    } finally {
      await server.stop();
    }
  }

  it('is converted at the start: the product sells and pays with logins that may do nothing else', async () => {
    const { dropId, orderId } = await leaveOldFolder();
    const product = await startProduct({ mode: 'standalone', dataDir, env: { HOLDFAST_DEMO: 'off' } });
    const answer = await fetch(`${product.url}/v1/drops/${dropId}`);
    expect(await answer.json()).toMatchObject({ id: dropId, state: 'open' });
    const { databaseUrl } = JSON.parse(readFileSync(join(dataDir, 'run.json'), 'utf8')) as {
      databaseUrl: string;
    };
    const asked = (text: string) => onDatabase(databaseUrl, (client) => client.query(text));
    const states = () => asked(`SELECT state FROM checkout.orders WHERE order_id = '${orderId}'`);
    await waitFor('the open order to be paid', async () => (await states()).rows[0]?.state === 'paid', {
      deadlineMs: 20_000,
    });
    const live = `SELECT FROM inventory.hold WHERE drop_id = '${dropId}' AND state = 'held'`;
    expect((await asked(live)).rows).toHaveLength(1);
    const verdict = await product.cli('verify');
    expect(verdict.json).toMatchObject({ ok: true });
    const rush = await product.cli('rush', '--drop', dropId, '--shoppers', '5', '--pay', '1');
    expect(rush).toMatchObject({ code: 0, json: { held: 5, paid: 5, errors: 0, oversold: 0 } });

    await expect(asked(`COPY (SELECT 1) TO PROGRAM 'true'`)).rejects.toThrow('permission denied');
    await expect(asked('SELECT rolpassword FROM pg_authid')).rejects.toThrow('permission denied');
    const { rows } = await asked(
      `SELECT DISTINCT usename, rolsuper FROM pg_stat_activity JOIN pg_roles ON rolname = usename
       WHERE datname = current_database() AND pid <> pg_backend_pid()`,
    );
    expect(rows.length).toBeGreaterThan(2);
    expect(rows).not.toContainEqual(expect.objectContaining({ rolsuper: true }));
    expect(statSync(join(dataDir, 'secrets.json')).mode & 0o777).toBe(0o600);
    await product.stop();
  });
});
