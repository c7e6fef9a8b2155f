import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { MERCHANT_QUOTAS, SystemClock } from '@holdfast/kernel';
import { SecurityEvents } from '@holdfast/observability';
import { LimitStore } from '../../../application/ports/limit-store.port';
import { limitPolicies } from '../limits/limit-policies';
import { DROP_ID, FakeBackend, startEdge } from '../../../../../../test/support/fake-edge';

let app: NestFastifyApplication;
let backend: FakeBackend;
afterEach(async () => {
  jest.restoreAllMocks();
  await app.close();
});

async function start(settings: Parameters<typeof startEdge>[1] = {}): Promise<void> {
  backend = new FakeBackend();
  app = await startEdge(backend, { limits: true, ...settings });
}

/** By the address of `inject`. */
function useUpReads(times: number): void {
  const [reads] = limitPolicies(MERCHANT_QUOTAS).reads;
  for (let n = 0; n < times; n += 1) void app.get(LimitStore).take('127.0.0.1', reads!);
}

describe('what is no route of the API', () => {
  beforeEach(async () => {
    // What is allowed comes back with time: none may pass while a slow machine works through the requests.
    jest.spyOn(SystemClock.prototype, 'monotonicMs').mockReturnValue(1_000_000);
    await start();
  });

  it.each<['GET' | 'POST' | 'PUT' | 'OPTIONS', string]>([
    ['GET', '/health/live'],
    ['GET', '/health/ready'],
    ['GET', '/openapi.json'],
    ['GET', '/docs'],
    ['GET', '/docs/start.js'],
    ['GET', '/docs/assets/swagger-ui.css'],
    ['GET', '/docs/assets/nothing.js'],
    ['GET', '/problems/sold-out'],
    ['GET', '/metrics'],
    ['GET', '/'],
    ['GET', '/nothing'],
    ['PUT', '/v1/drops'],
    ['OPTIONS', '/v1/drops'],
    ['GET', '/v1/drops/%zz'],
    ['GET', `/v1/drops?x=${'x'.repeat(8_192)}`],
    ['POST', '/v1/payments/webhooks/nobody'],
    ['POST', '/v1/orders'],
  ])('counts as a read: %s %.40s', async (method, url) => {
    const answer = await app.inject({ method, url });
    expect(answer.headers.ratelimit).toBe('"address-reads";r=2999;t=1');
    expect(answer.headers['ratelimit-policy']).toBe('"address-reads";q=3000;w=60');
    useUpReads(2_999);
    const refused = await app.inject({ method, url });
    expect(refused.statusCode).toBe(429);
    expect(refused.json()).toMatchObject({ code: 'quota-exceeded' });
    expect(refused.headers['retry-after']).toBe('1');
  });

  it.each([
    ['/v1/sessions', 413],
    ['/v1/payments/webhooks/sandbox', 413],
    ['/v1/orders', 401],
    ['/v1/admin/drops', 401],
  ])('counts as a read, once: a body that is too large for %s', async (url, status) => {
    const send = () => app.inject({ method: 'POST', url, payload: 'x'.repeat(3_000_000) });
    const answer = await send();
    expect([answer.statusCode, answer.headers.ratelimit]).toEqual([status, '"address-reads";r=2999;t=1']);
    useUpReads(2_999);
    expect((await send()).statusCode).toBe(429);
  });

  it.each([true, false])('is unknown, whatever its body is, with limits: %j', async (limits) => {
    if (!limits) {
      await app.close();
      await start({ limits });
    }
    const bodies = [
      { payload: 'x'.repeat(3_000_000), headers: { 'content-type': 'application/json' } },
      { payload: 'x', headers: { 'content-type': 'no type' } },
      { payload: 'x', headers: { 'content-type': 'application/nothing' } },
    ];
    for (const body of bodies) {
      const unknown = await app.inject({ method: 'POST', url: '/v1/nothing', ...body });
      expect([unknown.statusCode, unknown.json<{ code: string }>().code]).toEqual([404, 'not-found']);
      const method = await app.inject({ method: 'PUT', url: '/v1/drops', ...body });
      expect([method.statusCode, method.headers.allow]).toEqual([405, 'GET, HEAD, OPTIONS']);
    }
  });

  it('is a webhook that goes through: the provider may send as many as it has', async () => {
    const deliver = () => app.inject({ method: 'POST', url: '/v1/payments/webhooks/sandbox', payload: '{}' });
    for (let n = 0; n < 20; n += 1) expect((await deliver()).statusCode).toBe(200);
    expect((await app.inject(`/v1/drops/${DROP_ID}`)).headers.ratelimit).toBe('"address-reads";r=2999;t=1');
  });

  it('asks nobody about a webhook from an address that has used up its reads', async () => {
    const deliver = (provider: string) =>
      app.inject({ method: 'POST', url: `/v1/payments/webhooks/${provider}`, payload: '{}' });
    useUpReads(2_999);
    expect((await deliver('nobody')).statusCode).toBe(404);
    const before = backend.delivered.length;
    expect((await deliver('sandbox')).statusCode).toBe(429);
    expect(backend.delivered).toHaveLength(before);
    expect(app.get(SecurityEvents).count('rate-limited')).toBe(1);
  });
});

describe('readiness', () => {
  it('asks each dependency once for a crowd', async () => {
    await start({ limits: false });
    const answers = await Promise.all(Array.from({ length: 200 }, () => app.inject('/health/ready')));
    expect(new Set(answers.map(({ statusCode }) => statusCode))).toEqual(new Set([200]));
    expect(backend.reads).toBeLessThan(10);
  });
});

describe('the header Host', () => {
  async function send(...lines: string[]): Promise<string> {
    await start();
    await app.listen({ host: '127.0.0.1', port: 0 });
    const { port } = app.getHttpServer().address() as AddressInfo;
    return new Promise((resolve, reject) => {
      const socket = connect(port, '127.0.0.1');
      let text = '';
      socket.setEncoding('utf8');
      socket.on('data', (piece: string) => (text += piece));
      socket.on('error', reject);
      socket.on('close', () => resolve(text));
      socket.write(`${lines.join('\r\n')}\r\nConnection: close\r\n\r\n`);
    });
  }

  it.each([
    ['twice', ['Host: shop.example', 'Host: evil.example']],
    ['twice the same', ['Host: shop.example', 'HOST: shop.example']],
    ['not at all', []],
  ])('that is there %s is 400', async (_times, hosts) => {
    const answer = await send('GET /health/live HTTP/1.1', ...hosts);
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer).toContain('"code":"invalid-request"');
  });

  it('is there once, or not at all in HTTP/1.0', async () => {
    expect(await send('GET /health/live HTTP/1.1', 'Host: shop.example')).toMatch(/^HTTP\/1\.1 200 /);
    await app.close();
    expect(await send('GET /health/live HTTP/1.0')).toMatch(/^HTTP\/1\.1 200 /);
  });
});

describe('a shop behind TLS', () => {
  const HEADER = 'strict-transport-security';
  const over = { 'x-forwarded-proto': 'https', 'x-forwarded-for': '203.0.113.1' };

  it('tells browsers to stay with it, by its public address or by a proxy of ours', async () => {
    await start({ publicAddress: 'https://shop.example' });
    for (const url of ['/', '/v1/drops', '/nothing', '/openapi.json'])
      expect((await app.inject(url)).headers[HEADER]).toMatch(/^max-age=\d{8}$/);
    await app.close();
    await start({ proxyHops: 1 });
    expect((await app.inject({ url: '/v1/drops', headers: over })).headers[HEADER]).toBeDefined();
    expect((await app.inject('/v1/drops')).headers[HEADER]).toBeUndefined();
  });

  it('is none because a stranger says so', async () => {
    await start();
    expect((await app.inject({ url: '/v1/drops', headers: over })).headers[HEADER]).toBeUndefined();
  });
});

describe('a proxy that nobody configured', () => {
  it('is reported once, if it is a trusted one', async () => {
    await start();
    const headers = { 'x-forwarded-for': '203.0.113.1' };
    await app.inject({ url: '/health/live', headers, remoteAddress: '203.0.113.9' });
    expect(app.get(SecurityEvents).count('unexpected-proxy')).toBe(0);
    for (let n = 0; n < 3; n += 1) await app.inject({ url: '/health/live', headers });
    expect(app.get(SecurityEvents).count('unexpected-proxy')).toBe(1);
  });
});

describe('pages', () => {
  it('may ask the browser for nothing of the device', async () => {
    await start();
    for (const url of ['/docs', '/problems/sold-out', '/sandbox/3ds/pay_1'])
      expect(
        (await app.inject({ url, headers: { accept: 'text/html' } })).headers['permissions-policy'],
      ).toMatch(/camera=\(\).*geolocation=\(\).*microphone=\(\)/);
  });
});
