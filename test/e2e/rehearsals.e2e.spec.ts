import { randomUUID } from 'node:crypto';
import { loadSecrets } from '@holdfast/config';
import { type Rehearsal, REHEARSAL_PASS, signRehearsalPass } from '@holdfast/contracts';
import { isGhostId } from '@holdfast/kernel';
import { waitFor } from '@holdfast/testing';
import { type Product, startProduct } from '../support/product';
import { StaffClient } from '../support/staff-client';

/** A rehearsal of the running product: who may see its ghost. */
const ITEMS = [{ sku: 'A', total: 500, name: 'A', price: { amountMinor: 100, currency: 'EUR' } }];
const UNKNOWN = 'dnowhere1234'; // as long as a ghost's id

let product: Product;
let owner: StaffClient;
let dropId: string;
let rehearsal: Rehearsal & { ghostId: string };
let pass: Record<string, string>;
let shopper: string;

beforeAll(async () => {
  product = await startProduct({ env: { HOLDFAST_DEMO: 'off' } });
  owner = await StaffClient.newOwner(product);
  dropId = (await owner.send('POST', '/v1/admin/drops', { name: 'Cups', items: ITEMS })).body.id as string;
  // Long enough for the tests here, which do not need its load; stopped at the end.
  const started = await owner.send('POST', at(), {
    ...{ profile: 'soak', shoppers: 60, duration: 600, seed: 1 },
    whileSelling: true, // the cluster that all tests share has open drops
  });
  expect([started.status, started.body.code]).toEqual([202, undefined]);
  expect(started.headers.get('location')).toBe(`${at()}/${started.body.id}`);
  rehearsal = await waitFor('the ghost', async () => {
    const { body } = await owner.send('GET', `${at()}/${started.body.id}`);
    expect(body.state).toBe('running');
    return body.ghostId !== null && (body as Rehearsal & { ghostId: string });
  });
  const { operatorKey } = loadSecrets(product.dataDir);
  pass = {
    [REHEARSAL_PASS.header]: signRehearsalPass(operatorKey, {
      ghostId: rehearsal.ghostId,
      nowMs: Date.now(),
      seconds: 600,
    }),
    [REHEARSAL_PASS.addressHeader]: '198.18.0.1',
  };
  const session = await fetch(`${product.url}/v1/sessions`, { method: 'POST', headers: pass });
  shopper = ((await session.json()) as { accessToken: string }).accessToken;
});

const at = () => `/v1/admin/drops/${dropId}/rehearsals`;

async function send(method: string, path: string, headers: Record<string, string> = {}, body?: unknown) {
  const answer = await fetch(product.url + path, {
    method,
    headers: {
      authorization: `Bearer ${shopper}`,
      ...(body ? { 'content-type': 'application/json', 'idempotency-key': randomUUID() } : {}),
      ...headers,
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  return { status: answer.status, headers: answer.headers, text: await answer.text() };
}

/** Everything of an answer but what differs between any two requests. */
async function bytesOf(id: string, method: string, path: string, headers = {}, body?: object) {
  const filled = (text: string) => text.replaceAll('<id>', id);
  const sent = body && (JSON.parse(filled(JSON.stringify(body))) as object);
  const answer = await send(method, filled(path), headers, sent);
  const differing = ['x-request-id', 'date', 'ratelimit'];
  return {
    status: answer.status,
    headers: [...answer.headers].filter(([name]) => !differing.includes(name)),
    text: answer.text.replaceAll(id, '<id>').replace(/"traceId":"[^"]*"/, ''),
  };
}

const TAIL = 'a'.repeat(26);
const HOLD = { lines: [{ sku: 'A', quantity: 1 }] };
const ORDER = { holdId: `<id>-h${TAIL}`, payment: { method: 'card', token: 'tok_ok' }, email: 'a@b.example' };
const CALLS: [string, string, object?][] = [
  ['GET', '/v1/drops/<id>'],
  ['GET', '/v1/drops/<id>/live?for=1'],
  ['GET', '/d/<id>'],
  ['POST', '/v1/drops/<id>/holds', HOLD],
  ['GET', `/v1/holds/<id>-h${TAIL}`],
  ['DELETE', `/v1/holds/<id>-h${TAIL}`],
  ['POST', '/v1/orders', ORDER],
  ['GET', `/v1/orders/<id>-o${TAIL}`],
];

it('makes a ghost with an id of its own shape', () => {
  expect(isGhostId(rehearsal.ghostId)).toBe(true);
  expect(rehearsal).toMatchObject({ dropId, seed: 1, profile: 'soak', verdict: null, endedAt: null });
});

it.each(CALLS)('answers %s %s without the pass as for a drop that does not exist', async (...call) => {
  const [method, path, body] = call;
  const ghost = await bytesOf(rehearsal.ghostId, method, path, {}, body);
  expect(ghost).toEqual(await bytesOf(UNKNOWN, method, path, {}, body));
  expect(ghost.status).toBe(404);
});

it('shows and sells the ghost to who has its pass, and no other drop', async () => {
  const { ghostId } = rehearsal;
  const shown = await send('GET', `/v1/drops/${ghostId}`, pass);
  expect([shown.status, (JSON.parse(shown.text) as { state: string }).state]).toEqual([200, 'open']);
  const placed = await send('POST', `/v1/drops/${ghostId}/holds`, pass, HOLD);
  expect(placed.status).toBe(201);
  const hold = JSON.parse(placed.text) as { id: string };
  expect((await send('GET', `/v1/holds/${hold.id}`, pass)).status).toBe(200);
  expect((await send('GET', `/v1/holds/${hold.id}`)).status).toBe(404);
  const listed = async (headers = {}) =>
    (JSON.parse((await send('GET', '/v1/holds', headers)).text) as { items: unknown[] }).items.length;
  expect([await listed(pass), await listed()]).toEqual([1, 0]);
  const stream = await send('GET', `/v1/drops/${ghostId}/live?for=0.2`, pass);
  expect([stream.status, stream.text]).toEqual([200, expect.stringContaining('event: snapshot')]);
  await owner.send('POST', `/v1/admin/drops/${dropId}/open`);
  expect((await send('GET', `/v1/drops/${dropId}`)).status).toBe(200);
  expect((await send('GET', `/v1/drops/${dropId}`, pass)).status).toBe(404);
  expect((await send('POST', `/v1/drops/${dropId}/holds`, pass, HOLD)).status).toBe(404);
  const { operatorKey } = loadSecrets(product.dataDir);
  const other = signRehearsalPass(operatorKey, { ghostId: 'g00000000000', nowMs: Date.now(), seconds: 60 });
  expect((await send('GET', `/v1/drops/${ghostId}`, { [REHEARSAL_PASS.header]: other })).status).toBe(404);
});

it('is unknown to its merchant, and in no list', async () => {
  const { ghostId } = rehearsal;
  for (const path of [
    '',
    '/stats',
    '/series?step=1s',
    '/holds',
    '/orders',
    '/timeline',
    '/rehearsals',
    '/admission',
  ])
    expect([path, (await owner.send('GET', `/v1/admin/drops/${ghostId}${path}`)).status]).toEqual([
      path,
      404,
    ]);
  expect((await owner.send('POST', `/v1/admin/drops/${ghostId}/close`)).status).toBe(404);
  for (const path of ['/v1/drops', '/v1/admin/drops', '/v1/admin/orders', '/v1/admin/audit?limit=200'])
    expect([
      path,
      JSON.stringify((await owner.send('GET', path)).body).includes(`"id":"${ghostId}"`),
    ]).toEqual([path, false]);
});

it('runs alone on the installation, and has no report before its end', async () => {
  const second = await owner.send('POST', at(), { shoppers: 1, whileSelling: true });
  expect([second.status, second.body.code]).toEqual([409, 'conflict']);
  expect(second.body.detail).toContain('one at a time');
  const report = await owner.send('GET', `${at()}/${rehearsal.id}/report`);
  expect([report.status, report.body.detail]).toEqual([404, expect.stringContaining('has no report')]);
});

it('ends within five seconds of DELETE, and its ghost is gone for its own pass, too', async () => {
  const stopped = await owner.send('DELETE', `${at()}/${rehearsal.id}`);
  expect([200, 202]).toContain(stopped.status);
  const state = async () => (await owner.send('GET', `${at()}/${rehearsal.id}`)).body.state as string;
  await waitFor('the end', async () => (await state()) !== 'running', { deadlineMs: 15_000 });
  expect(await state()).toBe('stopped');
  await waitFor('the removal of the ghost', async () => {
    const { status } = await send('GET', `/v1/drops/${rehearsal.ghostId}`, pass);
    return status === 404;
  });
});
