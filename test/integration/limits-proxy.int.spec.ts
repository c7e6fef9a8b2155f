import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '@holdfast/process';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { LimitStore } from '../../apps/gateway/src/application/ports/limit-store.port';
import { startProxy } from '../../apps/cluster/src/servers/nginx';
import type { Server } from '../../apps/cluster/src/servers/server';
import { DROP_ID, FakeBackend, startEdge } from '../support/fake-edge';

// The product's own nginx in front of a gateway that believes one hop.
let app: NestFastifyApplication;
let proxy: Server;
let dir: string;

beforeAll(async () => {
  app = await startEdge(new FakeBackend(), { limits: true, proxyHops: 1 });
  await app.listen({ host: '127.0.0.1', port: 0 });
  dir = mkdtempSync(join(tmpdir(), 'holdfast-proxy-'));
  proxy = await startProxy({ dir, port: await freePort(), gateways: [new URL(await app.getUrl()).host] });
});
afterAll(async () => {
  await proxy.stop();
  await app.close();
  rmSync(dir, { recursive: true, force: true });
});

describe('the address that a limit counts behind nginx', () => {
  it.each<Record<string, string>>([
    {},
    { 'x-forwarded-for': '203.0.113.1' },
    { 'x-forwarded-for': '203.0.113.1, 203.0.113.2' },
    { forwarded: 'for=203.0.113.1', 'x-real-ip': '203.0.113.1' },
  ])('is the shopper’s own, whatever they write: %j', async (headers) => {
    const take = jest.spyOn(app.get(LimitStore), 'take');
    const answer = await fetch(`${proxy.address}/v1/drops/${DROP_ID}`, { headers });
    expect(answer.status).toBe(200);
    // Of the address first, then of the drop's merchant.
    expect(take.mock.calls[0]![0]).toBe('127.0.0.1');
    take.mockRestore();
  });
});
