import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import {
  type MerchantDrops,
  NO_FIGURES,
  type Rehearsal,
  type RehearsalEvidence,
  type Rehearsals,
  type StartRehearsal,
  type StartRehearsalOutcome,
} from '@holdfast/contracts';
import { REPORT_POLICY } from '@holdfast/rehearsal-report';
import { aDrop, DROP_ID, FakeBackend, startEdge } from '../../../../../../../test/support/fake-edge';

const PATH = `/v1/admin/drops/${DROP_ID}/rehearsals`;
const REHEARSAL: Rehearsal = {
  ...NO_FIGURES,
  id: 'reh_1',
  dropId: DROP_ID,
  ghostId: null,
  profile: 'spike',
  seed: 7,
  settings: {
    ...{ profile: 'spike', shoppers: 100, duration: 30, seed: 7, faults: [] },
    ...{ like: null, target: null, whileSelling: false },
  },
  state: 'running',
  detail: 'waiting for its runner',
  progress: 0,
  verdict: null,
  startedAt: '2026-01-01T00:00:00.000Z',
  endsBy: '2026-01-01T00:05:00.000Z',
  endedAt: null,
};
const EVIDENCE: RehearsalEvidence = {
  ...{ seconds: [], checks: [], faults: [], rates: [] },
  drop: { name: '<script>alert(1)</script>', units: 10, skus: 1, perCustomerLimit: 4, holdTtlSeconds: 300 },
  machine: {
    ...{ mode: 'standalone', cpus: 2, cpuModel: 'x', memoryBytes: 1, platform: 'linux' },
    ...{ node: '24', product: '1', generator: 'k6' },
  },
};

const backend = new FakeBackend();
const rehearsals = backend.rehearsals as { -readonly [K in keyof Rehearsals]: Rehearsals[K] };
let app: NestFastifyApplication;
let token: string;
const started: StartRehearsal[] = [];
const begins = (outcome: StartRehearsalOutcome) => {
  rehearsals.startRehearsal = (command) => {
    started.push(command);
    return Promise.resolve(outcome);
  };
};

beforeAll(async () => {
  const read = { drop: { ...aDrop(), ghostOf: null }, stock: backend.stock, readAt: aDrop().createdAt };
  (backend.merchantDrops as { getMerchantDrop: MerchantDrops['getMerchantDrop'] }).getMerchantDrop = ({
    dropId,
  }) => Promise.resolve(dropId === DROP_ID ? read : null);
  app = await startEdge(backend);
  token = backend.accounts.token({ role: 'staff' });
});
beforeEach(() => {
  started.length = 0;
  begins({ kind: 'started', rehearsal: REHEARSAL, replayed: false });
});
afterAll(() => app.close());

const send = (method: 'GET' | 'POST' | 'DELETE', url: string, body?: object, headers = {}) =>
  app.inject({
    method,
    url,
    headers: {
      authorization: `Bearer ${token}`,
      ...(body ? { 'content-type': 'application/json' } : {}),
      ...headers,
    },
    ...(body ? { payload: body } : {}),
  });

it('starts a rehearsal with the defaults of its drop', async () => {
  const answer = await send('POST', PATH);
  expect(answer.statusCode).toBe(202);
  expect(answer.headers['location']).toBe(`${PATH}/reh_1`);
  expect(answer.json()).toEqual(REHEARSAL);
  // The drop has ten units.
  expect(started[0]).toMatchObject({
    dropId: DROP_ID,
    settings: { profile: 'spike', shoppers: 100, duration: 30 },
  });
});

it('answers the key again as before', async () => {
  begins({ kind: 'started', rehearsal: REHEARSAL, replayed: true });
  const answer = await send('POST', PATH, { shoppers: 3 }, { 'idempotency-key': 'once' });
  expect([answer.statusCode, answer.headers['idempotent-replayed']]).toEqual([202, 'true']);
  expect((await send('POST', PATH, { shoppers: 3 })).headers['idempotent-replayed']).toBeUndefined();
});

it('answers the key again when the drop has been deleted since', async () => {
  const nowhere = '/v1/admin/drops/dnowhere/rehearsals';
  const again = () => send('POST', nowhere, { shoppers: 3 }, { 'idempotency-key': 'once' });
  begins({ kind: 'started', rehearsal: REHEARSAL, replayed: true });
  expect((await again()).statusCode).toBe(202);
  begins({ kind: 'not-found' });
  expect((await again()).statusCode).toBe(404);
});

it('looks at the key first, then at the body, then for the drop, then at its state', async () => {
  begins({ kind: 'conflict', why: 'another one runs' });
  const code = async (url: string, body: object, headers = {}) =>
    (await send('POST', url, body, headers)).json<{ code: string }>().code;
  const nowhere = '/v1/admin/drops/dnowhere/rehearsals';
  expect(await code(nowhere, { target: 'x' }, { 'idempotency-key': 'a b' })).toBe('invalid-request');
  expect((await send('POST', nowhere, { target: 'x' })).json()).toMatchObject({
    code: 'invalid-request',
    errors: [{ pointer: '/target' }],
  });
  expect(await code(nowhere, {})).toBe('not-found');
  expect(await code(PATH, {})).toBe('conflict');
});

it('says why a rehearsal cannot begin', async () => {
  begins({ kind: 'conflict', why: 'another one runs' });
  expect((await send('POST', PATH)).json()).toMatchObject({ status: 409, detail: 'another one runs' });
  begins({ kind: 'invalid', errors: [{ pointer: '/like', message: 'must be a drop of yours' }] });
  expect((await send('POST', PATH)).json()).toMatchObject({ status: 400, errors: [{ pointer: '/like' }] });
  begins({ kind: 'key-reused' });
  expect((await send('POST', PATH)).json()).toMatchObject({ status: 422, code: 'idempotency-key-reused' });
});

it('stops one that runs with 202, and leaves one that has ended with 200', async () => {
  rehearsals.stopRehearsal = () => Promise.resolve(REHEARSAL);
  expect((await send('DELETE', `${PATH}/reh_1`)).statusCode).toBe(202);
  rehearsals.stopRehearsal = () => Promise.resolve({ ...REHEARSAL, state: 'stopped' });
  const ended = await send('DELETE', `${PATH}/reh_1`);
  expect([ended.statusCode, ended.json<Rehearsal>().state]).toEqual([200, 'stopped']);
});

it('sends the report as a page that may load and run nothing', async () => {
  rehearsals.rehearsalReport = () => Promise.resolve({ rehearsal: REHEARSAL, evidence: EVIDENCE });
  const page = await send('GET', `${PATH}/reh_1/report`);
  expect([page.statusCode, page.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
  expect(page.headers['content-security-policy']).toBe(REPORT_POLICY);
  expect(page.headers['content-disposition']).toBe('inline; filename="rehearsal-reh_1.html"');
  expect(page.headers['cache-control']).toBe('no-store');
  expect(page.body).not.toContain('<script>alert');
});

it('says that a report is not there yet', async () => {
  rehearsals.rehearsalReport = () => Promise.resolve({ rehearsal: REHEARSAL, evidence: null });
  const answer = await send('GET', `${PATH}/reh_1/report`);
  expect(answer.json()).toMatchObject({ status: 404, code: 'not-found' });
  expect(answer.json<{ detail: string }>().detail).toMatch(/^This rehearsal has no report/);
});
