import { type Logger, Metrics } from '@holdfast/observability';
import { TestBudgets } from '../../../../../test/support/test-budgets';
import type { Allowance } from '../../domain/gcra';
import { heapGrowth, TestClock } from '@holdfast/testing';
import { LeasedLimits } from './leased-limits';
import { SharingState } from './sharing-state';

const QUOTA = { name: 'address', quota: 100, windowSeconds: 60 };

let clock: TestClock;
let budgets: TestBudgets;
let lines: string[];
beforeEach(() => {
  clock = new TestClock(1_000_000);
  budgets = new TestBudgets(clock);
  lines = [];
});

function gateway(): LeasedLimits {
  const note = (_fields: object, line: string) => void lines.push(line);
  const logger = { info: note, warn: note } as unknown as Logger;
  return new LeasedLimits(budgets, clock, new SharingState(clock, logger, new Metrics()));
}

async function burst(
  n: number,
  gateways: readonly LeasedLimits[],
  caller = 'a',
  quota = QUOTA,
): Promise<Allowance[]> {
  const answers: Allowance[] = [];
  for (let i = 0; i < n; i += 1) answers.push(await gateways[i % gateways.length]!.take(caller, quota));
  return answers;
}

const allowed = (answers: readonly Allowance[]) => answers.filter((answer) => answer.allowed).length;

describe('limits that gateways share', () => {
  it('let the quota through, wherever the requests come in, and one slice more for each further gateway at most', async () => {
    const gateways = [gateway(), gateway(), gateway()];
    const through = allowed(await burst(300, gateways));
    expect(through).toBeGreaterThanOrEqual(90);
    expect(through).toBeLessThanOrEqual(120);
  });

  it('let a caller who stays below the quota through for an hour', async () => {
    const gateways = [gateway(), gateway()];
    for (let second = 0; second < 3_600; second += 1) {
      clock.ms += 1_000;
      const { allowed: through } = await gateways[second % 2]!.take('a', QUOTA);
      expect(through).toBe(true);
    }
  });

  it('hold the rate for a caller who never stops', async () => {
    const gateways = [gateway(), gateway()];
    let through = 0;
    for (let tenth = 0; tenth < 6_000; tenth += 1) {
      clock.ms += 100;
      if ((await gateways[tenth % 2]!.take('a', QUOTA)).allowed) through += 1;
    }
    expect(through).toBeGreaterThanOrEqual(950);
    expect(through).toBeLessThanOrEqual(1_000 + 120);
  });

  it('cost no question for a caller of a few requests, and few for one of many', async () => {
    const one = gateway();
    for (let i = 0; i < 1_000; i += 1) await burst(9, [one], `shopper ${i}`);
    expect(budgets.asked).toEqual([]);
    await burst(60, [one], 'carrier');
    expect(budgets.asked.length).toBeLessThanOrEqual(8);
  });

  it('answer a crowd that comes at once with one question in flight, and let just the quota through', async () => {
    const one = gateway();
    const answers = await Promise.all(Array.from({ length: 1_000 }, async () => one.take('a', QUOTA)));
    expect(allowed(answers)).toBe(100);
    expect(budgets.asked.length).toBeLessThanOrEqual(5);
  });

  it('say when to come back, and keep to it', async () => {
    const gateways = [gateway(), gateway()];
    const last = (await burst(300, gateways)).at(-1)!;
    expect(last).toMatchObject({ allowed: false, remaining: 0 });
    expect(last.nextInMs).toBeLessThanOrEqual(600);
    const asked = budgets.asked.length;
    await burst(50, gateways);
    expect(budgets.asked.length).toBe(asked); // nobody asks again before that
    clock.ms += last.nextInMs;
    expect(allowed(await burst(2, gateways))).toBe(1);
  });

  it('tell no more than is left to all', async () => {
    const [a, b] = [gateway(), gateway()];
    await burst(80, [a]);
    const { remaining } = (await burst(11, [b])).at(-1)!;
    expect(remaining).toBeLessThanOrEqual(20);
  });
});

describe('limits that cannot be shared', () => {
  it('are each gateway’s own, and said so once', async () => {
    budgets.away = true;
    const gateways = [gateway(), gateway()];
    expect(allowed(await burst(600, gateways))).toBe(200);
    expect(lines.filter((line) => line.includes('each gateway enforces them on its own'))).toHaveLength(2); // one for each gateway
  });

  it('are shared again, and what was let through meanwhile is charged', async () => {
    budgets.away = true;
    const [a, b] = [gateway(), gateway()];
    await burst(80, [a]);
    budgets.away = false;
    clock.ms += 3_000; // five more by then
    expect(allowed(await burst(20, [a]))).toBeLessThanOrEqual(25);
    expect(allowed(await burst(100, [b]))).toBeLessThanOrEqual(15);
    expect(lines.filter((line) => line.includes('gateways share the public rate limits again'))).toHaveLength(
      1,
    );
  });

  it('charge nobody twice whose answers are lost, so that they are not refused too early afterwards', async () => {
    const one = gateway();
    budgets.silent = true;
    // Fifty requests in five seconds, half of the quota, while no answer arrives in time.
    for (let i = 0; i < 50; i += 1) {
      clock.ms += 100;
      expect((await one.take('a', QUOTA)).allowed).toBe(true);
    }
    budgets.silent = false;
    clock.ms += 1_000;
    // Eight have come back by then, and one slice was lost with the first answer.
    expect(allowed(await burst(60, [one]))).toBeGreaterThanOrEqual(45);
  });

  it('take no more bytes than stated under a flood of callers', () => {
    const one = gateway();
    const grown = heapGrowth(() => {
      for (let i = 0; i < 250_000; i += 1) void one.take(`2001:db8:${i.toString(16)}:1`, QUOTA);
      return one;
    });
    expect(one.bytes).toBeLessThanOrEqual(32 * 1024 * 1024);
    expect(grown).toBeLessThanOrEqual(32 * 1024 * 1024);
  });
});
