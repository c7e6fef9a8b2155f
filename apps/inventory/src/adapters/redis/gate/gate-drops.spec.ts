import { TestClock } from '@holdfast/testing';
import { GateDrops } from './gate-drops';

const DROPS_MAX = 2_000;
const SETTLED_MS = 60_000;

describe('the drops that a process keeps', () => {
  let clock: TestClock;
  let drops: GateDrops;
  beforeEach(() => {
    clock = new TestClock(1_000_000);
    drops = new GateDrops(clock);
  });
  /** Somebody asks for drops that nobody has made, and is sent to the ledger unseen. */
  const invent = (from: number, to: number, everyMs: number) => {
    for (let n = from; n < to; n += 1) {
      drops.use(`d${n}`).unsynced.addUnseen(`h${n}`, 'cus_1');
      clock.ms += everyMs;
    }
  };

  it('are bounded, although each has a customer that Redis does not know', () => {
    invent(0, 30_000, 10);
    expect(drops.size).toBeLessThanOrEqual(SETTLED_MS / 10 + 1);
    invent(30_000, 40_000, 40);
    expect(drops.size).toBeLessThanOrEqual(DROPS_MAX);
  });

  it('cost the same whether few or many of them have to be kept', () => {
    const costOf = (n: number, from: number) => {
      const began = performance.now();
      invent(from, from + n, 0);
      return performance.now() - began;
    };
    costOf(DROPS_MAX, 0);
    costOf(38_000, DROPS_MAX);
    // A walk over all that are kept would make it 200 million steps.
    expect(costOf(5_000, 40_000)).toBeLessThan(1_000);
  });

  it('stay while something is in progress or in doubt, and while a customer may be in the ledger whom the next seeding would miss', () => {
    const seeding = drops.use('dseeding1');
    seeding.seeding = true;
    drops.use('ddoubted1').doubtedUntil = clock.ms + 2 * SETTLED_MS;
    drops.use('dunsync01').unsynced.addGranted(['cus_1']);
    for (let n = 0; n < 2 * DROPS_MAX; n += 1) drops.use(`d${n}`);
    const kept = () => ['dseeding1', 'ddoubted1', 'dunsync01'].filter((id) => drops.find(id) !== undefined);
    expect(kept()).toEqual(['dseeding1', 'ddoubted1', 'dunsync01']);
    expect(drops.size).toBe(DROPS_MAX);
    clock.ms += SETTLED_MS + 1;
    drops.use('dnew00001');
    expect(kept()).toEqual(['dseeding1', 'ddoubted1']);
  });
});
