import { createHmac } from 'node:crypto';
import { Readable } from 'node:stream';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { ServiceUnavailable } from '@holdfast/contracts';
import { aDrop, DROP_ID, FakeBackend, SECRETS, startEdge } from '../../../../../../test/support/fake-edge';

const HOLD = { lines: [{ sku: 'TEE-M', quantity: 1 }] };
const ORDER = {
  holdId: `${DROP_ID}-h${'0'.repeat(26)}`,
  payment: { method: 'card', token: 'tok_ok' },
  email: 'ann@example.org',
};
const HOLDS = `/v1/drops/${DROP_ID}/holds`;

interface Refusal {
  type: string;
  status: number;
  code: string;
  detail: string;
  instance: string;
  traceId: string;
  errors?: { pointer: string; message: string }[];
}

let backend: FakeBackend;
let app: NestFastifyApplication;
let token: string;

beforeAll(async () => {
  backend = new FakeBackend();
  app = await startEdge(backend);
  token = (await app.inject({ method: 'POST', url: '/v1/sessions' })).json<{ accessToken: string }>()
    .accessToken;
});
afterAll(() => app.close());
afterEach(() => {
  backend.fault = undefined;
  backend.drops = new Map([[DROP_ID, aDrop()]]);
});

type Headers = Record<string, string>;

function post(url: string, payload: unknown, headers: Headers = {}) {
  const body = typeof payload === 'string' || Buffer.isBuffer(payload) ? payload : JSON.stringify(payload);
  return app.inject({
    method: 'POST',
    url,
    payload: body,
    headers: {
      authorization: `Bearer ${token}`,
      'idempotency-key': 'key-1',
      'content-type': 'application/json',
      ...headers,
    },
  });
}

async function refusal(
  answer: Awaited<ReturnType<typeof post>>,
  status: number,
  code: string,
): Promise<Refusal> {
  expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
  const body = answer.json<Refusal>();
  expect({ status: answer.statusCode, code: body.code }).toEqual({ status, code });
  expect(body).toMatchObject({ status, type: `/problems/${code}` });
  expect(body.traceId).toMatch(/^[0-9a-f]{32}$/);
  expect(answer.headers['x-content-type-options']).toBe('nosniff');
  return body;
}

const line = (more: object) => ({ lines: [{ sku: 'TEE-M', quantity: 1, ...more }] });

describe('a hold that is not as the contract says', () => {
  it.each<[string, unknown, string]>([
    ['no lines at all', {}, '/lines'],
    ['lines that are no list', { lines: 'TEE-M' }, '/lines'],
    ['an empty list', { lines: [] }, '/lines'],
    ['21 lines', { lines: Array.from({ length: 21 }, (_, i) => ({ sku: `S${i}`, quantity: 1 })) }, '/lines'],
    ['a line that is null', { lines: [null] }, '/lines/0'],
    ['quantity as text', line({ quantity: '1' }), '/lines/0/quantity'],
    ['quantity 1.5', line({ quantity: 1.5 }), '/lines/0/quantity'],
    ['quantity 0', line({ quantity: 0 }), '/lines/0/quantity'],
    ['quantity -1', line({ quantity: -1 }), '/lines/0/quantity'],
    ['quantity 101', line({ quantity: 101 }), '/lines/0/quantity'],
    ['quantity 1e999', '{"lines":[{"sku":"TEE-M","quantity":1e999}]}', '/lines/0/quantity'],
    ['quantity null', line({ quantity: null }), '/lines/0/quantity'],
    ['quantity true', line({ quantity: true }), '/lines/0/quantity'],
    ['a SKU that is a number', line({ sku: 7 }), '/lines/0/sku'],
    ['an empty SKU', line({ sku: '' }), '/lines/0/sku'],
    ['a SKU with NUL', line({ sku: 'TEE\0M' }), '/lines/0/sku'],
    ['a SKU with half a surrogate pair', '{"lines":[{"sku":"\\ud800","quantity":1}]}', '/lines/0/sku'],
    ['a field of the body that is unknown', { ...HOLD, note: 1 }, '/note'],
    ['a field of a line that is unknown', line({ price: 1 }), '/lines/0/price'],
    ['a field with a slash', { ...HOLD, 'a/b~c': 1 }, '/a~1b~0c'],
    ['__proto__', '{"lines":[{"sku":"TEE-M","quantity":1}],"__proto__":{"x":1}}', '/__proto__'],
    ['the same SKU twice', { lines: [...HOLD.lines, ...HOLD.lines] }, '/lines/1/sku'],
    ['an unknown SKU', { lines: [...HOLD.lines, { sku: 'NO', quantity: 1 }] }, '/lines/1/sku'],
    ['a list instead of an object', [], ''],
    ['null', 'null', ''],
    ['broken JSON', '{"lines":', ''],
    ['JSON with a comma too many', '{"lines":[],}', ''],
    ['bytes that are no UTF-8', Buffer.from([0x7b, 0xff, 0x7d]), ''],
    ['nothing', '', ''],
  ])('%s is 400', async (_what, body, pointer) => {
    const { errors } = await refusal(await post(HOLDS, body), 400, 'invalid-request');
    expect(errors?.[0]?.pointer).toBe(pointer);
  });

  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'application/jsonx',
    'multipart/form-data; boundary=x',
  ])('with content type %s is 415', async (type) => {
    await refusal(await post(HOLDS, HOLD, { 'content-type': type }), 415, 'unsupported-media-type');
  });

  it('of more than 64 KiB is 413', async () => {
    await refusal(await post(HOLDS, { ...HOLD, pad: 'x'.repeat(65_536) }), 413, 'payload-too-large');
  });

  it('of any size is not what a caller is told of who may not call', async () => {
    const send = (url: string, bearer: string, payload: string | Readable) => {
      const chunked: Headers = typeof payload === 'string' ? {} : { 'transfer-encoding': 'chunked' };
      const headers = { authorization: `Bearer ${bearer}`, ...chunked };
      return app.inject({ method: 'POST', url, payload, headers });
    };
    const whole = 'x'.repeat(3_000_000);
    const viewer = backend.accounts.token({ role: 'viewer' });
    const owner = backend.accounts.token();
    await refusal(await send(HOLDS, owner, whole), 401, 'unauthenticated');
    await refusal(await send(HOLDS, token, whole), 413, 'payload-too-large');
    for (const payload of [() => whole, () => Readable.from([whole])]) {
      await refusal(await send('/v1/admin/drops', token, payload()), 401, 'unauthenticated');
      await refusal(await send('/v1/admin/drops', viewer, payload()), 403, 'forbidden');
      await refusal(await send('/v1/admin/drops', owner, payload()), 413, 'payload-too-large');
    }
  });

  it('repeats no more than a little of what was sent, however long the key or the path', async () => {
    const long = 'k'.repeat(60_000);
    for (const body of [{ ...HOLD, [long]: 1 }, line({ [long]: 1 }), line({ [`"\u0001${long}`]: 1 })]) {
      const answer = await post(HOLDS, body);
      await refusal(answer, 400, 'invalid-request');
      expect(answer.body.length).toBeLessThan(2_000);
    }
    const many = Object.fromEntries(Array.from({ length: 3_000 }, (_, n) => [`key number ${n}`, 1]));
    expect((await post(HOLDS, { ...HOLD, ...many })).body.length).toBeLessThan(20_000);
    for (const url of [
      `/v1/drops/${'x'.repeat(8_000)}`,
      `/v1/${'y'.repeat(8_000)}`,
      `/v1/%zz${'z'.repeat(8_000)}`,
    ])
      expect((await app.inject(url)).body.length).toBeLessThan(1_000);
  });

  it('takes a JSON type with a charset', async () => {
    const answer = await post(HOLDS, HOLD, { 'content-type': 'Application/JSON; charset=UTF-8' });
    expect(answer.statusCode).toBe(201);
  });

  it('takes the last of two equal keys, as JSON says', async () => {
    const answer = await post(HOLDS, '{"lines":[],"lines":[{"sku":"TEE-M","quantity":1}]}');
    expect(answer.statusCode).toBe(201);
  });
});

describe('an order that is not as the contract says', () => {
  it.each<[string, unknown, string]>([
    ['no hold', { ...ORDER, holdId: undefined }, '/holdId'],
    ['no email', { ...ORDER, email: undefined }, '/email'],
    ['an email without @', { ...ORDER, email: 'ann' }, '/email'],
    ['an email of 255 characters', { ...ORDER, email: `${'a'.repeat(243)}@example.org` }, '/email'],
    ['another method', { ...ORDER, payment: { method: 'cash', token: 'tok_ok' } }, '/payment/method'],
    ['no token', { ...ORDER, payment: { method: 'card' } }, '/payment/token'],
    ['a token with a space', { ...ORDER, payment: { method: 'card', token: 'a b' } }, '/payment/token'],
    ['a price from the shopper', { ...ORDER, total: 1 }, '/total'],
  ])('%s is 400', async (_what, body, pointer) => {
    const { errors } = await refusal(await post('/v1/orders', body), 400, 'invalid-request');
    expect(errors?.[0]?.pointer).toBe(pointer);
  });

  it('for a hold that cannot be is 404, and nobody is asked', async () => {
    const before = backend.ordered.length;
    await refusal(await post('/v1/orders', { ...ORDER, holdId: 'nonsense' }), 404, 'not-found');
    expect(backend.ordered).toHaveLength(before);
  });
});

describe('the order of checks', () => {
  it('tells a missing token before a missing key and a broken body', async () => {
    const answer = await app.inject({
      method: 'POST',
      url: HOLDS,
      payload: '{',
      headers: { 'content-type': 'text/x' },
    });
    await refusal(answer, 401, 'unauthenticated');
  });

  it('tells a missing key before a broken body', async () => {
    const answer = await app.inject({
      method: 'POST',
      url: HOLDS,
      payload: '{',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    });
    await refusal(answer, 400, 'idempotency-key-required');
  });

  it('tells a broken body before an unknown drop', async () => {
    await refusal(await post('/v1/drops/dnowhere/holds', { lines: [] }), 400, 'invalid-request');
    await refusal(await post('/v1/drops/dnowhere/holds', HOLD), 404, 'not-found');
  });

  it('never asks for an id that no drop can have', async () => {
    const before = backend.placed.length;
    await refusal(await post(`/v1/drops/${encodeURIComponent("a'\0b")}/holds`, HOLD), 404, 'not-found');
    await refusal(await post(`/v1/drops/${'x'.repeat(2000)}/holds`, HOLD), 404, 'not-found');
    expect(backend.placed).toHaveLength(before);
  });
});

describe('keys', () => {
  it('are the same bare and quoted, and a replay is the same bytes', async () => {
    const first = await post(HOLDS, HOLD, { 'idempotency-key': 'same' });
    const again = await post(HOLDS, HOLD, { 'idempotency-key': '"same"' });
    expect([first.statusCode, again.statusCode]).toEqual([201, 201]);
    expect(again.body).toBe(first.body);
    expect(first.headers['idempotent-replayed']).toBeUndefined();
    expect(again.headers['idempotent-replayed']).toBe('true');
    expect(first.headers.location).toBe(`/v1/holds/${first.json<{ id: string }>().id}`);
  });

  it.each(['"', 'a b', '', 'x'.repeat(256)])('that are malformed (%j) are 400', async (key) => {
    await refusal(await post(HOLDS, HOLD, { 'idempotency-key': key }), 400, 'invalid-request');
  });

  it('go on with the fingerprint of the very bytes', async () => {
    await post(HOLDS, HOLD);
    await post(HOLDS, `${JSON.stringify(HOLD)} `);
    const [a, b] = backend.placed.slice(-2);
    expect(a!.fingerprint).toMatch(/^[0-9a-f]{64}$/);
    expect(a!.fingerprint).not.toBe(b!.fingerprint);
  });
});

describe('tokens', () => {
  const now = () => Math.floor(Date.now() / 1000);
  const claims = () => JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString()) as object;
  const sign = (
    payload: object,
    key: string | Buffer = 'guess',
    header: object = { alg: 'HS256', typ: 'JWT' },
  ) => {
    const text = [header, payload]
      .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
      .join('.');
    return `${text}.${createHmac('sha256', key).update(text).digest('base64url')}`;
  };

  it.each<[string, () => string]>([
    ['nonsense', () => 'a.b.c'],
    ['one that is signed by somebody else', () => sign(claims())],
    [
      'one signed with the secret itself, for which no token is meant',
      () => sign(claims(), SECRETS.sessionKey),
    ],
    ['alg none', () => `${sign(claims(), 'x', { alg: 'none' }).split('.').slice(0, 2).join('.')}.`],
    ['another algorithm', () => sign(claims(), 'x', { alg: 'HS512', typ: 'JWT' })],
    [
      'one that was changed',
      () => token.replace(/^[^.]+/, Buffer.from('{"alg":"HS256"}').toString('base64url')),
    ],
    [
      'the operator’s',
      () => sign({ iss: 'holdfast', aud: 'operator', typ: 'operator', exp: now() + 60 }, SECRETS.operatorKey),
    ],
    ['nothing', () => ''],
  ])('refuses %s', async (_what, make) => {
    const answer = await post(HOLDS, HOLD, { authorization: `Bearer ${make()}` });
    await refusal(answer, 401, 'unauthenticated');
    expect(answer.headers['www-authenticate']).toContain('Bearer');
  });

  it('refuses a refresh token in the place of an access token', async () => {
    const session = await app.inject({ method: 'POST', url: '/v1/sessions' });
    const refresh = /__Host-holdfast-session=([^;]+)/.exec(String(session.headers['set-cookie']))![1]!;
    await refusal(await post(HOLDS, HOLD, { authorization: `Bearer ${refresh}` }), 401, 'unauthenticated');
  });

  it('takes the scheme in any case', async () => {
    expect((await post(HOLDS, HOLD, { authorization: `bearer ${token}` })).statusCode).toBe(201);
  });
});

describe('faults behind the edge', () => {
  it('are 503 with Retry-After while a service is unreachable', async () => {
    backend.fault = new ServiceUnavailable('away', 3);
    const answer = await post(HOLDS, HOLD);
    await refusal(answer, 503, 'temporarily-unavailable');
    expect(answer.headers['retry-after']).toBe('3');
  });

  it('tell nothing of what broke', async () => {
    backend.fault = new Error('password is hunter2');
    const answer = await post(HOLDS, HOLD);
    await refusal(answer, 500, 'internal-error');
    expect(answer.body).not.toContain('hunter2');
  });

  it('list every short line', async () => {
    const body = await refusal(await post(HOLDS, line({ quantity: 11 })), 409, 'sold-out');
    expect(body.errors?.map(({ pointer }) => pointer)).toEqual(['/lines/0']);
  });

  it('make the product not ready, naming what is unreachable', async () => {
    backend.fault = new ServiceUnavailable('away');
    const body = await refusal(await app.inject('/health/ready'), 503, 'temporarily-unavailable');
    expect(body.errors?.map(({ pointer }) => pointer)).toEqual(['/inventory', '/checkout']);
  });
});

describe('addresses and methods', () => {
  it.each([
    ['PUT', HOLDS, 'OPTIONS, POST'],
    ['PUT', '/v1/sessions', 'DELETE, OPTIONS, POST'],
    ['POST', `/v1/drops/${DROP_ID}`, 'GET, HEAD, OPTIONS'],
    ['PATCH', '/v1/orders/x', 'GET, HEAD, OPTIONS'],
    ['TRACE', '/health/live', 'GET, HEAD, OPTIONS'],
    ['PROPFIND', '/v1/orders', 'GET, HEAD, OPTIONS, POST'],
  ])('%s %s is 405', async (method, url, allow) => {
    const answer = await app.inject({ method: method as 'PUT', url });
    await refusal(answer, 405, 'method-not-allowed');
    expect(answer.headers.allow).toBe(allow);
  });

  it('answers OPTIONS with what is allowed', async () => {
    const answer = await app.inject({ method: 'OPTIONS', url: HOLDS });
    expect([answer.statusCode, answer.headers.allow]).toEqual([204, 'OPTIONS, POST']);
  });

  it.each([
    '/v1',
    '/v1/',
    '/v1/nothing',
    '/v1/drops/',
    '/v1//drops',
    '/favicon',
    '/assets/../../package.json',
    '/d',
  ])('%s is 404', async (url) => {
    await refusal(await app.inject(url), 404, 'not-found');
  });

  it('an address that cannot be decoded is 400', async () => {
    await refusal(await app.inject('/v1/drops/%zz'), 400, 'invalid-request');
  });

  it('an address of more than 8 KiB is 414', async () => {
    await refusal(await app.inject(`/v1/drops?cursor=${'x'.repeat(8192)}`), 414, 'uri-too-long');
  });

  it('shows people a page where nothing is, and clients of the API never', async () => {
    const accept = 'text/html,application/xhtml+xml';
    const page = await app.inject({ url: '/nothing', headers: { accept } });
    expect([page.statusCode, page.headers['content-type']]).toEqual([404, 'text/html; charset=utf-8']);
    expect(page.headers['content-security-policy']).toContain("frame-ancestors 'none'");
    await refusal(await app.inject({ url: '/v1/nothing', headers: { accept } }), 404, 'not-found');
  });

  it.each([
    'limit=0',
    'limit=201',
    'limit=1.5',
    'limit=x',
    'limit=',
    'limit=1&limit=2',
    'state=draft',
    'state=',
    'cursor=',
    'cursor=%00',
  ])('a list with %s is 400', async (query) => {
    const { errors } = await refusal(await app.inject(`/v1/drops?${query}`), 400, 'invalid-request');
    expect(errors?.[0]?.pointer).toBe(`/${query.split('=')[0]}`);
  });
});

describe('request ids and traces', () => {
  it('echoes an id of 1 to 128 visible characters and replaces any other', async () => {
    const idFor = async (id: string) =>
      (await app.inject({ url: '/health/live', headers: { 'x-request-id': id } })).headers['x-request-id'];
    expect(await idFor('abc-123')).toBe('abc-123');
    expect(await idFor('x'.repeat(128))).toBe('x'.repeat(128));
    expect(await idFor('x'.repeat(129))).toMatch(/^[0-9a-f]{32}$/);
    expect(await idFor('a b')).toMatch(/^[0-9a-f]{32}$/);
  });

  it('goes on with the trace of the caller', async () => {
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    const answer = await app.inject({ url: '/v1/nothing', headers: { traceparent } });
    expect(answer.json<Refusal>().traceId).toBe('4bf92f3577b34da6a3ce929d0e0e4736');
  });
});
