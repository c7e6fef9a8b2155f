import { type RateAnswer, SafeRateSearch } from './safe-rate';

/** A product that keeps its promises up to a rate. */
function searchOf(product: (perSecond: number) => RateAnswer, firstPerSecond = 100): SafeRateSearch {
  const search = new SafeRateSearch(firstPerSecond);
  for (let rate = search.next(); rate !== null; rate = search.next()) search.answer(product(rate));
  return search;
}
const upTo =
  (limit: number) =>
  (rate: number): RateAnswer =>
    rate <= limit ? { kind: 'held' } : { kind: 'broke', promise: 'hold-p99' };

describe('the search for the safe rate', () => {
  it.each([60, 137, 420, 900, 1_500])(
    'finds %d a second from a quarter of it, to within a step of the grid',
    (limit) => {
      const search = searchOf(upTo(limit), limit / 4);
      const found = search.perMinute! / 60 / 0.8;
      expect(found).toBeLessThanOrEqual(limit);
      expect(found).toBeGreaterThan(limit / 1.15);
    },
  );

  it('takes seven steps at most, whatever the answers are', () => {
    for (const first of [0, 1, 50, 10_000])
      for (const limit of [0, 5, 77, 1e6])
        expect(searchOf(upTo(limit), first).steps.length).toBeLessThanOrEqual(7);
  });

  it('tries no rate twice', () => {
    const tried = searchOf(upTo(137)).steps.map(({ perSecond }) => perSecond);
    expect(new Set(tried).size).toBe(tried.length);
  });

  it('goes up in doublings first, then bisects', () => {
    const tried = searchOf(upTo(420)).steps.map(({ perSecond }) => perSecond);
    expect(tried[1]! / tried[0]!).toBeCloseTo(2, 0);
    expect(tried.at(-1)).toBeLessThan(Math.max(...tried));
  });

  it('goes down when the first rate is too much', () => {
    const search = searchOf(upTo(12), 400);
    expect(search.steps[0]!.perSecond).toBeGreaterThan(12);
    expect(search.perMinute).toBeLessThanOrEqual(12 * 60);
  });

  it('recommends nothing when no rate held', () => {
    expect(searchOf(() => ({ kind: 'broke', promise: 'no-oversell' })).perMinute).toBeNull();
  });

  it('says when the generator was what could not do more', () => {
    const slow = searchOf((rate) => (rate > 300 ? { kind: 'generator' } : { kind: 'held' }));
    expect(slow.isLimitedByGenerator).toBe(true);
    expect(searchOf(upTo(300)).isLimitedByGenerator).toBe(false);
  });

  it('repeats a step that the generator has spoilt, and counts the second answer', () => {
    let isSpoilt = true;
    const search = searchOf((rate) => {
      if (rate <= 100 || !isSpoilt) return upTo(420)(rate);
      isSpoilt = false;
      return { kind: 'generator' };
    });
    expect(search.perMinute).toBe(searchOf(upTo(420)).perMinute);
    expect(search.isLimitedByGenerator).toBe(false);
  });

  it('ends for a generator that spoils every step', () => {
    const { steps, perMinute } = searchOf(() => ({ kind: 'generator' }));
    expect(steps.length).toBeLessThanOrEqual(9);
    expect(perMinute).toBeNull();
  });

  it('ends within 15 % for products that differ by 5 %', () => {
    const [one, other] = [searchOf(upTo(400)).perMinute!, searchOf(upTo(420)).perMinute!];
    expect(Math.max(one, other) / Math.min(one, other)).toBeLessThan(1.15);
  });
});
