import { median, seededRandom } from '@holdfast/kernel';
import { differenceOf, type ForecastError, forecastArrivals, type PastArrivals } from './forecast-arrivals';
import { bySecond } from './past-drops';

/** A crowd at the opening that thins out, and a few who come later; each drop has its own size, speed and chance. */
function syntheticDrop(seed: number, { mean = 2_000, spread = 0.2 } = {}): PastArrivals {
  const random = seededRandom(seed);
  const between = (from: number, to: number) => from + random() * (to - from);
  const total = Math.round(mean * between(1 - spread, 1 + spread));
  const slow = between(16, 24);
  const perSecond = new Array<number>(300).fill(0);
  for (let n = 0; n < total; n += 1) {
    const at = random() < 0.8 ? -Math.log(1 - random()) * slow : random() * 240;
    perSecond[Math.min(299, Math.floor(at))]! += 1;
  }
  return { dropId: `d${seed}`, perSecond };
}

describe('arrivals by the second', () => {
  it('spreads what is known by the minute over the part of it in which the drop was open', () => {
    const perSecond = bySecond(
      [
        { second: 60, arrivals: 20 },
        { second: 120, arrivals: 120 },
      ],
      60,
      100,
    );
    expect(perSecond).toHaveLength(80);
    expect(new Set(perSecond.slice(0, 20))).toEqual(new Set([1]));
    expect(new Set(perSecond.slice(20))).toEqual(new Set([2]));
    expect(bySecond([{ second: 103, arrivals: 7 }], 1, 100)).toEqual([0, 0, 0, 7]);
  });
});

const drops = (count: number, from = 1) => Array.from({ length: count }, (_, at) => syntheticDrop(from + at));
const flat = (perSecond: number[]) => ({ dropId: 'd', perSecond });

describe('the forecast of arrivals', () => {
  it('is refused with fewer than three past drops that had arrivals', () => {
    expect(forecastArrivals([])).toBeNull();
    expect(forecastArrivals([...drops(2), flat([0, 0]), flat([])])).toBeNull();
    expect(forecastArrivals(drops(3))).toMatchObject({ expected: {}, error: null });
  });

  it('is the same as the past where all past drops were alike', () => {
    const alike = [3, 1, 0, 0, 8, 4].map((it) => it * 100);
    const { expected, error } = forecastArrivals(Array.from({ length: 5 }, () => flat(alike)))!;
    expect(expected.total).toBe(1_600);
    expected.perSecond.forEach((arrivals, second) =>
      expect(Math.abs(arrivals - alike[second]!)).toBeLessThan(10),
    );
    expect(error).toMatchObject({ heldBack: 5, total: 0 });
    expect(error!.perSecond).toBeLessThan(0.01);
  });

  it('has as many arrivals in all seconds together as in total', () => {
    for (const count of [3, 4, 7]) {
      const { expected } = forecastArrivals(drops(count))!;
      const together = expected.perSecond.reduce((a, b) => a + b, 0);
      expect(Math.abs(together - expected.total) / expected.total).toBeLessThan(0.01);
      expect(expected.totalMin).toBeLessThanOrEqual(expected.total);
      expect(expected.totalMax).toBeGreaterThanOrEqual(expected.total);
    }
  });

  it('states how far it is off: the next drops of twelve merchants differ by as much', () => {
    const stated: ForecastError[] = [];
    const real: Omit<ForecastError, 'heldBack'>[] = [];
    for (let merchant = 1; merchant <= 12; merchant += 1) {
      const { expected, error } = forecastArrivals(drops(8, merchant * 100))!;
      stated.push(error!);
      for (let next = 50; next < 54; next += 1)
        real.push(differenceOf(expected, syntheticDrop(merchant * 100 + next)));
    }
    for (const name of ['perSecond', 'total', 'peak'] as const) {
      const said = median(stated.map((it) => it[name]));
      const typical = median(real.map((it) => it[name]));
      // The drops differ by up to a fifth in size and in speed: nothing can forecast them to less than some per cent.
      expect(typical).toBeGreaterThan(0.03);
      expect(typical).toBeLessThan(0.2);
      expect(Math.abs(said - typical)).toBeLessThan(0.05);
    }
    expect(stated.every(({ heldBack }) => heldBack === 8)).toBe(true);
  });

  it('does not believe one odd drop', () => {
    const usual = forecastArrivals(drops(6))!.expected;
    const odd = flat(syntheticDrop(99, { mean: 40_000 }).perSecond.toReversed());
    const { expected } = forecastArrivals([...drops(6), odd])!;
    expect(Math.abs(expected.total - usual.total) / usual.total).toBeLessThan(0.1);
    expect(differenceOf(expected, usual).perSecond).toBeLessThan(0.15);
  });

  it('states a larger error where the past drops differ more', () => {
    const wild = Array.from({ length: 8 }, (_, at) => syntheticDrop(at + 1, { spread: 0.8 }));
    expect(forecastArrivals(wild)!.error!.total).toBeGreaterThan(forecastArrivals(drops(8))!.error!.total);
  });
});
