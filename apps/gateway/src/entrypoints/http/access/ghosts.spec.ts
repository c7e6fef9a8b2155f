import { createHmac } from 'node:crypto';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { InjectOptions } from 'fastify';
import { REHEARSAL_PASS, signRehearsalPass } from '@holdfast/contracts';
import { newGhostId } from '@holdfast/kernel';
import { aDrop, DROP_ID, FakeBackend, SECRETS, startEdge } from '../../../../../../test/support/fake-edge';

const GHOST = newGhostId();
const OTHER_GHOST = newGhostId();
/** As long as the id that it stands for. */
const unknown = (id: string) => 'dnowhere1234'.slice(0, id.length);
const TAIL = 'a'.repeat(26);

const backend = new FakeBackend();
let app: NestFastifyApplication;
let shopper: string;

beforeAll(async () => {
  for (const id of [GHOST, OTHER_GHOST]) backend.drops.set(id, aDrop({ id }));
  backend.stock = [GHOST, OTHER_GHOST, DROP_ID].map((dropId) => ({ ...backend.stock[0]!, dropId }));
  const place = backend.checkout.placeOrder.bind(backend.checkout);
  // In the order of checkout: the token, then the hold.
  backend.checkout.placeOrder = (command) => {
    if (command.payment.token !== 'tok_ok') return Promise.resolve({ kind: 'unknown-token' });
    return command.holdId.startsWith('dnowhere')
      ? Promise.resolve({ kind: 'hold-not-found' })
      : place(command);
  };
  app = await startEdge(backend, { limits: true });
});
// Each with a shopper of its own, who may place few holds and orders.
beforeEach(async () => {
  backend.holds.clear();
  backend.placed.length = 0;
  backend.ordered.length = 0;
  const session = await app.inject({ method: 'POST', url: '/v1/sessions' });
  shopper = session.json<{ accessToken: string }>().accessToken;
});
afterAll(() => app.close());

const passOf = (ghostId: string, { key = SECRETS.operatorKey, seconds = 600, agoMs = 0 } = {}) => ({
  [REHEARSAL_PASS.header]: signRehearsalPass(key, { ghostId, seconds, nowMs: Date.now() - agoMs }),
});
/** A pass with claims of its own choosing, signed as the real ones are. */
const forged = (claims: object, key = SECRETS.operatorKey) => {
  const encode = (it: object) => Buffer.from(JSON.stringify(it)).toString('base64url');
  const seconds = Math.floor(Date.now() / 1_000);
  const { issuer: iss, audience: aud, typ } = REHEARSAL_PASS;
  const body = { iss, aud, typ, sub: GHOST, iat: seconds, exp: seconds + 60, ...claims };
  const signed = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(body)}`;
  const signature = createHmac('sha256', key).update(signed).digest('base64url');
  return { [REHEARSAL_PASS.header]: `${signed}.${signature}` };
};

const order = (holdId: string, token = 'tok_ok') => ({
  holdId,
  payment: { method: 'card', token },
  email: 'a@b.example',
});
let keys = 0;
/** Every route that names a drop, a hold or an order. */
const calls: [string, (id: string) => InjectOptions][] = [
  ['GET drop', (id) => ({ url: `/v1/drops/${id}` })],
  ['HEAD drop', (id) => ({ method: 'HEAD', url: `/v1/drops/${id}` })],
  ['GET live', (id) => ({ url: `/v1/drops/${id}/live?for=1` })],
  ['HEAD live', (id) => ({ method: 'HEAD', url: `/v1/drops/${id}/live` })],
  ['GET page', (id) => ({ url: `/d/${id}`, headers: { accept: 'text/html' } })],
  [
    'POST hold',
    (id) => ({
      method: 'POST',
      url: `/v1/drops/${id}/holds`,
      headers: { 'content-type': 'application/json', 'idempotency-key': `key-${(keys += 1)}` },
      payload: { lines: [{ sku: 'TEE-M', quantity: 1 }] },
    }),
  ],
  ['GET hold', (id) => ({ url: `/v1/holds/${id}-h${TAIL}` })],
  ['DELETE hold', (id) => ({ method: 'DELETE', url: `/v1/holds/${id}-h${TAIL}` })],
  ['GET order', (id) => ({ url: `/v1/orders/${id}-o${TAIL}` })],
  [
    'POST order',
    (id) => ({
      method: 'POST',
      url: '/v1/orders',
      headers: { 'content-type': 'application/json', 'idempotency-key': `key-${(keys += 1)}` },
      payload: order(`${id}-h${TAIL}`),
    }),
  ],
];

async function send(call: InjectOptions, headers: Record<string, string> = {}) {
  const answer = await app.inject({
    ...call,
    headers: { authorization: `Bearer ${shopper}`, ...call.headers, ...headers } as Record<string, string>,
  });
  return answer;
}

/** Everything of an answer but what differs between any two requests. */
async function bytesOf(call: InjectOptions, id: string, headers: Record<string, string> = {}) {
  const { statusCode, headers: sent, body } = await send(call, headers);
  const { 'x-request-id': _id, date: _date, ratelimit, ...rest } = sent;
  const plain = (text: string) =>
    text.replaceAll(id, '<id>').replace(/"traceId":"[0-9a-f]*"/, '"traceId":""');
  // What is left of a limit falls with each request; that there is one, and which, is the same.
  const limit = String(ratelimit ?? '').replace(/r=\d+;t=\d+/, '');
  return { statusCode, headers: { ...rest, limit }, body: plain(body) };
}

describe('a ghost', () => {
  const wrongPasses: [string, () => Record<string, string>][] = [
    ['no pass', () => ({})],
    ['the pass of another ghost', () => passOf(OTHER_GHOST)],
    ['a pass by another key', () => passOf(GHOST, { key: 'x'.repeat(43) })],
    ['a pass that is over', () => passOf(GHOST, { seconds: 60, agoMs: 61_000 })],
    ['a pass without an end', () => forged({ exp: undefined })],
    ['a pass that lives too long', () => forged({ exp: Math.floor(Date.now() / 1_000) + 3 * 3_600 })],
    ['a pass of another kind', () => forged({ typ: 'operator' })],
    ['a pass for another audience', () => forged({ aud: 'operator' })],
    ['a pass of a real drop', () => forged({ sub: DROP_ID })],
    ['half a pass', () => ({ [REHEARSAL_PASS.header]: 'a.b.c' })],
  ];
  const cells = wrongPasses.flatMap(([name, headers]) =>
    calls.map(([call, make]) => [call, name, make, headers] as const),
  );

  it.each(cells)('answers %s with %s as a drop that does not exist', async (_call, _pass, make, headers) => {
    const ghost = await bytesOf(make(GHOST), GHOST, headers());
    expect(ghost).toEqual(await bytesOf(make(unknown(GHOST)), unknown(GHOST), headers()));
    expect(ghost.statusCode).toBe(404);
    expect(backend.placed.filter(({ dropId }) => dropId === GHOST)).toEqual([]);
    expect(backend.ordered).toEqual([]);
  });

  const wrong: [string, (id: string) => InjectOptions][] = [
    ['the time of a stream', (id) => ({ url: `/v1/drops/${id}/live?for=soon` })],
    [
      'the payment token of an order',
      (id) => ({
        method: 'POST',
        url: '/v1/orders',
        headers: { 'content-type': 'application/json', 'idempotency-key': `key-${(keys += 1)}` },
        payload: order(`${id}-h${TAIL}`, 'tok_unknown'),
      }),
    ],
  ];

  it.each(wrong)('is looked for after %s, as any drop', async (_what, make) => {
    const ghost = await bytesOf(make(GHOST), GHOST);
    expect(ghost).toEqual(await bytesOf(make(unknown(GHOST)), unknown(GHOST)));
    expect(ghost.statusCode).toBe(400);
  });

  it('is kept by no cache', async () => {
    const cacheControl = async (id: string, headers = {}) =>
      (await send({ url: `/v1/drops/${id}` }, headers)).headers['cache-control'];
    expect(await cacheControl(GHOST, passOf(GHOST))).toBe('no-store');
    expect(await cacheControl(DROP_ID)).toContain('public');
  });

  it.each(calls.filter(([call]) => call !== 'GET live'))(
    'answers %s with its own pass',
    async (call, make) => {
      const holdId = `${GHOST}-h${TAIL}`;
      backend.holds.set(holdId, { ...aHold(holdId) });
      const { statusCode } = await send(make(GHOST), passOf(GHOST));
      // The backend has no orders to read, and tests have no pages.
      if (call === 'GET order' || call === 'GET page') return;
      expect(statusCode).toBeLessThan(300);
      backend.holds.delete(holdId);
      backend.ordered.length = 0;
    },
  );

  it.each(calls)('lets its pass see no real drop: %s', async (_call, make) => {
    const real = await bytesOf(make(DROP_ID), DROP_ID, passOf(GHOST));
    expect(real).toEqual(await bytesOf(make(unknown(DROP_ID)), unknown(DROP_ID), passOf(GHOST)));
    expect(real.statusCode).toBe(404);
  });

  it('stays out of the lists of its shoppers, unless they show its pass', async () => {
    for (const dropId of [GHOST, DROP_ID])
      backend.holds.set(`${dropId}-h${TAIL}`, aHold(`${dropId}-h${TAIL}`));
    const listed = async (headers: Record<string, string>) =>
      (await send({ url: '/v1/holds' }, headers)).json<{ items: { dropId: string }[] }>().items;
    expect((await listed({})).map(({ dropId }) => dropId)).toEqual([DROP_ID]);
    expect((await listed(passOf(GHOST))).map(({ dropId }) => dropId)).toEqual([GHOST]);
  });
});

describe('the imagined address of a shopper', () => {
  const session = (headers: Record<string, string>) =>
    app.inject({ method: 'POST', url: '/v1/sessions', headers });
  const left = (answer: { headers: Record<string, unknown> }) =>
    Number(/r=(\d+)/.exec(String(answer.headers['ratelimit']))?.[1]);
  const from = (address: string, pass: Record<string, string>) =>
    session({ ...pass, [REHEARSAL_PASS.addressHeader]: address });

  it('takes the place of the real one in the limits, with a pass alone', async () => {
    // Five a second come back, so the real address is told from a fresh one by what it has spent.
    for (let n = 0; n < 50; n += 1) await session({});
    const fresh = 298;
    expect(left(await from('198.18.0.1', passOf(GHOST)))).toBeGreaterThanOrEqual(fresh);
    for (let n = 0; n < 50; n += 1) await from('198.18.0.1', passOf(GHOST));
    expect(left(await from('198.18.0.1', passOf(GHOST)))).toBeLessThan(fresh);
    expect(left(await from('198.18.0.2', passOf(GHOST)))).toBeGreaterThanOrEqual(fresh);
    expect(left(await from('198.18.0.3', {}))).toBeLessThan(fresh);
    expect(left(await from('198.18.0.4', passOf(GHOST, { key: 'x'.repeat(43) })))).toBeLessThan(fresh);
    expect(left(await from('not an address', passOf(GHOST)))).toBeLessThan(fresh);
  });

  it('is also that of the network whose unpaid units are counted', async () => {
    const place = calls.find(([name]) => name === 'POST hold')![1];
    const networkFrom = async (address: string) => {
      await send(place(GHOST), { ...passOf(GHOST), [REHEARSAL_PASS.addressHeader]: address });
      return backend.placed.at(-1)!.network;
    };
    const first = await networkFrom('198.18.0.1');
    expect(await networkFrom('198.18.0.1')).toEqual(first);
    expect(await networkFrom('198.18.0.2')).not.toEqual(first);
  });

  it('does not count where people and programs sign in', async () => {
    const login = (address: string) =>
      app.inject({
        method: 'POST',
        url: '/v1/auth/login',
        headers: {
          'content-type': 'application/json',
          ...passOf(GHOST),
          [REHEARSAL_PASS.addressHeader]: address,
        },
        payload: { email: 'a@b.example', password: 'not the password' },
      });
    const first = left(await login('198.18.0.1'));
    expect(left(await login('198.18.0.2'))).toBe(first - 1);
  });
});

it('takes nothing from the quotas of the merchant', async () => {
  const quotas = { requests: 1_000, reads: 2, holds: 2, readers: 1, dropsOnSale: 10 };
  const small = await startEdge(backend, { limits: true, merchantQuotas: quotas as never });
  const read = (id: string, headers = {}) => small.inject({ url: `/v1/drops/${id}`, headers });
  // The first read tells whose drop it is.
  for (let i = 0; i < 10; i += 1) expect((await read(GHOST, passOf(GHOST))).statusCode).toBe(200);
  expect((await read(DROP_ID)).statusCode).toBe(200);
  expect((await read(DROP_ID)).statusCode).toBe(200);
  expect((await read(DROP_ID)).statusCode).toBe(200);
  expect((await read(DROP_ID)).statusCode).toBe(429);
  await small.close();
});

function aHold(id: string) {
  const price = { amountMinor: 2500, currency: 'EUR' };
  return {
    id,
    dropId: id.slice(0, id.indexOf('-')),
    customerId: 'cus_1',
    state: 'held' as const,
    lines: [{ sku: 'TEE-M', quantity: 1, price }],
    total: price,
    expiresAt: '2026-01-01T00:05:00.000Z',
    createdAt: '2026-01-01T00:00:00.000Z',
  };
}
