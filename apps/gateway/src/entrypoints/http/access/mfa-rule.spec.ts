import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { FakeBackend, startEdge } from '../../../../../../test/support/fake-edge';

const backend = new FakeBackend();
let app: NestFastifyApplication;

beforeAll(async () => {
  backend.accounts.merchant = { ...backend.accounts.merchant, requireMfa: true };
  app = await startEdge(backend);
});
afterAll(() => app.close());

const codeOf = async (bearer: string, url = '/v1/admin/merchant') => {
  const answer = await app.inject({ method: 'GET', url, headers: { authorization: `Bearer ${bearer}` } });
  return answer.statusCode === 200 ? 200 : answer.json<{ code: string }>().code;
};

describe('a merchant that requires a second factor', () => {
  it('refuses who has none, and goes on with the same token once one is enrolled', async () => {
    const token = backend.accounts.token();
    expect(await codeOf(token)).toBe('mfa-required');
    expect(await codeOf(token, '/v1/auth/me')).toBe(200);
    backend.accounts.person = { ...backend.accounts.person, mfa: true };
    expect(await codeOf(token)).toBe(200);
    // Remembered for the session, not for everybody.
    backend.accounts.person = { ...backend.accounts.person, mfa: false };
    expect(await codeOf(token)).toBe(200);
    expect(await codeOf(backend.accounts.token())).toBe('mfa-required');
  });

  it('asks nothing of who signed in with one, or of a program', async () => {
    expect(await codeOf(backend.accounts.token({ mfa: true }))).toBe(200);
    expect(await codeOf(backend.accounts.apiKey(['drops:read']))).toBe(200);
  });
});
