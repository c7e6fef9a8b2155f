import { TestClock } from '@holdfast/testing';
import type { StockRow } from '@holdfast/contracts';
import { KeepSharedView } from './keep-shared-view';
import type { DropUpkeep } from '../ports/drop-upkeep.port';
import type { SharedStockView } from '../ports/shared-stock-view.port';

const NOW = Date.parse('2026-11-22T12:00:00Z');

function make() {
  const state = {
    whole: true,
    lagMs: 100 as number | null,
    away: false,
    wipedMeanwhile: false,
    loaded: [] as string[],
    healed: [] as string[],
    confirmed: [] as [number, string][],
    troubles: [] as (string | null)[],
  };
  const view = {
    isWhole: async () => {
      if (state.away) throw new Error('away');
      return state.whole;
    },
    reload: async (work: () => Promise<void>) => {
      await work();
      state.whole = !state.wipedMeanwhile;
      return state.whole;
    },
    load: async (dropId: string) => {
      state.loaded.push(dropId);
      return [];
    },
    confirm: async (lastsMs: number, asOf: string) => void state.confirmed.push([lastsMs, asOf]),
  } as unknown as SharedStockView;
  const drops = Array.from({ length: 450 }, (_, i) => `d${String(i).padStart(3, '0')}`);
  const upkeep = {
    activeDrops: async (after: string, limit: number) => drops.filter((id) => id > after).slice(0, limit),
    stockOf: async (dropId: string) => [{ dropId } as StockRow],
  } as unknown as DropUpkeep;
  const keeper = new KeepSharedView({
    view,
    upkeep,
    lagMs: () => state.lagMs,
    heal: async (rows) => void state.healed.push(...rows.map((row) => row.dropId)),
    clock: new TestClock(NOW),
    onTrouble: (reason) => state.troubles.push(reason),
  });
  return { keeper, state, drops };
}

describe('keeping a shared view', () => {
  it('confirms a moment, so that the promise ends at the same time however late it was made', async () => {
    const { keeper, state } = make();
    for (const lagMs of [0, 100, 2_200]) {
      state.lagMs = lagMs;
      await keeper.check();
    }
    const ends = state.confirmed.map(([lastsMs, asOf]) => [NOW + lastsMs - Date.parse(asOf), asOf]);
    expect(new Set(ends.map(([age]) => age)).size).toBe(1);
    expect(ends[1]![1]).toBe('2026-11-22T11:59:59.900Z');
    expect(ends[0]![0]).toBeLessThan(3_000);
  });

  it.each([[null], [2_300], [60_000]])(
    'does not confirm with a stream that is %s ms behind',
    async (lagMs) => {
      const { keeper, state } = make();
      state.lagMs = lagMs;
      await keeper.check();
      expect(state.confirmed).toEqual([]);
    },
  );

  it('loads every drop, and gives it to the gate, before it confirms a view that lost something', async () => {
    const { keeper, state, drops } = make();
    Object.assign(state, { whole: false, wipedMeanwhile: true });
    await keeper.check();
    expect(state.confirmed).toEqual([]);
    expect([...state.loaded].sort()).toEqual(drops);
    expect([...state.healed].sort()).toEqual(drops);
    state.wipedMeanwhile = false;
    await keeper.check();
    expect(state.confirmed).toHaveLength(1);
    expect(keeper.reloads).toBe(2);
  });

  it('tells once of trouble and once of its end, and does not reject', async () => {
    const { keeper, state } = make();
    state.away = true;
    await keeper.check();
    await keeper.check();
    state.away = false;
    await keeper.check();
    await keeper.check();
    expect(state.troubles).toEqual(['Error: away', null]);
    expect(state.confirmed).toHaveLength(2);
  });
});
