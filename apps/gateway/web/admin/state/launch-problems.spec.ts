import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type LaunchSigns, problemsOf, spokenOf } from './launch-problems';
import type { LaunchTick } from './launch-stream';
import type { DropStats } from './types';

const RUNBOOKS = join(__dirname, '../../../../../docs/runbooks');

const quiet: LaunchTick['rates'] = { arrivals: 100, holds: 20, refusals: {}, paid: 5, failed: 0 };
const tick = (changes: Partial<LaunchTick>, rates: Partial<LaunchTick['rates']> = {}): LaunchTick => ({
  asOf: '',
  items: [],
  readers: 0,
  p99Ms: 20,
  sourceLagMs: 5,
  stale: false,
  ...changes,
  rates: { ...quiet, ...rates },
});

const CASES: [sign: string, signs: Partial<LaunchSigns>, title: string | undefined][] = [
  ['nothing', { tick: tick({}) }, undefined],
  ['a sold-out drop', { tick: tick({}, { refusals: { 'sold-out': 80 } }) }, undefined],
  ['a few bots', { tick: tick({}, { refusals: { 'quota-exceeded': 5 } }) }, undefined],
  ['no answer', { staleness: 'no-answer' }, 'This page gets no answer'],
  ['stale counts', { staleness: 'behind' }, 'The numbers are a few seconds behind'],
  [
    'refusals of a part that is down',
    { tick: tick({}, { refusals: { 'temporarily-unavailable': 1 } }) },
    'Shoppers are asked to try again',
  ],
  [
    'a flood',
    { tick: tick({}, { refusals: { 'quota-exceeded': 6 } }) },
    'Many requests exceed the rate limits',
  ],
  ['slow answers', { tick: tick({ p99Ms: 1_600 }) }, 'Answers are slow'],
  ['payments that fail', { tick: tick({}, { paid: 1, failed: 1 }) }, 'Payments fail'],
  [
    'payments that wait',
    { tick: tick({}), stats: { orders: { pending: 30, paid: 40 } } as unknown as DropStats },
    'Payments wait for the provider',
  ],
];

describe('what is wrong with a launch', () => {
  it.each(CASES)('by %s', (_, signs, title) => {
    const found = problemsOf({ staleness: null, tick: null, stats: null, ...signs });
    expect(found.map((it) => it.title)).toEqual(title ? [title] : []);
    for (const { runbook } of found) expect(existsSync(join(RUNBOOKS, `${runbook}.md`))).toBe(true);
  });

  it('is said aloud once, though its numbers change with each tick', () => {
    const said = (p99Ms: number) =>
      spokenOf(problemsOf({ staleness: null, tick: tick({ p99Ms }), stats: null }));
    expect([1_000, 1_600, 9_000].map(said)).toEqual(['', 'Answers are slow.', 'Answers are slow.']);
  });
});
