import type { Drop } from '../shared/types';
import { DropStore } from './drop-store';
import { isLow, stockWords } from './shown';

// The page's clock, which never stops, is created after this, with timers that end with the test.
jest.mock('@preact/signals', () => {
  jest.useFakeTimers();
  return jest.requireActual<object>('@preact/signals-core');
});

it.each([
  [{ available: 0, held: 2, sold: 1, version: 1 }, 'Sold out · 2 on hold', false],
  [{ available: 3, held: 0, sold: 0, version: 1 }, 'Only 3 left', true],
  [{ band: 'plenty' as const, version: 1 }, 'Plenty left', false],
  [{ band: 'few' as const, version: 1 }, 'Few left', false],
  [{ band: 'last' as const, version: 1 }, 'Last ones', true],
  [{ band: 'none' as const, version: 1 }, 'Sold out', false],
  [{ soldOut: false, version: 1 }, 'Available', false],
  [{ soldOut: true, version: 1 }, 'Sold out', false],
])('%j is "%s" to a shopper', (shown, words, low) => {
  expect([stockWords(shown), isLow(shown)]).toEqual([words, low]);
});

const since = { version: 2, asOf: '', stale: false };
const dropWith = (stockDisplay: string, item: object): Drop =>
  ({ id: 'd1', state: 'open', stockDisplay, items: [{ sku: 'A', name: 'A', ...item }] }) as unknown as Drop;
const take = (store: DropStore, drop: Drop) => (store as unknown as { take(drop: Drop): void }).take(drop);

it('a page forgets numbers that the merchant hides, though nothing was sold since', () => {
  const store = new DropStore('d1');
  take(store, dropWith('exact', { stock: { available: 5, held: 1, sold: 0, total: 6, ...since } }));
  expect([store.tellsNumbers, store.left.value, store.held.value]).toEqual([true, 5, 1]);
  take(store, dropWith('bands', { stock: { band: 'few', ...since } }));
  expect([store.tellsNumbers, store.left.value, store.held.value, store.words]).toEqual([
    false,
    0,
    0,
    'Few left',
  ]);
  take(store, dropWith('hidden', { stock: { ...since, version: 3 }, soldOut: true }));
  expect([store.words, store.gone]).toEqual(['Sold out', true]);
});
