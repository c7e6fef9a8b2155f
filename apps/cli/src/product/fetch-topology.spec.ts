import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadSecrets } from '@holdfast/config';
import { fetchTopology } from './fetch-topology';
import type { Product } from './find-product';

it('asks with the operator’s pass, so that used up limits do not make a product look ill', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'holdfast-topology-'));
  loadSecrets(dataDir);
  const server = createServer(({ headers }, response) => {
    response.statusCode = headers['holdfast-operator'] ? 200 : 429;
    response.end('{}');
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  try {
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const component = { name: 'holdfast', kind: 'standalone', pid: 1, address, version: null };
    const { components } = await fetchTopology({
      config: { dataDir, mode: 'standalone' },
      databaseUrl: 'postgres://nobody@127.0.0.1:1/nothing',
      run: { mode: 'standalone', components: [component] },
    } as unknown as Product);
    expect(components).toMatchObject([{ name: 'holdfast', state: 'up' }]);
  } finally {
    server.closeAllConnections();
    server.close();
    rmSync(dataDir, { recursive: true });
  }
});
