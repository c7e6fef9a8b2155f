import { request } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DROP_ID, FakeBackend, startEdge } from '../../../../../../test/support/fake-edge';

let app: NestFastifyApplication;
let port: number;
let token: string;
beforeAll(async () => {
  app = await startEdge(new FakeBackend());
  await app.listen({ host: '127.0.0.1', port: 0 });
  ({ port } = app.getHttpServer().address() as AddressInfo);
  token = (await app.inject({ method: 'POST', url: '/v1/sessions' })).json<{ accessToken: string }>()
    .accessToken;
});
afterAll(() => app.close());

/** Over a socket, with the headers as they are given: also one name twice. */
function statusOf(headers: string[], path = `/v1/holds/${DROP_ID}-h${'0'.repeat(26)}`): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path, headers, agent: false }, (answer) => {
      answer.resume();
      resolve(answer.statusCode!);
    });
    sent.on('error', reject);
    sent.end();
  });
}

const with_ = (...authorizations: string[]) => [
  'Host',
  `127.0.0.1:${port}`,
  ...authorizations.flatMap((value) => ['Authorization', value]),
];

describe('the header Authorization', () => {
  it('is the scheme, one space and one token: the hold is looked for', async () => {
    expect(await statusOf(with_(`Bearer ${token}`))).toBe(404);
    expect(await statusOf(with_(`bearer ${token}`))).toBe(404);
  });

  it.each<[string, (good: string) => string]>([
    ['something behind the token', (good) => `Bearer ${good} x`],
    ['a second token', (good) => `Bearer ${good} ${good}`],
    ['two spaces', (good) => `Bearer  ${good}`],
    ['a tab', (good) => `Bearer\t${good}`],
    ['a comma and another scheme', (good) => `Bearer ${good}, Basic eA==`],
    ['another scheme', (good) => `JWT ${good}`],
    ['no scheme', (good) => good],
    ['no token', () => 'Bearer'],
    ['a token of 15 KiB', (good) => `Bearer ${good}${'x'.repeat(15_000)}`],
  ])('with %s is refused, also when the token was good a moment ago', async (_what, header) => {
    expect(await statusOf(with_(`Bearer ${token}`))).toBe(404);
    expect(await statusOf(with_(header(token)))).toBe(401);
  });

  it('that comes twice is refused, whichever of the two is good', async () => {
    expect(await statusOf(with_(`Bearer ${token}`, `Bearer ${token}`))).toBe(401);
    expect(await statusOf(with_(`Bearer ${token}`, 'Bearer x'))).toBe(401);
    expect(await statusOf(with_('Bearer x', `Bearer ${token}`))).toBe(401);
  });
});
