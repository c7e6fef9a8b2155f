import { InProcessFeed, type LiveMessage, type StockRow } from '@holdfast/contracts';
import { SystemClock } from '@holdfast/kernel';
import { MemoryStockView } from './stock-view';

const ROWS_MAX = 10;

const rowAt = (dropId: string, sku: string, version: number): StockRow => ({
  dropId,
  sku,
  epoch: 0,
  version,
  total: 5,
  available: 5,
  held: 0,
  sold: 0,
  asOf: '2026-11-30T12:00:00.000Z',
});
const rowsOf = (dropId: string, version = 1, skus = 3) =>
  Array.from({ length: skus }, (_, n) => rowAt(dropId, `S${n}`, version));

function viewOf(load: (dropId: string) => Promise<StockRow[]>) {
  const feed = new InProcessFeed();
  return new MemoryStockView({ load, feed, clock: new SystemClock(), rowsMax: ROWS_MAX });
}

describe('the stock view in memory', () => {
  it('keeps a bounded number of rows, and reads the others back from the ledger when somebody asks', async () => {
    const asked: string[] = [];
    const view = viewOf(async (dropId) => {
      asked.push(dropId);
      return rowsOf(dropId);
    });
    const drops = Array.from({ length: 50 }, (_, n) => `d${n}`);
    for (const dropId of drops) await view.apply(rowsOf(dropId));
    expect(view.rows).toBeLessThanOrEqual(ROWS_MAX);
    expect(asked).toEqual([]);
    for (const dropId of drops) {
      expect(await view.ofDrop(dropId)).toEqual(rowsOf(dropId));
      expect(view.rows).toBeLessThanOrEqual(ROWS_MAX);
    }
    expect(await view.ofDrop('unknown')).toEqual([]);
    expect(asked).not.toContain('unknown');
  });

  it('keeps the drops that are used, and a drop larger than its bound', async () => {
    const view = viewOf(() => Promise.reject(new Error('asked')));
    await view.apply(rowsOf('busy'));
    for (let n = 0; n < 20; n += 1) {
      await view.apply(rowsOf(`d${n}`));
      expect(await view.ofDrop('busy')).toHaveLength(3);
    }
    await view.apply(rowsOf('large', 1, 2 * ROWS_MAX));
    expect(await view.ofDrop('large')).toHaveLength(2 * ROWS_MAX);
  });

  it('never goes back, whichever comes first: the ledger’s answer or the stream', async () => {
    let answer = (_: StockRow[]) => {};
    const view = viewOf(() => new Promise((resolve) => (answer = resolve)));
    await view.apply(rowsOf('old', 5));
    for (let n = 0; n < 5; n += 1) await view.apply(rowsOf(`d${n}`));
    // Told to live readers although it is not kept.
    expect(await view.apply([rowAt('old', 'S0', 6)])).toHaveLength(1);
    const reading = [view.ofDrop('old'), view.ofDrop('old')];
    await view.apply([rowAt('old', 'S0', 8)]);
    answer(rowsOf('old', 7));
    for (const rows of await Promise.all(reading))
      expect(rows.map(({ version }) => version)).toEqual([8, 7, 7]);
  });

  it('says so when the ledger cannot be read, and asks again', async () => {
    let away = true;
    const view = viewOf(async (dropId) => {
      if (away) throw new Error('away');
      return rowsOf(dropId);
    });
    for (let n = 0; n < 5; n += 1) await view.apply(rowsOf(`d${n}`));
    await expect(view.ofDrop('d0')).rejects.toThrow('away');
    away = false;
    expect(await view.ofDrop('d0')).toHaveLength(3);
    expect(view.rows).toBeLessThanOrEqual(ROWS_MAX);
  });

  it('remembers since when it is stale, and tells live readers of each change', async () => {
    const feed = new InProcessFeed();
    const told: LiveMessage[] = [];
    feed.subscribe((message) => told.push(message));
    const view = new MemoryStockView({ load: async () => [], feed, clock: new SystemClock() });
    await view.setFreshness({ staleSince: '2026-11-22T04:00:00.000Z' });
    expect(await view.freshness()).toEqual({ staleSince: '2026-11-22T04:00:00.000Z' });
    await view.setFreshness({ staleSince: null });
    expect(await view.freshness()).toEqual({ staleSince: null });
    expect(told).toEqual([{ kind: 'stale', since: '2026-11-22T04:00:00.000Z' }, { kind: 'fresh' }]);
  });

  it('lets in who saw counts before it started only once it has caught up', async () => {
    const view = viewOf(async () => []);
    const before = Date.now() - 60_000;
    expect(await view.catchUp('demo', before)).toBe(false);
    expect(await view.catchUp('demo', Date.now() + 1)).toBe(true);
    await view.setFreshness({ staleSince: null });
    await view.setFreshness({ staleSince: '2026-11-22T04:00:00.000Z' });
    expect(await view.catchUp('demo', before)).toBe(true);
  });
});
