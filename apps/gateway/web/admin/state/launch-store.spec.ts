import type { Answer } from '../../shared/answer';
import { clock } from '../../shared/server-clock';
import type { HoldfastClient, Send } from './api';
import { LaunchStore } from './launch-store';
import type { LaunchListener, LaunchTick } from './launch-stream';
import { STEPS } from './drop-steps';
import type { AdminDrop, DropStats } from './types';

// Tests without a browser. The page's clock, which never stops, is created after this, with timers that end with the test.
jest.mock('@preact/signals', () => {
  jest.useFakeTimers();
  return jest.requireActual<object>('@preact/signals-core');
});

function dropWith(changes: Partial<AdminDrop>, available = 5): AdminDrop {
  const stock = { available, held: 2, sold: 3, total: available + 5, version: 1, asOf: '', stale: false };
  return {
    id: 'd1',
    state: 'open',
    revision: 1,
    opensAt: null,
    closesAt: null,
    serverTime: new Date().toISOString(),
    items: [{ sku: 'CUP', stock }],
    ...changes,
  } as AdminDrop;
}

function tickWith(available: number, changes: Partial<LaunchTick> = {}): LaunchTick {
  const rates = { arrivals: 0, holds: 0, refusals: {}, paid: 0, failed: 0 };
  const items = [{ sku: 'CUP', available, held: 4, sold: 3, total: available + 7 }];
  const asOf = new Date().toISOString();
  return { asOf, items, rates, readers: 0, p99Ms: 0, sourceLagMs: 0, stale: false, ...changes };
}

class Page {
  hidden = false;
  private listener: () => void = () => undefined;
  addEventListener = (_: string, listener: unknown) => void (this.listener = listener as () => void);
  removeEventListener = () => undefined;
  hide(hidden: boolean): void {
    this.hidden = hidden;
    this.listener();
  }
}

let drop: AdminDrop;
let reply: (path: string) => Answer<unknown>;
let asked: string[];
let readers: { open: boolean; listener: LaunchListener }[];
let page: Page;
let store: LaunchStore;

const ok = (body: unknown): Answer<unknown> => ({ kind: 'ok', status: 200, body, replayed: false });
const settle = () => jest.advanceTimersByTimeAsync(0);
const readsOfDrop = () => asked.filter((path) => path === '/v1/admin/drops/{dropId}').length;

beforeEach(() => {
  drop = dropWith({});
  asked = [];
  readers = [];
  page = new Page();
  reply = (path) => ok(path.endsWith('/stats') ? { orders: {} } : drop);
  // The path of the request, by a client that sends nothing.
  const call = async <T>(request: Send<T>) => {
    let path = '';
    const note = (it: string) => {
      path = it;
      return Promise.resolve({});
    };
    await request({ GET: note, POST: note } as unknown as HoldfastClient);
    asked.push(path);
    return reply(path) as Answer<T>;
  };
  const makeReader = (listener: LaunchListener) => {
    const entry = { open: false, listener };
    readers.push(entry);
    return { open: () => void (entry.open = true), close: () => void (entry.open = false) };
  };
  store = new LaunchStore('d1', { call }, makeReader, page as unknown as Document);
});
afterEach(() => store.stop());

async function live(): Promise<LaunchListener> {
  store.start();
  await settle();
  const { listener } = readers.at(-1)!;
  listener.line('live');
  listener.snapshot(drop, { orders: {} } as DropStats);
  return listener;
}

describe('the launch screen', () => {
  it.each(['draft', 'scheduled', 'open', 'paused', 'closed'] as const)(
    'shows the counts of each tick, and asks for a drop that is %s no more',
    async (state) => {
      drop = dropWith({ state, opensAt: state === 'scheduled' ? '2099-01-01T00:00:00Z' : null });
      const listener = await live();
      const before = readsOfDrop();
      listener.tick(tickWith(3));
      await jest.advanceTimersByTimeAsync(10_000);
      expect(store.totals.value).toEqual({ available: 3, held: 4, sold: 3, total: 10 });
      expect(readsOfDrop()).toBe(before);
    },
  );

  it('asks for the drop every two seconds while its stream is not there', async () => {
    const listener = await live();
    listener.line('lost');
    const before = readsOfDrop();
    await jest.advanceTimersByTimeAsync(6_000);
    expect(readsOfDrop()).toBe(before + 3);
    expect([store.staleness.value, store.tick.value]).toEqual(['no-answer', null]);
  });

  it('asks for nothing and reads nothing while the page is hidden', async () => {
    await live();
    page.hide(true);
    const before = asked.length;
    await jest.advanceTimersByTimeAsync(60_000);
    expect([asked.length, readers[0]!.open, store.staleness.value]).toEqual([before, false, null]);
    expect(store.isReading.value).toBe(false);
    page.hide(false);
    await settle();
    expect([readsOfDrop(), readers.at(-1)!.open, store.isReading.value]).toEqual([2, true, true]);
  });

  it('does not go back to a drop that is older than the one it shows', async () => {
    const listener = await live();
    listener.changed(dropWith({ state: 'paused', revision: 3 }));
    listener.changed(dropWith({ state: 'open', revision: 2 }));
    expect(store.state.value).toBe('paused');
  });

  it('ends with the drop', async () => {
    const listener = await live();
    listener.gone();
    const before = asked.length;
    await jest.advanceTimersByTimeAsync(60_000);
    expect([store.isGone.value, asked.length]).toEqual([true, before]);
  });
});

describe('stale counts are named', () => {
  it('when the stream is lost or says that it is behind', async () => {
    const listener = await live();
    expect(store.staleness.value).toBeNull();
    listener.tick(tickWith(5, { stale: true }));
    expect(store.staleness.value).toBe('behind');
    listener.tick(tickWith(5));
    expect(store.staleness.value).toBeNull();
    listener.line('lost');
    expect(store.staleness.value).toBe('no-answer');
  });

  it('when there is no answer, and what was known stays', async () => {
    store.start();
    await settle();
    reply = () => ({ kind: 'unreachable' });
    await jest.advanceTimersByTimeAsync(2_000);
    expect([store.staleness.value, store.totals.value.available]).toEqual(['no-answer', 5]);
  });

  it('no longer when there are ticks again, whatever was asked in the meantime', async () => {
    const listener = await live();
    reply = () => ({ kind: 'unreachable' });
    await store.drop.reload();
    expect(store.staleness.value).toBe('no-answer');
    listener.tick(tickWith(5));
    expect(store.staleness.value).toBeNull();
  });

  it('by a tick that does not set the clock back to when they began to be', async () => {
    const listener = await live();
    const now = clock.now();
    listener.tick(tickWith(5, { stale: true, asOf: new Date(Date.now() - 60_000).toISOString() }));
    expect(clock.now()).toBe(now);
    listener.tick(tickWith(5, { asOf: new Date(Date.now() + 60_000).toISOString() }));
    expect(clock.now()).toBeGreaterThan(now!);
  });
});

describe('a step', () => {
  it('shows at once what the drop is afterwards', async () => {
    await live();
    reply = (path) => ok(path.endsWith('/pause') ? dropWith({ state: 'paused', revision: 2 }) : drop);
    await store.act('pause');
    expect([store.state.value, asked.at(-1)]).toEqual(['paused', '/v1/admin/drops/{dropId}/pause']);
  });

  it('that came too late shows what is true now', async () => {
    await live();
    const problem = { code: 'invalid-transition', title: '', detail: '' };
    reply = (path) =>
      path.endsWith('/pause')
        ? { kind: 'problem', status: 409, problem, retryAfterSeconds: null }
        : ok(dropWith({ state: 'closed', revision: 2 }));
    await store.act('pause');
    await settle();
    expect([store.state.value, STEPS[store.state.value]]).toEqual(['closed', []]);
  });
});
