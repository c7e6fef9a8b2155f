interface Spike {
  startRate: number;
  stages: { target: number; duration: string }[];
}
// Not by import statements: what k6 runs is type-checked as k6 sees it (k6/tsconfig.json), not as Node does.
const { spikeOf } = jest.requireActual<{ spikeOf(shoppers: number, seconds: number): Spike }>(
  '../../../../k6/lib/spike-shape',
);
const { planOf } = jest.requireActual<{
  planOf(seed: number, index: number): { intent: string; looksFor: number };
}>('../../../../k6/lib/plan');

/** Shoppers that come by the stages of a ramping arrival rate. */
function comingBy(spike: Spike): number {
  let rate = spike.startRate;
  return spike.stages.reduce((sum, { target, duration }) => {
    const minutes = Number(duration.replace('ms', '')) / 60_000;
    const come = (minutes * (rate + target)) / 2;
    rate = target;
    return sum + come;
  }, 0);
}

describe('a spike', () => {
  it.each([
    [10, 5],
    [300, 12],
    [4_000, 30],
    [100_000, 300],
  ])('brings %d shoppers in %d seconds', (shoppers, seconds) => {
    expect(comingBy(spikeOf(shoppers, seconds)) / shoppers).toBeCloseTo(1, 1);
  });

  it('sends the same shoppers for the same seed, whoever is served first', () => {
    const plain = (seed: number, index: number) => ({ ...planOf(seed, index), random: 0 });
    expect(plain(7, 3)).toEqual(plain(7, 3));
    const intents = new Set(Array.from({ length: 200 }, (_, index) => planOf(7, index).intent));
    expect(intents.size).toBe(6);
    const others = Array.from({ length: 200 }, (_, index) => planOf(8, index).looksFor);
    expect(others).not.toEqual(Array.from({ length: 200 }, (_, index) => planOf(7, index).looksFor));
  });
});
