import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, request, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ServiceConfig } from '@holdfast/config';
import { freePort } from '@holdfast/process';
import { waitFor } from '@holdfast/testing';
import { type DynamicModule, Global, Module } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { LimitStore } from '../../apps/gateway/src/application/ports/limit-store.port';
import { startProxy } from '../../apps/cluster/src/servers/nginx';
import type { Server as Front } from '../../apps/cluster/src/servers/server';
import { DROP_ID, FakeBackend, startEdge } from '../support/fake-edge';

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
async function proxyBefore(gateways: string[], how: { host?: string; hops?: number; limits?: boolean } = {}) {
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

describe('what one address may have open', () => {
  /** Answers nothing: every request stays open. */
  let silent: Server;
  const open: Socket[] = [];
  beforeAll(async () => {
    silent = createServer(() => undefined);
    await new Promise<void>((up) => silent.listen(0, '127.0.0.1', up));
  });
  afterEach(() => open.splice(0).forEach((socket) => socket.destroy()));
  afterAll(() => silent.close().closeAllConnections());
  const before = (how: Parameters<typeof proxyBefore>[1]) =>
    proxyBefore([`127.0.0.1:${(silent.address() as AddressInfo).port}`], how);

  /** Asks and waits; gives what was answered so far. */
  function ask({ address }: Front, path: string, from: string): () => string {
    const socket = connect({ port: Number(new URL(address).port), host: '127.0.0.1' });
    open.push(socket);
    let text = '';
    socket.setEncoding('utf8').on('data', (more: string) => (text += more));
    socket.on('error', () => undefined);
    socket.write(`GET ${path} HTTP/1.1\r\nhost: x\r\nx-forwarded-for: ${from}\r\n\r\n`);
    return () => text;
  }
  const LIVE = `/v1/drops/${DROP_ID}/live`;
  const askedByAll = async (front: Front, path: string, from: (i: number) => string, n: number) => {
    const answers = Array.from({ length: n }, (_, i) => ask(front, path, from(i)));
    await waitFor('all requests there', async () => (await connections(silent)) + refused(answers) === n);
    return refused(answers);
  };
  const refused = (answers: (() => string)[]) =>
    answers.filter((text) => text().includes('"quota-exceeded"')).length;

  it('is bounded, the rest is told when to come back', async () => {
    const front = await before({ hops: 1 });
    expect(await askedByAll(front, '/v1/drops', () => '203.0.113.1', 230)).toBe(30);
    const one = ask(front, '/v1/drops', '203.0.113.1');
    await waitFor('a refusal', () => one().includes('"quota-exceeded"'));
    expect(one()).toMatch(/^HTTP\/1.1 429 /);
    expect(one()).toMatch(/\r\nRetry-After: 5\r\n/);
    expect(one()).toContain('RateLimit: "address-connections";r=0;t=5\r\n');
    expect(one()).toContain('Content-Type: application/problem+json\r\n');
    ask(front, '/v1/drops', '203.0.113.2');
    await waitFor('a neighbour there', async () => (await connections(silent)) === 201);
  });

  it('is 50 live streams', async () => {
    const front = await before({ hops: 1 });
    expect(await askedByAll(front, LIVE, () => '203.0.113.1', 60)).toBe(10);
  });

  it.each([
    ['one /64', (i: number) => `2001:db8:1:2:${(i + 1).toString(16)}::1`, 60, 10],
    ['one short /64', (i: number) => `2001:db8::${(i + 1).toString(16)}`, 60, 10],
    ['many of one /48', (i: number) => `2001:db8:1:${(i + 1).toString(16)}::1`, 430, 30],
    ['many networks', (i: number) => `2001:db8:${(i + 1).toString(16)}::1`, 430, 0],
  ])('counts %s as such', async (_, from, n, over) => {
    const front = await before({ hops: 1 });
    expect(await askedByAll(front, LIVE, from, n)).toBe(over);
  });

  it('is not bounded when limits are off', async () => {
    const front = await before({ hops: 1, limits: false });
    expect(await askedByAll(front, LIVE, () => '203.0.113.1', 60)).toBe(0);
  });
});

const connections = (server: Server) =>
  new Promise<number>((done) => server.getConnections((_, n) => done(n)));

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
