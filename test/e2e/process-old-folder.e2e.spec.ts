import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadSecrets } from '@holdfast/config';
import { waitFor } from '@holdfast/testing';
import { startEmbeddedPostgres } from '../../libs/postgres/src/embedded/embedded-postgres';
import { onDatabase } from '../support/drops';
import { readDump, TODAY } from '../support/old-ledger';
import { newDataDir, startProduct } from '../support/product';

/** A ledger of the last version whose product ran as the superuser; its head says what is in it. */
const LEDGER = readDump('37fb00b');
const DROP = 'd6f5msf7';
/** Of the payment that its process did not live to see. */
const ORDER = 'd6f5msf7-odjtf76zkgwdkj7g8htgbfm7qd4';

describe('a data folder of a version whose only login was the superuser', () => {
  const dataDir = newDataDir();
  afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

  /** Secrets and ledger as that version left them. */
  async function leaveOldFolder(): Promise<void> {
    const { inventoryDbPassword, checkoutDbPassword, operatorDbPassword, ...old } = loadSecrets(dataDir);
    expect(inventoryDbPassword).not.toBe(checkoutDbPassword);
    expect(operatorDbPassword).toBeDefined();
    writeFileSync(join(dataDir, 'secrets.json'), JSON.stringify(old), { mode: 0o600 });
    const server = await startEmbeddedPostgres({ dataDir, password: old.databasePassword, sync: false });
    try {
      await onDatabase(server.url, async (client) => {
        await client.query(LEDGER);
        await client.query(TODAY);
      });
    } finally {
      await server.stop();
    }
  }

  it('is converted at the start: the product sells and pays with logins that may do nothing else', async () => {
    await leaveOldFolder();
    const product = await startProduct({ mode: 'standalone', dataDir, env: { HOLDFAST_DEMO: 'off' } });
    const answer = await fetch(`${product.url}/v1/drops/${DROP}`);
    expect(await answer.json()).toMatchObject({ id: DROP, state: 'open' });
    const { databaseUrl } = JSON.parse(readFileSync(join(dataDir, 'run.json'), 'utf8')) as {
      databaseUrl: string;
    };
    const asked = (text: string) => onDatabase(databaseUrl, (client) => client.query(text));
    const states = () => asked(`SELECT state FROM checkout.orders WHERE order_id = '${ORDER}'`);
    await waitFor('the open order to be paid', async () => (await states()).rows[0]?.state === 'paid', {
      deadlineMs: 20_000,
    });
    const live = `SELECT FROM inventory.hold WHERE drop_id = '${DROP}' AND state = 'held'`;
    // The hold that nobody pays, and the one whose shopper is still at the bank.
    expect((await asked(live)).rows).toHaveLength(2);
    const verdict = await product.cli('verify');
    expect(verdict.json).toMatchObject({ ok: true });
    const rush = await product.cli('rush', '--drop', DROP, '--shoppers', '5', '--pay', '1');
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
