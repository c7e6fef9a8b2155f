import { type DynamicModule, Global, Module } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { ServiceConfig } from '@holdfast/config';
import { MERCHANT_QUOTAS, SystemClock } from '@holdfast/kernel';
import { waitFor } from '@holdfast/testing';
import { DropMerchants } from '../../../application/drop-merchants';
import { LimitStore } from '../../../application/ports/limit-store.port';
import { limitPolicies } from './limit-policies';
import { MerchantTurns, TURN_SETTINGS } from './merchant-turns';
import { aDrop, DROP_ID, FakeBackend, SECRETS, startEdge } from '../../../../../../test/support/fake-edge';

@Global()
@Module({})
class ServiceSettings {
  static with(config: ServiceConfig): DynamicModule {
    const providers = [{ provide: ServiceConfig, useValue: config }];
    return { module: ServiceSettings, providers, exports: [ServiceConfig] };
  }
}

let app: NestFastifyApplication;
beforeEach(async () => {
  // What is allowed comes back with time: none may pass while a slow machine works through the requests.
  jest.spyOn(SystemClock.prototype, 'monotonicMs').mockReturnValue(1_000_000);
  app = await startEdge(new FakeBackend(), { limits: true });
});
afterEach(async () => {
  jest.restoreAllMocks();
  await app.close();
});

async function newToken(): Promise<string> {
  return (await app.inject({ method: 'POST', url: '/v1/sessions' })).json<{ accessToken: string }>()
    .accessToken;
}

let keys = 0;
function place(token: string, headers = {}) {
  return app.inject({
    method: 'POST',
    url: `/v1/drops/${DROP_ID}/holds`,
    payload: { lines: [{ sku: 'TEE-M', quantity: 1 }] },
    headers: { authorization: `Bearer ${token}`, 'idempotency-key': `k${(keys += 1)}`, ...headers },
  });
}

async function statuses(
  n: number,
  send: () => Promise<{ statusCode: number }>,
): Promise<Record<number, number>> {
  const seen: Record<number, number> = {};
  for (let i = 0; i < n; i += 1) {
    const { statusCode } = await send();
    seen[statusCode] = (seen[statusCode] ?? 0) + 1;
  }
  return seen;
}

const pass = (more = {}, key = SECRETS.operatorKey) =>
  new JwtService({}).sign(
    { typ: 'operator', ...more },
    { secret: key, issuer: 'holdfast', audience: 'operator', expiresIn: 600 },
  );

describe('public limits', () => {
  it('let one customer place 30 holds or orders a minute, and say when to come back', async () => {
    const token = await newToken();
    const first = await place(token);
    expect(first.headers.ratelimit).toBe('"customer";r=29;t=2');
    expect(first.headers['ratelimit-policy']).toBe('"customer";q=30;w=60');
    expect(await statuses(29, () => place(token))).toEqual({ 201: 29 });
    const refused = await place(token);
    expect(refused.json()).toMatchObject({ status: 429, code: 'quota-exceeded' });
    expect(refused.headers['retry-after']).toBe('2');
    expect(refused.headers.ratelimit).toBe('"customer";r=0;t=2');
    expect((await place(await newToken())).statusCode).toBe(201);
  });

  it('of a drop are not used up by one address with many sessions', async () => {
    const taken = { address: 0, drop: 0 };
    const limits = app.get(LimitStore);
    const take = limits.take.bind(limits);
    jest.spyOn(limits, 'take').mockImplementation((caller, quota) => {
      const allowance = take(caller, quota);
      if (quota.name in taken) taken[quota.name as keyof typeof taken] += 1;
      return allowance;
    });
    for (let sessions = 0; sessions < 40; sessions += 1) {
      const token = await newToken();
      await statuses(30, () => place(token));
    }
    expect(taken).toEqual({ address: 40 * 30, drop: 900 });
  });

  it('count holds and orders of a customer together', async () => {
    const token = await newToken();
    await statuses(30, () => place(token));
    const order = await app.inject({
      method: 'POST',
      url: '/v1/orders',
      headers: { authorization: `Bearer ${token}` },
    });
    expect(order.statusCode).toBe(429);
  });

  it('let one address open 300 sessions a minute', async () => {
    const open = () => app.inject({ method: 'POST', url: '/v1/sessions' });
    expect(await statuses(300, open)).toEqual({ 201: 300 });
    expect(await statuses(100, open)).toEqual({ 429: 100 });
  });

  it('let one address read 3,000 times a minute', async () => {
    const seen = await statuses(3_000, () => app.inject(`/v1/drops/${DROP_ID}`));
    expect(seen).toEqual({ 200: 3_000 });
  });

  it('tell who you are before how much you may', async () => {
    expect(await statuses(40, () => place('forged'))).toEqual({ 401: 40 });
  });

  it('count failed tokens as reads, and nothing of a customer or a drop', async () => {
    const first = await place('forged');
    expect(first.headers.ratelimit).toBe('"address-reads";r=2999;t=1');
    const [reads] = limitPolicies(MERCHANT_QUOTAS).reads;
    for (let n = 0; n < 2_998; n += 1) void app.get(LimitStore).take('127.0.0.1', reads!);
    expect((await place('forged')).statusCode).toBe(401);
    const refused = await place('forged');
    expect(refused.json()).toMatchObject({ status: 429, code: 'quota-exceeded' });
    expect((await app.inject(`/v1/drops/${DROP_ID}`)).statusCode).toBe(429);
    // Who has a good token behind the same address goes on buying.
    expect((await place(await newToken())).statusCode).toBe(201);
  });

  it('make no key of what looks like no id', async () => {
    const take = jest.spyOn(app.get(LimitStore), 'take');
    const token = await newToken();
    await app.inject({
      method: 'POST',
      url: `/v1/drops/${'x'.repeat(7_000)}/holds`,
      headers: { authorization: `Bearer ${token}`, 'idempotency-key': 'k' },
    });
    await app.inject(`/v1/drops/${'y'.repeat(7_000)}`);
    expect(Math.max(...take.mock.calls.map(([key]) => key.length))).toBeLessThan(64);
  });

  it('are lifted by an operator’s pass, and by nothing that looks like one', async () => {
    const token = await newToken();
    await statuses(30, () => place(token));
    const withPass = (text: string) => place(token, { 'holdfast-operator': text });
    expect((await withPass(pass())).statusCode).toBe(201);
    expect((await withPass(pass({}, 'x'.repeat(43)))).statusCode).toBe(429);
    expect((await withPass(pass({ typ: 'access' }))).statusCode).toBe(429);
    const long = new JwtService({}).sign(
      { typ: 'operator' },
      { secret: SECRETS.operatorKey, issuer: 'holdfast', audience: 'operator', expiresIn: 3600 },
    );
    expect((await withPass(long)).statusCode).toBe(429);
  });

  it('lift nothing else: a pass is no guest', async () => {
    expect((await place('', { 'holdfast-operator': pass() })).statusCode).toBe(401);
  });

  it('are off when the settings say so', async () => {
    await app.close();
    app = await startEdge(new FakeBackend(), { limits: false });
    const token = await newToken();
    expect(await statuses(60, () => place(token))).toEqual({ 201: 60 });
    expect((await place(token)).headers.ratelimit).toBeUndefined();
  });
});

describe('the quotas of a merchant', () => {
  const OTHER_DROP = 'd7654321';
  const quotas = { ...MERCHANT_QUOTAS, requests: 3, holds: 3, reads: 3 };
  let backend: FakeBackend;
  beforeEach(() => start());

  async function start(limits = true): Promise<void> {
    await app.close();
    backend = new FakeBackend();
    backend.drops.set(OTHER_DROP, aDrop({ id: OTHER_DROP, merchantId: 'mer_2' }));
    app = await startEdge(backend, { limits, merchantQuotas: limits ? quotas : null });
  }

  /** A place of another customer and address each time. */
  let addresses = 0;
  async function placeIn(dropId: string, headers = {}) {
    const token = await newToken();
    return app.inject({
      method: 'POST',
      url: `/v1/drops/${dropId}/holds`,
      payload: { lines: [{ sku: 'TEE-M', quantity: 1 }] },
      headers: { authorization: `Bearer ${token}`, 'idempotency-key': `q${(keys += 1)}`, ...headers },
      remoteAddress: `203.0.113.${(addresses += 1) % 250}`,
    });
  }

  const byStaff = (merchantId: string, url = '/v1/admin/drops') =>
    app.inject({ url, headers: { authorization: `Bearer ${backend.accounts.token({ merchantId })}` } });

  it('bound what its staff ask, and leave another merchant theirs', async () => {
    expect(await statuses(3, () => byStaff('mer_1'))).toEqual({ 200: 3 });
    const refused = await byStaff('mer_1');
    expect(refused.json()).toMatchObject({ status: 429, code: 'quota-exceeded' });
    expect(refused.headers).toMatchObject({ 'ratelimit-policy': '"merchant";q=3;w=60', 'retry-after': '20' });
    // A drop in the address makes a request of staff none of a shopper.
    expect((await byStaff('mer_1', `/v1/admin/drops/${DROP_ID}`)).headers['ratelimit-policy']).toContain(
      '"merchant"',
    );
    expect((await byStaff('mer_2')).statusCode).toBe(200);
    expect((await placeIn(DROP_ID)).statusCode).toBe(201);
  });

  it('bound places in its drops from when the gateway knows whose they are', async () => {
    expect((await placeIn(DROP_ID)).statusCode).toBe(201);
    await waitFor('the merchant of the drop', () => app.get(DropMerchants).of(DROP_ID) === 'mer_1');
    expect(await statuses(3, () => placeIn(DROP_ID))).toEqual({ 201: 3 });
    const refused = await placeIn(DROP_ID);
    expect(refused.json()).toMatchObject({
      status: 429,
      detail: expect.stringContaining('merchant') as string,
    });
    expect(refused.headers).toMatchObject({
      'ratelimit-policy': '"merchant-holds";q=3;w=1',
      'retry-after': '1',
    });
    expect(await statuses(3, () => placeIn(OTHER_DROP))).toEqual({ 201: 3 });
    expect((await placeIn(DROP_ID, { 'holdfast-operator': pass() })).statusCode).toBe(201);
  });

  it('bound what shoppers read of its drops, apart from what they place', async () => {
    const read = (dropId: string) => app.inject(`/v1/drops/${dropId}`);
    expect((await read(DROP_ID)).statusCode).toBe(200);
    expect(await statuses(4, () => read(DROP_ID))).toEqual({ 200: 3, 429: 1 });
    expect((await read(OTHER_DROP)).statusCode).toBe(200);
    expect((await placeIn(DROP_ID)).statusCode).toBe(201);
    expect((await byStaff('mer_1')).statusCode).toBe(200);
  });

  it('ask for no merchant of a drop that somebody invented', async () => {
    for (let i = 0; i < 20; i += 1) expect((await placeIn(`dinvented${i}`)).statusCode).toBe(404);
    // Its record, for a cap of new holds; nothing for a merchant's quota.
    expect([backend.reads, app.get(DropMerchants).size]).toEqual([20, 0]);
  });

  it('keep no place in the line for a client that hangs up', async () => {
    await start(false);
    await app.listen({ host: '127.0.0.1', port: 0 });
    const turns = app.get(MerchantTurns);
    const ends = await Promise.all([1, 2, 3].map(async () => turns.take('mer_1')));
    const take = jest.spyOn(turns, 'take');
    const gone = new AbortController();
    const headers = { authorization: `Bearer ${backend.accounts.token({ merchantId: 'mer_1' })}` };
    const asked = fetch(`${await app.getUrl()}/v1/admin/drops`, { headers, signal: gone.signal });
    await waitFor('the line', () => take.mock.results.length === 1);
    gone.abort();
    await expect(asked).rejects.toThrow('aborted');
    let left: unknown;
    (take.mock.results[0]!.value as Promise<unknown>).catch((error: unknown) => (left = error));
    // Sooner than who waits in vain.
    await waitFor('an empty line', () => left !== undefined, { deadlineMs: TURN_SETTINGS.waitMs / 2 });
    for (const end of ends) end();
    expect(turns.size).toBe(0);
  });

  it('are off with the limits', async () => {
    await start(false);
    expect(await statuses(10, () => byStaff('mer_1'))).toEqual({ 200: 10 });
    expect(await statuses(10, () => placeIn(DROP_ID))).toEqual({ 201: 10 });
  });
});

describe('the address that a limit counts', () => {
  /** Whose allowance a request takes from. */
  async function counted(
    proxyHops: number,
    forwardedFor: string | null,
    remoteAddress = '10.0.0.1',
  ): Promise<string> {
    await app.close();
    app = await startEdge(new FakeBackend(), { limits: true, proxyHops });
    const take = jest.spyOn(app.get(LimitStore), 'take');
    const headers = forwardedFor === null ? {} : { 'x-forwarded-for': forwardedFor };
    await app.inject({
      url: `/v1/drops/${DROP_ID}`,
      headers: { ...headers, forwarded: 'for=203.0.113.9' },
      remoteAddress,
    });
    return take.mock.calls[0]![0];
  }

  it('is the peer’s while there is no proxy, whatever stands in the headers', async () => {
    expect(await counted(0, '203.0.113.1')).toBe('10.0.0.1');
  });

  it.each([
    [1, '203.0.113.1', '203.0.113.1'],
    [1, '198.51.100.7, 203.0.113.1', '203.0.113.1'],
    [2, 'forged, 203.0.113.1, 10.0.0.8', '203.0.113.1'],
    [2, '203.0.113.1', '203.0.113.1'],
    [1, '2001:db8:1:2::7', '2001:db8:1:2'],
  ])(
    'with %i proxies of ours and "%s" is %s: nothing that a stranger wrote',
    async (hops, header, address) => {
      expect(await counted(hops, header)).toBe(address);
    },
  );

  it.each([null, '', 'x'.repeat(4_000), '203.0.113.1:8080'])(
    'is the peer’s when %p stands there, which is no address',
    async (header) => {
      expect(await counted(1, header)).toBe('10.0.0.1');
    },
  );
});

describe('metrics', () => {
  const scrape = (headers = {}, remoteAddress = '127.0.0.1') =>
    app.inject({ url: '/metrics', headers, remoteAddress });

  it('are for this machine in standalone mode, and elsewhere for who has an operator’s pass', async () => {
    expect((await scrape()).statusCode).toBe(200);
    expect((await scrape({}, '10.0.0.7')).statusCode).toBe(401);
    expect((await scrape({ authorization: `Bearer ${pass()}` }, '10.0.0.7')).statusCode).toBe(200);
    expect((await scrape({ authorization: `Bearer ${await newToken()}` }, '10.0.0.7')).statusCode).toBe(401);
  });

  it('cost who is refused them a read: their token cannot be guessed for nothing', async () => {
    const guess = () => scrape({ authorization: 'Bearer guess' }, '203.0.113.9');
    const first = await guess();
    expect([first.statusCode, first.headers.ratelimit]).toEqual([401, '"address-reads";r=2999;t=1']);
    expect((await guess()).headers.ratelimit).toBe('"address-reads";r=2998;t=1');
  });

  it.each<[string, Record<string, string>]>([
    ['a foreign Host', { host: 'evil.example' }],
    ['a foreign Host with our port', { host: 'evil.example:3000' }],
    ['X-Forwarded-For', { 'x-forwarded-for': '127.0.0.1' }],
    ['X-Forwarded-Proto', { 'x-forwarded-proto': 'https' }],
    ['Forwarded', { forwarded: 'for=127.0.0.1' }],
    ['X-Real-IP', { 'x-real-ip': '127.0.0.1' }],
    ['Via', { via: '1.1 proxy' }],
  ])('are refused to a caller on this machine who sends %s', async (_what, headers) => {
    expect((await scrape(headers)).statusCode).toBe(401);
    expect((await scrape({ ...headers, authorization: `Bearer ${pass()}` })).statusCode).toBe(200);
  });

  it('are nowhere on the public address of a cluster, but for who has the token or a pass', async () => {
    await app.close();
    const config = { metricsToken: 'figures-for-prometheus' } as ServiceConfig;
    app = await startEdge(new FakeBackend(), { mode: 'cluster' }, [ServiceSettings.with(config)]);
    for (const headers of [
      {},
      { authorization: 'Bearer figures-for-everybody' },
      { authorization: 'Bearer ' },
    ]) {
      const refused = await scrape(headers);
      expect(refused.statusCode).toBe(404);
      expect(refused.json()).toMatchObject({ code: 'not-found' });
    }
    expect((await scrape({ authorization: 'Bearer figures-for-prometheus' })).statusCode).toBe(200);
    expect((await scrape({ authorization: `Bearer ${pass()}` })).statusCode).toBe(200);
  });

  it('count requests by route and status, and holds by outcome', async () => {
    await place(await newToken());
    await place('forged');
    const { body } = await scrape();
    expect(body).toContain(
      'holdfast_http_request_seconds_count{method="POST",route="/v1/drops/:dropId/holds",status="201"} 1',
    );
    expect(body).toContain(
      'holdfast_http_request_seconds_count{method="POST",route="/v1/drops/:dropId/holds",status="401"} 1',
    );
    expect(body).toContain('holdfast_holds_total{outcome="held"} 1');
  });
});
