import type { Band } from '@holdfast/contracts';
import { type LiveCounts, StockCoalescer } from './stock-coalescer';

const counts = (sku: string, available: number, version: number): LiveCounts => ({
  sku,
  display: 'exact',
  available,
  held: 0,
  sold: 0,
  total: available,
  version,
  asOf: new Date(version).toISOString(),
});

const band = (sku: string, word: Band, version: number): LiveCounts => ({
  sku,
  display: 'bands',
  band: word,
  version,
  asOf: new Date(version).toISOString(),
});

function primed(available = 5) {
  const coalescer = new StockCoalescer(100);
  coalescer.prime([counts('A', available, 1), counts('B', available, 1)]);
  return coalescer;
}

describe('what goes out when', () => {
  it('sends a first change without waiting', () => {
    const coalescer = primed();
    expect(coalescer.offer([counts('A', 4, 2)], 0)).toEqual([]);
    expect(coalescer.flush(0)).toEqual([counts('A', 4, 2)]);
  });

  it('sends only the newest of the changes within one gap', () => {
    const coalescer = primed();
    coalescer.offer([counts('A', 4, 2)], 0);
    coalescer.flush(0);
    coalescer.offer([counts('A', 3, 3)], 10);
    coalescer.offer([counts('A', 2, 4), counts('B', 1, 2)], 20);
    expect(coalescer.flush(99)).toBeNull();
    expect(coalescer.dueAtMs()).toBe(100);
    expect(coalescer.flush(100)).toEqual([counts('A', 2, 4), counts('B', 1, 2)]);
    expect(coalescer.dueAtMs()).toBeNull();
  });

  it('sends a change to zero at once, with what waits', () => {
    const coalescer = primed();
    coalescer.offer([counts('A', 4, 2)], 0);
    coalescer.flush(0);
    coalescer.offer([counts('B', 4, 2)], 10);
    expect(coalescer.offer([counts('A', 0, 3)], 11)).toEqual([[counts('B', 4, 2), counts('A', 0, 3)]]);
  });

  it('sends a change from zero at once', () => {
    const coalescer = primed(0);
    expect(coalescer.offer([counts('A', 1, 2)], 0)).toEqual([[counts('A', 1, 2)]]);
  });

  it('never merges a sell-out with the units that come back after it', () => {
    const coalescer = primed();
    expect(coalescer.offer([counts('A', 0, 2), counts('A', 3, 3), counts('A', 0, 4)], 0)).toEqual([
      [counts('A', 0, 2)],
      [counts('A', 3, 3)],
      [counts('A', 0, 4)],
    ]);
  });

  it('tells a change that arrived before the crossing no later than the crossing', () => {
    const coalescer = primed();
    coalescer.offer([counts('A', 1, 2), counts('A', 0, 3)], 0);
    expect(coalescer.flush(1_000)).toBeNull();
  });

  it('drops what is older than what it knows, and what it knows already', () => {
    const coalescer = primed();
    coalescer.offer([counts('A', 3, 5)], 0);
    coalescer.flush(0);
    expect(coalescer.offer([counts('A', 0, 4), counts('A', 3, 5)], 500)).toEqual([]);
    expect(coalescer.dueAtMs()).toBeNull();
  });

  it('sends counts of a SKU it has not heard of as an ordinary change', () => {
    const coalescer = new StockCoalescer(100);
    expect(coalescer.offer([counts('C', 0, 1)], 0)).toEqual([]);
    expect(coalescer.flush(0)).toEqual([counts('C', 0, 1)]);
  });

  it('sends nothing that looks the same to shoppers, and knows that it is newer', () => {
    const coalescer = new StockCoalescer(100);
    coalescer.prime([band('A', 'plenty', 1)]);
    expect(coalescer.offer([band('A', 'plenty', 2)], 0)).toEqual([]);
    expect(coalescer.dueAtMs()).toBeNull();
    expect(coalescer.get('A')!.version).toBe(2);
    coalescer.offer([band('A', 'few', 3)], 0);
    expect(coalescer.flush(0)).toEqual([band('A', 'few', 3)]);
    expect(coalescer.offer([band('A', 'none', 4)], 0)).toEqual([[band('A', 'none', 4)]]);
  });

  it('forgets numbers once they must not be seen, those that wait too', () => {
    const coalescer = primed(1);
    coalescer.offer([counts('A', 2, 2)], 0);
    coalescer.redisplay([], 'hidden');
    expect(coalescer.dueAtMs()).toBeNull();
    expect(coalescer.get('A')).toMatchObject({ display: 'hidden', soldOut: false, version: 2 });
    expect(coalescer.get('A')).not.toHaveProperty('available');
  });

  it('takes the numbers of a row that came before the drop that shows them', () => {
    const coalescer = new StockCoalescer(100);
    coalescer.prime([band('A', 'plenty', 1)]);
    coalescer.offer([band('A', 'plenty', 2)], 0); // of a row with numbers, while the drop still hid them
    coalescer.redisplay([counts('A', 5, 2)], 'exact');
    expect(coalescer.get('A')).toMatchObject({ available: 5, version: 2 });
  });
});
