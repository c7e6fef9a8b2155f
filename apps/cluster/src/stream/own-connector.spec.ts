import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StartError } from '@holdfast/process';
import { noteOwnConnector, requireOwnConnector } from './own-connector';
import { register } from './register';

type Config = Record<string, string>;

const OURS: Config = {
  'database.hostname': 'db.example',
  'database.port': '5432',
  'database.dbname': 'shop',
  'slot.name': 'holdfast_cdc_a',
};

/** A Connect worker that knows one connector, or none. */
describe('the connector in a named Connect', () => {
  let there: Config | null;
  let refusal: string;
  let server: Server;
  let connectUrl: string;
  let dataDir: string;

  beforeAll(async () => {
    server = createServer((request, response) => {
      const status = request.method === 'PUT' ? 500 : there ? 200 : 404;
      response
        .writeHead(status, { 'content-type': 'application/json' })
        .end(JSON.stringify(status === 200 ? there : { message: refusal }));
    });
    await new Promise<void>((up) => server.listen(0, '127.0.0.1', up));
    connectUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  beforeEach(() => {
    [there, refusal] = [null, ''];
    dataDir = mkdtempSync(join(tmpdir(), 'holdfast-own-'));
  });
  afterEach(() => rmSync(dataDir, { recursive: true, force: true }));
  afterAll(() => server.close().closeAllConnections());

  const check = () =>
    requireOwnConnector({
      connectUrl,
      databaseUrl: 'postgres://me:s3cret@db.example/shop',
      slot: 'holdfast_cdc_a',
      dataDir,
    });

  it('may be missing, or this product’s own', async () => {
    await check();
    there = { ...OURS, 'database.user': 'me', 'snapshot.mode': 'when_needed' };
    await check();
  });

  it.each([
    ['database.hostname', 'other.example'],
    ['database.port', '5433'],
    ['database.dbname', 'hats'],
    ['slot.name', 'holdfast_cdc_b'],
  ])('is somebody else’s with another %s: nothing is started on it', async (key, value) => {
    there = { ...OURS, [key]: value };
    const refused = check();
    await expect(refused).rejects.toThrow(StartError);
    await expect(refused).rejects.toThrow(value);
    await expect(refused).rejects.toThrow(`curl -X DELETE ${connectUrl}/connectors/holdfast-cdc`);
    await expect(refused).rejects.not.toThrow('s3cret');
  });

  it('is still this product’s own when its ledger has moved', async () => {
    there = { ...OURS, 'database.port': '6000' };
    noteOwnConnector(dataDir, there);
    await check();
    there = { ...OURS, 'database.port': '7000' };
    await expect(check()).rejects.toThrow('another product');
  });

  it('is not tried for minutes where there is no Debezium', async () => {
    refusal =
      'Failed to find any class that implements Connector and which name matches io.debezium.Postgres…';
    const began = performance.now();
    await expect(register({ connectUrl })).rejects.toThrow(StartError);
    expect(performance.now() - began).toBeLessThan(5_000);
  });

  it('is reported with the worker’s message if it cannot run', async () => {
    refusal = 'Error while validating connector config: must be superuser';
    const refused = register({ connectUrl, deadlineMs: 0 });
    await expect(refused).rejects.toThrow(StartError);
    await expect(refused).rejects.toThrow('must be superuser');
  });
});
