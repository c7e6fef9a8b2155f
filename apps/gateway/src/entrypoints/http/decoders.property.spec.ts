import fc from 'fast-check';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DROP_ID, FakeBackend, startEdge } from '../../../../../test/support/fake-edge';

let app: NestFastifyApplication;
let token: string;
beforeAll(async () => {
  app = await startEdge(new FakeBackend());
  token = (await app.inject({ method: 'POST', url: '/v1/sessions' })).json<{ accessToken: string }>()
    .accessToken;
});
afterAll(() => app.close());

/** What can stand in a header: visible characters, blanks and Latin-1. */
const headerText = fc.oneof(
  fc.string({
    unit: fc.integer({ min: 0x20, max: 0xff }).map((n) => String.fromCharCode(n)),
    maxLength: 300,
  }),
  fc.base64String(),
  fc.constantFrom(
    '"',
    'W/"',
    '*',
    ',,,',
    't=,v1=',
    `Bearer ${'.'.repeat(50)}`,
    '-1',
    '9'.repeat(30),
    '00-',
    '__Host-holdfast-session=',
  ),
);

const HEADERS = [
  'authorization',
  'cookie',
  'holdfast-operator',
  'holdfast-signature',
  'idempotency-key',
  'if-none-match',
  'last-event-id',
  'traceparent',
  'tracestate',
  'x-forwarded-for',
  'x-request-id',
  'accept',
  'content-type',
  'origin',
] as const;

const ROUTES = [
  ['GET', '/v1/drops'],
  ['GET', `/v1/drops/${DROP_ID}`],
  ['HEAD', `/v1/drops/${DROP_ID}/live`],
  ['POST', '/v1/sessions'],
  ['POST', `/v1/drops/${DROP_ID}/holds`],
  ['POST', '/v1/orders'],
  ['GET', '/v1/orders'],
  ['POST', '/v1/payments/webhooks/sandbox'],
  ['POST', '/sandbox/3ds/pay_1'],
  ['GET', '/metrics'],
  ['GET', '/openapi.json'],
] as const;

describe('what a client sends in a place that only we should have filled', () => {
  it('is never a fault of ours: headers', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...ROUTES),
        fc.dictionary(fc.constantFrom(...HEADERS), headerText, { maxKeys: 4 }),
        async ([method, url], headers) => {
          const body = method === 'POST' ? { payload: '{}' } : {};
          const answer = await app.inject({
            method,
            url,
            headers: { authorization: `Bearer ${token}`, ...headers },
            ...body,
          });
          expect(answer.statusCode).toBeLessThan(500);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('is never a fault of ours: ids, cursors and other parameters', async () => {
    const paths = fc.constantFrom(
      (text: string) => `/v1/drops?cursor=${text}`,
      (text: string) => `/v1/drops?limit=${text}&state=${text}`,
      (text: string) => `/v1/drops/${text}`,
      (text: string) => `/v1/drops/${text}/live?for=1`,
      (text: string) => `/v1/drops/${DROP_ID}/live?for=x${text}`,
      (text: string) => `/v1/holds/${text}`,
      (text: string) => `/v1/orders/${text}`,
      (text: string) => `/v1/orders?cursor=${text}`,
      (text: string) => `/problems/${text}`,
      (text: string) => `/sandbox/3ds/${text}`,
      (text: string) => `/d/${text}`,
      (text: string) => `/${text}`,
    );
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 100 }).map((raw) => encodeURIComponent(raw)),
      fc.stringMatching(/^[!-~]{0,60}$/).map((raw) => raw.replace(/[#]/g, '')),
    );
    await fc.assert(
      fc.asyncProperty(paths, text, async (pathOf, piece) => {
        // light-my-request cannot send a target that URL cannot parse, such as "/\\".
        fc.pre(URL.canParse(pathOf(piece), 'http://localhost'));
        const answer = await app.inject({
          url: pathOf(piece),
          headers: { authorization: `Bearer ${token}` },
        });
        expect(answer.statusCode).toBeLessThan(500);
      }),
      { numRuns: 500 },
    );
  });
});
