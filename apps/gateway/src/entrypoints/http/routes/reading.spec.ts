import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { ServiceUnavailable } from '@holdfast/contracts';
import { SystemClock } from '@holdfast/kernel';
import { SecurityEvents } from '@holdfast/observability';
import { waitFor } from '@holdfast/testing';
import { aDrop, DROP_ID, FakeBackend, startEdge } from '../../../../../../test/support/fake-edge';

const URL = `/v1/drops/${DROP_ID}`;
interface Shown {
  name: string;
  state: string;
  items: { stock: { available: number; stale: boolean } }[];
}

let backend: FakeBackend;
let app: NestFastifyApplication;
beforeEach(async () => {
  backend = new FakeBackend();
  app = await startEdge(backend);
});
afterEach(() => app.close());

const shown = async () => (await app.inject(URL)).json<Shown>();
const tag = async (url = URL) => String((await app.inject(url)).headers.etag);
const sell = () =>
  (backend.stock = backend.stock.map((row) => ({ ...row, version: row.version + 1, available: 9, held: 1 })));

describe('reading a drop', () => {
  it('says how long it may be kept', async () => {
    const answer = await app.inject(URL);
    expect(answer.headers['cache-control']).toBe('public, s-maxage=1, stale-while-revalidate=5');
    expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
  });

  it.each([URL, '/v1/drops', '/openapi.json'])('%s is 304 while nothing has changed', async (url) => {
    const etag = await tag(url);
    for (const header of [etag, etag.replace('W/', ''), `"other", ${etag}`, '*']) {
      const answer = await app.inject({ url, headers: { 'if-none-match': header } });
      expect({ header, status: answer.statusCode, body: answer.body }).toEqual({
        header,
        status: 304,
        body: '',
      });
      expect(answer.headers.etag).toBe(etag);
    }
    expect((await app.inject({ url, headers: { 'if-none-match': '"other"' } })).statusCode).toBe(200);
  });

  it.each<[string, () => unknown]>([
    ['a count', sell],
    ['the record', () => backend.drops.set(DROP_ID, aDrop({ revision: 2, name: 'Trousers' }))],
    [
      'the state by time alone',
      () => backend.drops.set(DROP_ID, aDrop({ closesAt: '2026-01-02T00:00:00.000Z' })),
    ],
    ['the freshness of the source', () => (backend.staleSince = '2026-01-01T00:00:00.000Z')],
  ])('has another tag within a second once %s has changed', async (_what, change) => {
    const [drop, list] = [await tag(), await tag('/v1/drops')];
    change();
    const changed = async () => (await tag()) !== drop && (await tag('/v1/drops')) !== list;
    await waitFor('another tag', changed, { deadlineMs: 1_000 });
  });

  it('shows a change at once after a message of the feed', async () => {
    await shown();
    backend.drops.set(DROP_ID, aDrop({ revision: 2, state: 'closed' }));
    await backend.feed.publish({ kind: 'drop', dropId: DROP_ID, revision: 2 });
    await waitFor('the new state', async () => (await shown()).state === 'closed', { deadlineMs: 250 });
  });

  it('shows the last known state, marked stale, while inventory is unreachable', async () => {
    await shown();
    backend.fault = new ServiceUnavailable('away');
    await waitFor('stale counts', async () => (await shown()).items[0]!.stock.stale, { deadlineMs: 1_500 });
    backend.fault = undefined;
    await waitFor('fresh counts', async () => !(await shown()).items[0]!.stock.stale, { deadlineMs: 2_500 });
  });

  it('is 503 while inventory is unreachable and nothing is known', async () => {
    backend.fault = new ServiceUnavailable('away');
    expect((await app.inject(URL)).statusCode).toBe(503);
  });

  it('asks inventory once for a crowd', async () => {
    const before = backend.reads;
    // What was read is good for half a second, in which a busy machine may not get through the crowd.
    const still = jest.spyOn(SystemClock.prototype, 'monotonicMs').mockReturnValue(1_000_000);
    const answers = await Promise.all(Array.from({ length: 200 }, () => app.inject(URL)));
    still.mockRestore();
    expect(answers.every(({ statusCode }) => statusCode === 200)).toBe(true);
    expect(backend.reads - before).toBe(1);
  });

  it('answers HEAD like GET, without the body', async () => {
    const answer = await app.inject({ method: 'HEAD', url: URL });
    expect([answer.statusCode, answer.body]).toEqual([200, '']);
    expect(answer.headers.etag).toBe(await tag());
  });
});

describe('the bank page of the sandbox', () => {
  const PAGE = '/sandbox/3ds/pay_1';
  const form = (decision: string) =>
    app.inject({
      method: 'POST',
      url: PAGE,
      payload: `decision=${decision}`,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });

  it('asks, in a page that nobody can frame and that runs no script', async () => {
    const answer = await app.inject(PAGE);
    expect(answer.body).toContain('€25.00');
    const policy = String(answer.headers['content-security-policy']);
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
  });

  it('takes a browser’s answer only from its own page', async () => {
    const host = 'shop.example';
    const own = { host, origin: 'http://shop.example:3000', 'sec-fetch-site': 'same-origin' };
    const nonce = /name="nonce" value="([^"]+)"/.exec((await app.inject(PAGE)).body)![1]!;
    const post = async (headers: Record<string, string>, given?: string) => {
      const payload = `decision=deny${given === undefined ? '' : `&nonce=${given}`}`;
      const type = { 'content-type': 'application/x-www-form-urlencoded' };
      return (await app.inject({ method: 'POST', url: PAGE, payload, headers: { ...type, ...headers } }))
        .statusCode;
    };
    expect(
      await post({ ...own, origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }, nonce),
    ).toBe(403);
    expect(await post({ host, origin: 'https://evil.example' }, nonce)).toBe(403);
    expect(await post({ host, origin: 'null' }, nonce)).toBe(403);
    expect(await post({ host, 'sec-fetch-site': 'cross-site' }, nonce)).toBe(403);
    expect(await post(own)).toBe(403);
    expect(await post(own, `${nonce.slice(0, -1)}_`)).toBe(403);
    expect(backend.challenge.state).toBe('open');
    expect(await post(own, nonce)).toBe(303);
    expect(backend.challenge.state).toBe('denied');
  });

  it('takes the answer and leads back to the shop', async () => {
    const answer = await form('approve');
    expect([answer.statusCode, answer.headers.location]).toEqual([303, `/d/${DROP_ID}?order=o1`]);
    expect(backend.challenge.state).toBe('approved');
    expect((await app.inject(PAGE)).body).toContain('You approved this payment');
  });

  it.each(['//evil.example', 'https://evil.example', '/\\evil.example', '/a b', 'javascript:alert(1)'])(
    'never leads to %s',
    async (returnPath) => {
      backend.challenge = { ...backend.challenge, returnPath };
      expect((await form('deny')).headers.location).toBe('/');
    },
  );

  it('shows text as text', async () => {
    backend.challenge = { ...backend.challenge, state: 'over', returnPath: '/d/"><script>alert(1)</script>' };
    expect((await app.inject(PAGE)).body).not.toContain('<script>');
  });

  it('refuses what is no decision, and a payment that is not there', async () => {
    expect((await form('maybe')).statusCode).toBe(400);
    expect((await app.inject('/sandbox/3ds/pay_2')).statusCode).toBe(404);
  });
});

describe('webhooks', () => {
  it('hand on the very bytes, and answer 404 to a provider that is not ours', async () => {
    const body = '{ "amount" : 1.0 }';
    const post = (provider: string) =>
      app.inject({
        method: 'POST',
        url: `/v1/payments/webhooks/${provider}`,
        payload: body,
        headers: { 'content-type': 'application/json' },
      });
    expect((await post('sandbox')).statusCode).toBe(200);
    expect(backend.delivered).toEqual([{ provider: 'sandbox', body }]);
    expect((await post('other')).statusCode).toBe(404);
  });
});

describe('guest sessions', () => {
  const open = (headers = {}) => app.inject({ method: 'POST', url: '/v1/sessions', headers });
  const customer = (answer: Awaited<ReturnType<typeof open>>) =>
    answer.json<{ customerId: string }>().customerId;
  const cookieOf = (answer: Awaited<ReturnType<typeof open>>) =>
    String(answer.headers['set-cookie']).split(';', 1)[0]!;

  it('begin with a customer and a cookie that scripts and other sites cannot have', async () => {
    const answer = await open();
    expect(answer.statusCode).toBe(201);
    expect(answer.json()).toMatchObject({
      tokenType: 'Bearer',
      expiresIn: 900,
      customerId: expect.stringMatching(/^cus_/),
    });
    const cookie = String(answer.headers['set-cookie']);
    expect(cookie).toMatch(/^__Host-[\w-]+=\S+; Path=\/; Max-Age=\d+; HttpOnly; Secure; SameSite=Strict$/);
    expect(answer.headers['cache-control']).toBe('no-store');
  });

  it('go on with the same customer, and a new cookie', async () => {
    const first = await open();
    const second = await open({ cookie: `theme=dark; ${cookieOf(first)}` });
    expect(customer(second)).toBe(customer(first));
    expect(cookieOf(second)).not.toBe(cookieOf(first));
  });

  it('answer a lost answer again with the same cookie, for ten seconds', async () => {
    const clock = jest.spyOn(SystemClock.prototype, 'now');
    let nowMs = Date.now();
    clock.mockImplementation(() => nowMs);
    const first = cookieOf(await open());
    const second = cookieOf(await open({ cookie: first }));
    nowMs += 10_000;
    const again = await open({ cookie: first });
    expect(cookieOf(again)).toBe(second);
    const third = await open({ cookie: second });
    expect([customer(third), cookieOf(third) === second]).toEqual([customer(again), false]);
    clock.mockRestore();
  });

  it('end with a cookie that was replaced before: both who have it become new guests', async () => {
    const clock = jest.spyOn(SystemClock.prototype, 'now');
    let nowMs = Date.now();
    clock.mockImplementation(() => nowMs);
    const first = await open();
    const second = await open({ cookie: cookieOf(first) });
    nowMs += 10_001;
    const thief = await open({ cookie: cookieOf(first) });
    const owner = await open({ cookie: cookieOf(second) });
    expect(thief.statusCode).toBe(201);
    expect(new Set([first, thief, owner].map(customer)).size).toBe(3);
    expect(app.get(SecurityEvents).count('refresh-token-reused')).toBe(1);
    clock.mockRestore();
  });

  it('end by DELETE, and the cookie is taken away; repeating it, or without a cookie, is 204', async () => {
    const end = (headers = {}) => app.inject({ method: 'DELETE', url: '/v1/sessions', headers });
    const first = await open();
    for (const headers of [{ cookie: cookieOf(first) }, { cookie: cookieOf(first) }, {}]) {
      const ended = await end(headers);
      expect([ended.statusCode, ended.body]).toEqual([204, '']);
      expect(ended.headers['set-cookie']).toBe(
        '__Host-holdfast-session=; Path=/; Max-Age=0; HttpOnly; Secure; SameSite=Strict',
      );
    }
    expect(customer(await open({ cookie: cookieOf(first) }))).not.toBe(customer(first));
  });

  it('go on from a page on plain http beyond this machine, with a cookie that browsers take there', async () => {
    const page = { origin: 'http://192.168.1.5:3000', host: '192.168.1.5:3000' };
    const first = await open(page);
    expect(String(first.headers['set-cookie'])).toMatch(
      /^holdfast-session=\S+; Path=\/; Max-Age=\d+; HttpOnly; SameSite=Strict$/,
    );
    expect(customer(await open({ ...page, cookie: cookieOf(first) }))).toBe(customer(first));
    // Elsewhere that name counts for nothing, so that nobody can slip one in.
    for (const elsewhere of [
      {},
      { origin: 'http://localhost:3000', host: 'localhost:3000' },
      { origin: 'https://192.168.1.5:3000', host: '192.168.1.5:3000' },
      { origin: 'http://evil.example', host: '192.168.1.5:3000' },
    ]) {
      const answer = await open({ ...elsewhere, cookie: cookieOf(first) });
      expect(customer(answer)).not.toBe(customer(first));
      expect(String(answer.headers['set-cookie'])).toMatch(/^__Host-.*; Secure; SameSite=Strict$/);
    }
  });

  it('begin anew with a cookie that is not ours', async () => {
    const first = await open();
    expect((await open({ cookie: `${cookieOf(first)}x` })).statusCode).toBe(201);
    expect(customer(await open({ cookie: `${cookieOf(first)}x` }))).not.toBe(customer(first));
  });

  it('take {} and nothing, and refuse the rest', async () => {
    const json = { 'content-type': 'application/json' };
    const send = async (payload: string) =>
      (await app.inject({ method: 'POST', url: '/v1/sessions', payload, headers: json })).statusCode;
    expect([await send('{}'), await send(''), await send('{"a":1}'), await send('[]')]).toEqual([
      201, 201, 400, 400,
    ]);
  });
});

describe('the list of drops', () => {
  const SKUS = 100;

  beforeEach(() => {
    const numbers = Array.from({ length: SKUS }, (_, n) => n);
    backend.drops.set(
      DROP_ID,
      aDrop({
        items: numbers.map((n) => ({
          sku: `S-${n}`,
          name: `Size ${n}`,
          price: { amountMinor: 9_000 - n, currency: 'EUR' },
          imageUrl: null,
        })),
      }),
    );
    backend.stock = numbers.map((n) => ({
      dropId: DROP_ID,
      sku: `S-${n}`,
      epoch: 0,
      version: 1,
      total: 10 + n,
      available: 7 + n,
      held: 2,
      sold: 1,
      asOf: '2026-01-01T00:00:00.000Z',
    }));
  });

  it('has the first items of a drop, how many there are, and what all of them come to', async () => {
    const [listed] = (await app.inject('/v1/drops')).json<{ items: Record<string, unknown>[] }>().items;
    const drop = (await app.inject(URL)).json<{ items: { stock: { total: number } }[] }>();
    expect(drop.items).toHaveLength(SKUS);
    expect(listed).toEqual({
      ...drop,
      serverTime: expect.any(String),
      items: drop.items.slice(0, 24),
      itemCount: SKUS,
      priceRange: {
        lowest: { amountMinor: 8_901, currency: 'EUR' },
        highest: { amountMinor: 9_000, currency: 'EUR' },
      },
      totals: { available: 5_650, held: 200, sold: 100, total: 5_950 },
    });
  });

  it.each([
    ['/v1/drops', 'gzip', gunzipSync],
    ['/v1/drops', 'br', brotliDecompressSync],
    [URL, 'gzip', gunzipSync],
    ['/openapi.json', 'br', brotliDecompressSync],
  ] as const)('%s is compressed by %s when that is asked for', async (url, coding, decompress) => {
    const plain = await app.inject(url);
    expect(plain.headers).toMatchObject({ vary: 'Accept-Encoding' });
    expect(plain.headers).not.toHaveProperty('content-encoding');
    const headers = { 'accept-encoding': coding };
    const answer = await app.inject({ url, headers });
    expect(answer.headers).toMatchObject({
      'content-encoding': coding,
      vary: 'Accept-Encoding',
      etag: plain.headers.etag,
      'content-type': 'application/json; charset=utf-8',
      'content-length': String(answer.rawPayload.length),
    });
    const withoutTime = (text: string) => text.replace(/"serverTime":"[^"]*"/g, '');
    expect(withoutTime(decompress(answer.rawPayload).toString())).toBe(withoutTime(plain.body));
    expect(answer.rawPayload.length).toBeLessThan(plain.rawPayload.length / 3);
    const head = await app.inject({ method: 'HEAD', url, headers });
    expect(head.headers).toMatchObject({ 'content-encoding': coding, vary: 'Accept-Encoding' });
    expect(head.body).toBe('');
    const known = await app.inject({ url, headers: { ...headers, 'if-none-match': answer.headers.etag } });
    expect(known).toMatchObject({ statusCode: 304, body: '' });
    expect(known.headers).toMatchObject({ vary: 'Accept-Encoding', etag: answer.headers.etag });
    expect(known.headers).not.toHaveProperty('content-encoding');
  });
});
