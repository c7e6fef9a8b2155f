import type { Answer } from '../../shared/answer';
import type { Told } from '../../shared/live-events';
import { LaunchStore } from './launch-store';
import { STEPS } from './drop-steps';
import type { AdminDrop } from './types';

// Tests without a browser. The page's clock, which never stops, is created after this, with timers that end with the test.
jest.mock('@preact/signals', () => {
  jest.useFakeTimers();
  return jest.requireActual<object>('@preact/signals-core');
});

function dropWith(changes: Partial<AdminDrop>, available = 5, version = 1): AdminDrop {
  const stock = { available, held: 2, sold: 3, total: available + 5, version, asOf: '', stale: false };
  return {
    id: 'd1',
    state: 'open',
    stockDisplay: 'exact',
    opensAt: null,
    closesAt: null,
    items: [{ sku: 'CUP', stock }],
    ...changes,
  } as AdminDrop;
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
let readers: { open: boolean; told: (told: Told) => void }[];
let page: Page;
let store: LaunchStore;

const ok = (body: unknown): Answer<unknown> => ({ kind: 'ok', status: 200, body, replayed: false });
const settle = () => jest.advanceTimersByTimeAsync(0);

beforeEach(() => {
  drop = dropWith({});
  asked = [];
  readers = [];
  page = new Page();
  reply = () => ok(drop);
  const call = <T>(path: string) => {
    asked.push(path);
    return Promise.resolve(reply(path) as Answer<T>);
  };
  const makeReader = (_: string, told: (told: Told) => void) => {
    const entry = { open: false, told };
    readers.push(entry);
    return { open: () => void (entry.open = true), close: () => void (entry.open = false) };
  };
  store = new LaunchStore('d1', { call }, makeReader, page as unknown as Document);
});
afterEach(() => store.stop());

describe('the counts of the launch screen', () => {
  it('of an open drop come by the stream, and older ones are not taken', async () => {
    store.start();
    await settle();
    expect(readers).toMatchObject([{ open: true }]);
    const tellStock = (available: number, version: number) =>
      readers[0]!.told({
        kind: 'event',
        event: 'stock',
        data: { items: [{ sku: 'CUP', available, held: 4, sold: 3, version }] },
      });
    tellStock(3, 7);
    tellStock(5, 6);
    expect(store.totals.value).toEqual({ available: 3, held: 4, sold: 3, total: 10 });
  });

  it.each([
    ['paused', dropWith({ state: 'paused' })],
    ['scheduled', dropWith({ state: 'scheduled', opensAt: '2099-01-01T00:00:00Z' })],
    ['open, but shown to shoppers in words', dropWith({ stockDisplay: 'bands' })],
  ])('of a drop that is %s are asked for every two seconds', async (_, it) => {
    drop = it;
    store.start();
    await settle();
    await jest.advanceTimersByTimeAsync(6_000);
    expect(asked).toHaveLength(4);
    expect(readers).toEqual([]);
  });

  it('stand still while the page is hidden', async () => {
    store.start();
    await settle();
    page.hide(true);
    const before = asked.length;
    await jest.advanceTimersByTimeAsync(60_000);
    expect([asked.length, readers[0]!.open]).toEqual([before, false]);
    page.hide(false);
    await settle();
    expect([asked.length, readers.at(-1)!.open]).toEqual([before + 1, true]);
  });
});

describe('stale counts are named', () => {
  it('when the stream is lost or says that it is behind', async () => {
    store.start();
    await settle();
    expect(store.staleness.value).toBeNull();
    readers[0]!.told({ kind: 'event', event: 'stale', data: {} });
    expect(store.staleness.value).toBe('behind');
    readers[0]!.told({ kind: 'event', event: 'fresh', data: {} });
    readers[0]!.told({ kind: 'line', state: 'lost' });
    expect(store.staleness.value).toBe('no-answer');
  });

  it('when there is no answer, and what was known stays', async () => {
    drop = dropWith({ state: 'paused' });
    store.start();
    await settle();
    reply = () => ({ kind: 'unreachable' });
    await jest.advanceTimersByTimeAsync(2_000);
    expect([store.staleness.value, store.totals.value.available]).toEqual(['no-answer', 5]);
  });
});

describe('a step', () => {
  it('shows at once what the drop is afterwards, and ends the stream of a paused one', async () => {
    store.start();
    await settle();
    reply = (path) => ok(path.endsWith('/pause') ? dropWith({ state: 'paused' }) : drop);
    await store.act('pause');
    expect([store.state.value, readers[0]!.open]).toEqual(['paused', false]);
  });

  it('that came too late shows what is true now', async () => {
    store.start();
    await settle();
    const problem = { code: 'invalid-transition', title: '', detail: '' };
    reply = (path) =>
      path.endsWith('/pause')
        ? { kind: 'problem', status: 409, problem, retryAfterSeconds: null }
        : ok(dropWith({ state: 'closed' }));
    await store.act('pause');
    await settle();
    expect([store.state.value, STEPS[store.state.value]]).toEqual(['closed', []]);
  });
});
