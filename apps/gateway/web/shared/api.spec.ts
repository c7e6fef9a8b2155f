import { call } from './api';
import { browserStore } from './storage';

// Tests without a browser. The page's clock, which never stops, is created after this, with timers that end
// with the test.
jest.mock('@preact/signals', () => {
  jest.useFakeTimers();
  return jest.requireActual<object>('@preact/signals-core');
});

/** A shop that takes every call of these addresses and answers none; it ends with the caller's patience. */
function stall(...paths: string[]): string[] {
  const asked: string[] = [];
  jest.spyOn(globalThis, 'fetch').mockImplementation((input, init) => {
    const path = String(input);
    asked.push(path);
    if (!paths.includes(path))
      return Promise.resolve(Response.json({ accessToken: 't', expiresIn: 900 }, { status: 201 }));
    return new Promise((_, reject) => {
      init?.signal?.addEventListener('abort', () => reject(init.signal!.reason as Error));
    });
  });
  return asked;
}

afterEach(() => {
  jest.restoreAllMocks();
  browserStore.set('holdfast.session', null);
});

describe('a call of the page', () => {
  it('asks for one session when two calls need one at once', async () => {
    const asked = stall();
    await Promise.all([call('/v1/orders', { asCustomer: true }), call('/v1/holds', { asCustomer: true })]);
    expect(asked.filter((path) => path === '/v1/sessions')).toHaveLength(1);
  });

  it.each([['/v1/holds/h1'], ['/v1/sessions']])('ends although %s is never answered', async (path) => {
    stall(path);
    expect(await call('/v1/holds/h1', { asCustomer: true, deadlineMs: 50 })).toEqual({ kind: 'unreachable' });
  });
});
