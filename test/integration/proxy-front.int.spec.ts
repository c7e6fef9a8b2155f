import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { ServiceConfig } from '@holdfast/config';
import { type DynamicModule, Global, Module } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { LimitStore } from '../../apps/gateway/src/application/ports/limit-store.port';
import { loadModule } from '../../tools/cluster/load-module';
import { DROP_ID, FakeBackend, startEdge } from '../support/fake-edge';

interface Front {
  address: string;
  stop(): Promise<void>;
}
const tools = resolve(__dirname, '../../tools/cluster');
const { startProxy } = loadModule<{
  startProxy(where: {
    dir: string;
    port: number;
    gateways: string[];
    host?: string;
    hops?: number;
  }): Promise<Front>;
}>(join(tools, 'proxy.mjs'));
const { freePort } = loadModule<{ freePort(): Promise<number> }>(join(tools, 'ports.mjs'));

const SHOPPERS = Array.from({ length: 40 }, (_, i) => `203.0.113.${i + 1}`);

@Global()
@Module({})
class ServiceSettings {
  static with(useValue: ServiceConfig): DynamicModule {
    const providers = [{ provide: ServiceConfig, useValue }];
    return { module: ServiceSettings, providers, exports: [ServiceConfig] };
  }
}

/** The product's own nginx. */
const fronts: { front: Front; dir: string }[] = [];
async function proxyBefore(gateways: string[], how: { host?: string; hops?: number } = {}) {
  const dir = mkdtempSync(join(tmpdir(), 'holdfast-proxy-'));
  const front = await startProxy({ dir, port: await freePort(), gateways, ...how });
  fronts.push({ front, dir });
  return front;
}
afterEach(async () => {
  for (const { front, dir } of fronts.splice(0)) {
    await front.stop();
    rmSync(dir, { recursive: true, force: true });
  }
});

/** Gateways that say who they are. */
let named: Server[];
beforeAll(async () => {
  named = ['one', 'two'].map((name) => createServer((_, response) => response.end(name)));
  await Promise.all(named.map((server) => new Promise<void>((up) => server.listen(0, '127.0.0.1', up))));
});
afterAll(() => named.forEach((server) => server.close().closeAllConnections()));
const addresses = () => named.map((server) => `127.0.0.1:${(server.address() as AddressInfo).port}`);

function get(url: string, headers: Record<string, string> = {}): Promise<string> {
  return new Promise((done, fail) => {
    const asked = request(url, { headers, agent: false }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (more: string) => (text += more));
      answer.on('end', () => done(text));
    });
    asked.on('error', fail).end();
  });
}

/** Which gateways answer anonymous readers who are said to come from these addresses. */
async function whoAnswers({ address }: Front, shoppers: readonly string[]): Promise<string[]> {
  const names = await Promise.all(shoppers.map((from) => get(address, { 'x-forwarded-for': from })));
  return [...new Set(names)];
}

describe('the proxy of the cluster mode', () => {
  it('answers in both families when it listens everywhere', async () => {
    const { address } = await proxyBefore(addresses(), { host: '::' });
    const { port } = new URL(address);
    for (const host of ['127.0.0.1', '[::1]'])
      expect(['one', 'two']).toContain(await get(`http://${host}:${port}/`));
  });

  it('sends anonymous readers behind a proxy of ours to all gateways, and each to the same one again', async () => {
    const front = await proxyBefore(addresses(), { hops: 1 });
    expect(await whoAnswers(front, SHOPPERS)).toHaveLength(2);
    for (const shopper of SHOPPERS.slice(0, 4)) {
      const forged = SHOPPERS.map((other) => `${other}, ${shopper}`); // what stands left a stranger wrote
      expect(await whoAnswers(front, [shopper, ...forged])).toHaveLength(1);
    }
  });

  it('knows the shopper behind two proxies of ours', async () => {
    const front = await proxyBefore(addresses(), { hops: 2 });
    expect(await whoAnswers(front, SHOPPERS)).toHaveLength(2);
    expect(
      await whoAnswers(
        front,
        SHOPPERS.map((other) => `${other}, 203.0.113.1, 10.0.0.8`),
      ),
    ).toHaveLength(1);
  });

  it('sends a stranger to one gateway, whatever address they claim', async () => {
    expect(await whoAnswers(await proxyBefore(addresses()), SHOPPERS)).toHaveLength(1);
  });
});

describe('a gateway behind it', () => {
  let app: NestFastifyApplication;
  afterEach(() => app.close());
  const edge = async (...how: Parameters<typeof startEdge>) => {
    app = await startEdge(...how);
    await app.listen({ host: '127.0.0.1', port: 0 });
    return [new URL(await app.getUrl()).host];
  };

  it.each([
    ['203.0.113.1', '203.0.113.1'],
    ['198.51.100.7, 203.0.113.1', '203.0.113.1'],
    [null, '127.0.0.1'],
  ])('believes the one proxy of ours before both, and nothing else: %j', async (header, counted) => {
    const gateways = await edge(new FakeBackend(), { limits: true, proxyHops: 2 });
    const { address } = await proxyBefore(gateways, { hops: 1 });
    const take = jest.spyOn(app.get(LimitStore), 'take');
    await get(`${address}/v1/drops/${DROP_ID}`, header === null ? {} : { 'x-forwarded-for': header });
    expect(take.mock.calls.at(-1)![0]).toBe(counted);
    take.mockRestore();
  });

  it('shows its figures to who has the token, and to nobody else', async () => {
    const config = { metricsToken: 'figures-for-prometheus' } as ServiceConfig;
    const gateways = await edge(new FakeBackend(), { mode: 'cluster' }, [ServiceSettings.with(config)]);
    const { address } = await proxyBefore(gateways);
    const ask = (headers: Record<string, string> = {}) => fetch(`${address}/metrics`, { headers });
    const refused = await ask();
    expect([refused.status, await refused.json()]).toMatchObject([404, { code: 'not-found' }]);
    expect((await ask({ authorization: 'Bearer figures-for-everybody' })).status).toBe(404);
    const shown = await ask({ authorization: 'Bearer figures-for-prometheus' });
    expect(shown.status).toBe(200);
    expect(await shown.text()).toContain('holdfast_holds_total');
  });
});
