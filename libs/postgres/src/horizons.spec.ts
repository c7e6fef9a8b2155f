import { Horizons } from './horizons';

/** A list that is read up to a horizon; `begun` counts the looks for one. */
function aList(rows: number[] = []) {
  const list = {
    begun: [] as number[],
    now: 1,
    find: async () => {
      list.begun.push(performance.now());
      await new Promise((resolve) => setImmediate(resolve));
      return String(list.now);
    },
    read: (horizon: string) =>
      Promise.resolve({ horizon, isLast: !rows.some((row) => row < Number(horizon)) }),
  };
  return list;
}

describe('Horizons', () => {
  it('finds one for all who ask meanwhile, and the next one after a pause', async () => {
    const horizons = new Horizons(100);
    const list = aList();
    const ask = () => horizons.read('d', list.find, list.read);
    await Promise.all(Array.from({ length: 20 }, ask));
    expect(list.begun).toHaveLength(1);
    await Promise.all(Array.from({ length: 20 }, ask));
    expect(list.begun).toHaveLength(2);
    // A timer may fire a millisecond early.
    expect(list.begun[1]! - list.begun[0]!).toBeGreaterThanOrEqual(98);
  });

  it('gives nobody one that was begun before the call', async () => {
    const horizons = new Horizons(1);
    const list = aList();
    const first = horizons.read('d', list.find, list.read);
    await new Promise((resolve) => setImmediate(resolve));
    expect(list.begun).toHaveLength(1);
    list.now = 2;
    expect((await horizons.read('d', list.find, list.read)).horizon).toBe('2');
    await first;
  });

  it('finds none for who reads what is older than the last', async () => {
    const horizons = new Horizons(1);
    const list = aList([0]);
    for (let n = 0; n < 5; n += 1) await horizons.read('d', list.find, list.read);
    expect(list.begun).toHaveLength(1);
  });

  it('goes on after a failure, and keeps lists apart', async () => {
    const horizons = new Horizons(1);
    const list = aList();
    await expect(
      horizons.read('d', () => Promise.reject(new Error('no database')), list.read),
    ).rejects.toThrow('no database');
    expect((await horizons.read('d', list.find, list.read)).horizon).toBe('1');
    expect((await horizons.read('e', list.find, list.read)).horizon).toBe('1');
    expect(list.begun).toHaveLength(2);
  });
});
