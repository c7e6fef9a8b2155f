import { arrivalsOf, completed } from './arrivals';
import type { LoadPlan, Scenario } from './load-plan';
import { Schedule } from './schedule';

const plan = (scenario: Scenario, change: Partial<LoadPlan> = {}) => ({
  ...{ scenario, shoppers: 5_000, seconds: 30 },
  ...change,
});
const sum = (values: readonly number[]) => values.reduce((all, each) => all + each, 0);

describe('arrivals', () => {
  it.each<[Scenario, number, number]>([
    ['spike', 5_000, 30],
    ['spike', 1, 5],
    ['bots', 301, 12],
    ['ramp', 7, 300],
    ['queue', 100_000, 300],
    ['soak', 10, 1_800],
  ])('%s brings exactly %d shoppers in %d seconds', (scenario, shoppers, seconds) => {
    const arrivals = arrivalsOf(plan(scenario, { shoppers, seconds }));
    expect(arrivals).toHaveLength(seconds);
    expect(sum(arrivals)).toBe(shoppers);
    expect(Math.min(...arrivals)).toBeGreaterThanOrEqual(0);
  });

  it('a spike comes mostly in its first third, a ramp rises, a queue is there at the opening', () => {
    const spike = arrivalsOf(plan('spike'));
    expect(sum(spike.slice(0, 10)) / 5_000).toBeGreaterThan(0.6);
    expect(Math.max(...spike) / (5_000 / 30)).toBeCloseTo(2.3, 1);
    const ramp = arrivalsOf(plan('ramp'));
    expect(ramp).toEqual([...ramp].sort((a, b) => a - b));
    expect(sum(arrivalsOf(plan('queue')).slice(0, 3))).toBe(5_000);
  });

  it('a rate is kept second by second, also a broken one', () => {
    const rate = plan('rate', { perSecond: 2.5, seconds: 4 });
    expect(completed(rate).shoppers).toBe(10);
    expect(arrivalsOf(rate)).toEqual([3, 2, 3, 2]);
  });

  it('a replay brings what is given, and rounding adds nothing up', () => {
    const replay = plan('replay', { arrivals: [0, 1.5, 1.5, 0, 40, 0.4, 0.4, 0.2] });
    expect(completed(replay)).toMatchObject({ shoppers: 44, seconds: 8 });
    expect(arrivalsOf(replay)).toEqual([0, 2, 1, 0, 40, 0, 1, 0]);
  });
});

describe('a schedule', () => {
  const schedule = new Schedule([25, 0, 3, 10], 10);
  const all = (chance: (index: number) => number) =>
    Array.from({ length: 9 }, (_, number) => schedule.group(number, chance));

  it('sends each shopper once, in groups within their second', () => {
    expect(schedule.groups).toEqual([3, 0, 1, 1]);
    expect(all(() => 0).map((group) => group.length)).toEqual([10, 10, 5, 3, 10, 0, 0, 0, 0]);
    expect(
      all(() => 0)
        .flat()
        .map(({ index }) => index),
    ).toEqual(Array.from({ length: 38 }, (_, i) => i));
  });

  it('keeps their order and their second, whatever chance says', () => {
    for (const chance of [0, 0.5, 0.999]) {
      const due = all((index) => (index % 2 ? chance : 1 - chance - 0.001))
        .flat()
        .map(({ dueMs }) => dueMs);
      expect(due).toEqual([...due].sort((a, b) => a - b));
      expect(due.filter((ms) => ms < 1_000)).toHaveLength(25);
      expect(due.filter((ms) => ms >= 2_000 && ms < 3_000)).toHaveLength(3);
      expect(due.filter((ms) => ms >= 3_000 && ms < 4_000)).toHaveLength(10);
    }
  });
});
