import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { waitFor } from '@holdfast/testing';
import { DROP_ID, FakeBackend, startEdge } from '../../../../../../test/support/fake-edge';
import { AllowedOrigins } from '../access/allowed-origins';

const SHOP = 'https://shop.example';
let app: NestFastifyApplication;

async function start(allowedOrigins: string[]): Promise<void> {
  const backend = new FakeBackend();
  backend.accounts.merchant = { ...backend.accounts.merchant, allowedOrigins };
  app = await startEdge(backend);
  await waitFor('the origins', () => app.get(AllowedOrigins).size === allowedOrigins.length);
}
afterEach(() => app.close());

const ask = (url: string, origin?: string) => app.inject({ url, headers: origin ? { origin } : {} });

it('a page of an allowed origin reads the answers of the shopper API, refusals too', async () => {
  await start([SHOP]);
  for (const url of [
    '/v1/drops',
    `/v1/drops/${DROP_ID}`,
    '/v1/drops/nothing',
    '/v1/holds',
    '/v1/orders?limit=x',
  ]) {
    const { headers } = await ask(url, SHOP);
    expect(headers['access-control-allow-origin']).toBe(SHOP);
    expect(headers['access-control-expose-headers']).toContain('Idempotent-Replayed');
    expect(headers).not.toHaveProperty('access-control-allow-credentials');
    expect(headers.vary).toMatch(/\bOrigin$/);
  }
});

it.each([
  ['/v1/drops', 'https://evil.example'],
  ['/v1/drops', 'http://shop.example'],
  ['/v1/drops', 'https://shop.example.evil.example'],
  ['/v1/drops', 'null'],
  ['/v1/admin/merchant', SHOP],
  ['/v1/auth/me', SHOP],
  ['/v1/dropsy', SHOP],
  ['/metrics', SHOP],
])('%s does not open itself to %s', async (url, origin) => {
  await start([SHOP]);
  expect((await ask(url, origin)).headers).not.toHaveProperty('access-control-allow-origin');
});

it('a browser is told before it sends what it may send', async () => {
  await start([SHOP]);
  const preflight = (origin: string, url: string) =>
    app.inject({
      method: 'OPTIONS',
      url,
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'idempotency-key',
      },
    });
  const allowed = await preflight(SHOP, `/v1/drops/${DROP_ID}/holds`);
  expect(allowed.statusCode).toBe(204);
  expect(allowed.headers).toMatchObject({
    'access-control-allow-origin': SHOP,
    'access-control-allow-methods': 'OPTIONS, POST',
    'access-control-max-age': '600',
  });
  expect(allowed.headers['access-control-allow-headers']).toContain('Idempotency-Key');
  for (const [origin, url] of [
    ['https://evil.example', `/v1/drops/${DROP_ID}/holds`],
    [SHOP, '/v1/auth/login'],
    [SHOP, '/v1/admin/staff'],
  ] as const)
    expect((await preflight(origin, url)).headers).not.toHaveProperty('access-control-allow-methods');
});

it('without an allowed origin nothing varies by it', async () => {
  await start([]);
  expect((await ask('/v1/drops', SHOP)).headers.vary).toBe('Accept-Encoding');
});
