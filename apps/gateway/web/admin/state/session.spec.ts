import type { HoldfastClient, Sent } from './api';
import { Session, type TabMessage, type Tabs } from './session';

// Tests without a browser. The page's clock, which never stops, is created after this, with timers that end with the test.
jest.mock('@preact/signals', () => {
  jest.useFakeTimers();
  return jest.requireActual<object>('@preact/signals-core');
});

const STAFF = {
  id: 'stf_1',
  email: 'owner@holdfast.test',
  name: 'Owner',
  role: 'owner',
  merchantId: 'mer_1',
  mfa: false,
};

Object.assign(globalThis, { location: { origin: 'http://holdfast.test' } });

/** Any call of the API, by a path that it does not have. */
const a = (api: HoldfastClient) => api.GET('/a' as '/v1/auth/me') as Promise<Sent<unknown>>;

const OTHER = { ...STAFF, id: 'stf_2', role: 'viewer' };

type Reply = (call: { path: string; token: string | null; body: unknown }) => Response | Promise<Response>;

/** What each path answers, and what was asked: the method, the path and the token. */
function serve(replies: Record<string, Reply>): string[] {
  const asked: string[] = [];
  jest.spyOn(globalThis, 'fetch').mockImplementation(async (input) => {
    const request = input as Request;
    const path = new URL(request.url).pathname;
    const token = request.headers.get('authorization')?.replace('Bearer ', '') ?? null;
    asked.push(`${path} ${token}`);
    const text = await request.text();
    return replies[path]!({ path, token, body: text && (JSON.parse(text) as unknown) });
  });
  return asked;
}

const signedIn = (accessToken: string, staff: object = STAFF) =>
  Response.json({ accessToken, expiresIn: 600, staff });
const refused = (status: number, code: string) => Response.json({ code, title: '', detail: '' }, { status });
/** Answers of a list, one after the other. */
function inTurn(...replies: Reply[]): Reply {
  return (call) => replies.shift()!(call);
}

class FakeTabs implements Tabs {
  readonly said: TabMessage[] = [];
  onmessage: ((event: { data: TabMessage }) => void) | null = null;
  postMessage(message: TabMessage): void {
    this.said.push(message);
  }
}

let tabs: FakeTabs;
let confirm: jest.Mock<Promise<boolean>, []>;
let session: Session;

beforeEach(() => {
  tabs = new FakeTabs();
  confirm = jest.fn(() => Promise.resolve(true));
  session = new Session(tabs, confirm);
});
afterEach(() => jest.restoreAllMocks());

describe('the session of a tab', () => {
  it('is restored by the cookie, once for all who need a token', async () => {
    const asked = serve({ '/v1/auth/refresh': () => signedIn('t1'), '/a': () => Response.json({}) });
    await Promise.all([session.restore(), session.call(a), session.call(a)]);
    expect(asked).toEqual(['/v1/auth/refresh null', '/a t1', '/a t1']);
    expect(session.person.value).toEqual(STAFF);
  });

  it('gets a new token before the old one ends', async () => {
    serve({
      '/v1/auth/refresh': inTurn(
        () => signedIn('t1'),
        () => signedIn('t2'),
      ),
      '/a': ({ token }) => Response.json({ token }),
    });
    await session.restore();
    jest.advanceTimersByTime(569_000);
    expect(await session.call(a)).toMatchObject({ body: { token: 't1' } });
    jest.advanceTimersByTime(2_000);
    expect(await session.call(a)).toMatchObject({ body: { token: 't2' } });
  });

  it('repeats a call whose token was refused, and once only', async () => {
    const asked = serve({
      '/v1/auth/refresh': inTurn(
        () => signedIn('t1'),
        () => signedIn('t2'),
      ),
      '/a': () => refused(401, 'unauthenticated'),
    });
    await session.restore();
    expect(await session.call(a)).toMatchObject({ status: 401 });
    expect(asked.filter((it) => it.startsWith('/a'))).toEqual(['/a t1', '/a t2']);
  });

  it('is over when the cookie is no longer good, and says that it ended by itself', async () => {
    serve({
      '/v1/auth/refresh': inTurn(
        () => signedIn('t1'),
        () => refused(401, 'unauthenticated'),
      ),
      '/a': () => refused(401, 'unauthenticated'),
    });
    await session.restore();
    await session.call(a);
    expect([session.state.value, session.expired.value, session.person.value]).toEqual([
      'signed-out',
      true,
      null,
    ]);
  });

  it('stays when the server cannot be reached', async () => {
    serve({ '/v1/auth/refresh': () => Promise.reject(new Error('reset')) });
    await session.restore();
    expect([session.state.value, session.refusal.value]).toEqual(['unreachable', { kind: 'unreachable' }]);
  });

  it('keeps why the server did not restore it', async () => {
    serve({ '/v1/auth/refresh': () => refused(403, 'forbidden') });
    await session.restore();
    expect([session.state.value, session.refusal.value]).toMatchObject(['unreachable', { status: 403 }]);
  });

  it('makes no call in the name of another person who has signed in meanwhile', async () => {
    const asked = serve({
      '/v1/auth/refresh': inTurn(
        () => signedIn('t1'),
        () => signedIn('t2', OTHER),
      ),
      '/a': () => refused(401, 'unauthenticated'),
    });
    await session.restore();
    expect(await session.call(a)).toMatchObject({ status: 401 });
    expect(asked.filter((it) => it.startsWith('/a'))).toEqual(['/a t1']);
    expect(session.person.value).toEqual(OTHER);
  });

  it('gives up a call that does not end', async () => {
    const timeout = jest.spyOn(AbortSignal, 'timeout');
    serve({ '/v1/auth/refresh': () => signedIn('t1') });
    await session.restore();
    const end = new AbortController();
    timeout.mockReturnValue(end.signal);
    jest
      .spyOn(globalThis, 'fetch')
      .mockImplementation(
        (_, init) =>
          new Promise((_resolve, reject) =>
            init?.signal?.addEventListener('abort', () => reject(new Error('aborted'))),
          ),
      );
    const answer = session.call(a, 300_000);
    await jest.advanceTimersByTimeAsync(0);
    end.abort();
    await jest.advanceTimersByTimeAsync(0);
    expect(await Promise.race([answer, Promise.resolve('still waiting')])).toEqual({ kind: 'unreachable' });
  });
});

describe('a call that needs the password again', () => {
  it('asks for it and is repeated with the better token', async () => {
    const asked = serve({
      '/v1/auth/refresh': () => signedIn('t1'),
      '/v1/auth/step-up': ({ body }) => {
        expect(body).toEqual({ password: 'secret', totp: '123456' });
        return Response.json({ accessToken: 'up', expiresIn: 300 });
      },
      '/a': ({ token }) =>
        token === 'up' ? Response.json({ done: true }) : refused(403, 'step-up-required'),
    });
    confirm.mockImplementation(async () => (await session.stepUp('secret', '123456')).kind === 'ok');
    await session.restore();
    expect(await session.call(a)).toMatchObject({ kind: 'ok' });
    expect(await session.call(a)).toMatchObject({ kind: 'ok' });
    expect(confirm).toHaveBeenCalledTimes(1);
    expect(asked.at(-1)).toBe('/a up');
  });

  it('stays refused when the person does not want to', async () => {
    serve({ '/v1/auth/refresh': () => signedIn('t1'), '/a': () => refused(403, 'step-up-required') });
    confirm.mockResolvedValue(false);
    await session.restore();
    expect(await session.call(a)).toMatchObject({ problem: { code: 'step-up-required' } });
  });

  it('is not repeated for another person who has signed in meanwhile', async () => {
    const asked = serve({
      '/v1/auth/refresh': inTurn(
        () => signedIn('t1'),
        () => signedIn('t2', OTHER),
      ),
      '/a': () => refused(403, 'step-up-required'),
    });
    confirm.mockImplementation(async () => {
      tabs.onmessage!({ data: { kind: 'signed-in', staffId: OTHER.id } });
      await session.refresh();
      return true;
    });
    await session.restore();
    expect(await session.call(a)).toMatchObject({ status: 401 });
    expect(asked.filter((it) => it.startsWith('/a'))).toEqual(['/a t1']);
  });
});

describe('signing out', () => {
  it('ends the session on the server, then tells the other tabs', async () => {
    const asked = serve({
      '/v1/auth/refresh': () => signedIn('t1'),
      '/v1/auth/logout': () => new Response(null, { status: 204 }),
    });
    await session.restore();
    await session.logout();
    expect(asked.at(-1)).toBe('/v1/auth/logout t1');
    expect(tabs.said).toEqual([{ kind: 'signed-out' }]);
    expect([session.state.value, session.expired.value]).toEqual(['signed-out', false]);
  });

  it('is not claimed when the server was not reached', async () => {
    serve({
      '/v1/auth/refresh': () => signedIn('t1'),
      '/v1/auth/logout': () => Promise.reject(new Error('reset')),
    });
    await session.restore();
    expect(await session.logout()).toEqual({ kind: 'unreachable' });
    expect([session.state.value, tabs.said]).toEqual(['signed-in', []]);
  });

  it('in another tab signs out here, and another person who signs in there is the one here', async () => {
    serve({
      '/v1/auth/refresh': inTurn(
        () => signedIn('t1'),
        () => signedIn('t2', OTHER),
      ),
    });
    await session.restore();
    expect(session.can('staff:write')).toBe(true);
    tabs.onmessage!({ data: { kind: 'signed-out' } });
    expect(session.person.value).toBeNull();
    tabs.onmessage!({ data: { kind: 'signed-in', staffId: 'stf_2' } });
    await session.refresh();
    expect([session.person.value, session.can('staff:write')]).toEqual([OTHER, false]);
  });

  it('is not undone by a token that was asked for before', async () => {
    let late: (answer: Response) => void = () => undefined;
    serve({
      '/v1/auth/refresh': inTurn(
        () => signedIn('t1'),
        () => new Promise((resolve) => (late = resolve)),
      ),
    });
    await session.restore();
    const refresh = session.refresh();
    await jest.advanceTimersByTimeAsync(0);
    tabs.onmessage!({ data: { kind: 'signed-out' } });
    late(signedIn('t2'));
    expect(await refresh).toMatchObject({ status: 401 });
    expect([session.state.value, session.person.value]).toEqual(['signed-out', null]);
  });

  it('waits for a tab that is getting a new token, whose cookie would outlive it', async () => {
    let release: () => void = () => undefined;
    const locks = {
      request: async (_name: string, _options: object, work: () => unknown) => {
        await new Promise<void>((resolve) => (release = resolve));
        return work();
      },
    };
    serve({
      '/v1/auth/refresh': () => signedIn('t1'),
      '/v1/auth/logout': () => new Response(null, { status: 204 }),
    });
    await session.restore();
    const before = Object.getOwnPropertyDescriptor(globalThis, 'navigator');
    Object.defineProperty(globalThis, 'navigator', { value: { locks }, configurable: true });
    try {
      const logout = session.logout();
      await jest.advanceTimersByTimeAsync(0);
      expect(session.state.value).toBe('signed-in');
      release();
      expect(await logout).toMatchObject({ kind: 'ok' });
    } finally {
      if (before) Object.defineProperty(globalThis, 'navigator', before);
      else Reflect.deleteProperty(globalThis, 'navigator');
    }
    expect(session.state.value).toBe('signed-out');
  });
});
