import type { LiveListener, Told } from './live-events';
import { LiveStream } from './live-stream';

const readers: { tell: (told: Told) => void; open: boolean }[] = [];

jest.mock('./stream-reader', () => ({
  StreamReader: class {
    private readonly entry: (typeof readers)[number];
    constructor(_dropId: string, tell: (told: Told) => void) {
      this.entry = { tell, open: false };
      readers.push(this.entry);
    }
    open(): void {
      this.entry.open = true;
    }
    close(): void {
      this.entry.open = false;
    }
  },
}));

class Channel {
  static readonly posted: unknown[] = [];
  onmessage: ((event: { data: unknown }) => void) | null = null;
  postMessage(data: unknown): void {
    Channel.posted.push(data);
  }
  close(): void {}
}

/** Another tab has the lock until `release` is called. */
function fakeBrowser(): { release: () => void } {
  let release = () => {};
  const locks = {
    request: (_name: string, options: { ifAvailable?: boolean }, got: (lock: object | null) => unknown) => {
      if (options.ifAvailable) return Promise.resolve(got(null));
      return new Promise((resolve) => (release = () => resolve(got({}))));
    },
  };
  const listen = () => {};
  Object.assign(globalThis, { window: globalThis, BroadcastChannel: Channel, addEventListener: listen });
  Object.assign(globalThis, { document: { hidden: false, addEventListener: listen } });
  Object.defineProperty(globalThis, 'navigator', { value: { locks }, configurable: true });
  return { release: () => release() };
}

const listener = {
  line: () => {},
  catchUp: () => {},
  stock: () => {},
} as unknown as LiveListener;

it('a tab that read for itself broadcasts once it gets the lock', () => {
  jest.useFakeTimers();
  const browser = fakeBrowser();
  new LiveStream('d1', listener).start();
  jest.advanceTimersByTime(45_000); // the tab that has the lock does not respond
  expect(readers.filter(({ open }) => open)).toHaveLength(1);

  browser.release();
  expect(readers.filter(({ open }) => open)).toHaveLength(1);
  Channel.posted.length = 0;
  const stock: Told = { kind: 'event', event: 'stock', data: { items: [] } };
  readers.at(-1)!.tell(stock);
  expect(Channel.posted).toEqual([stock]);
});
