import { REHEARSAL_PROMISES, type RehearsalPromiseName } from '@holdfast/contracts';
import { readClientLog } from '../load/client-log';
import { DEFAULT_PROMISE_LIMITS } from './promise-limits';
import type { MeasuredLoad, RehearsalFacts } from './rehearsal-facts';
import { judgeRehearsal } from './rehearsal-verdict';

const held = (hold: string) => ({ did: 'held', hold, sku: 'A', units: 1, expiresAt: '2026-11-22T12:00:00Z' });
const paid = (hold: string) => ({ did: 'paid', hold, order: `o-${hold}`, amountMinor: 500 });
const text = (...notes: object[]) => notes.map((note) => `${JSON.stringify(note)}\n`).join('');
const NOTES = [held('h1'), paid('h1'), held('h2'), paid('h2')];

interface Change {
  load?: Partial<MeasuredLoad>;
  counts?: Record<string, number>;
  books?: Partial<RehearsalFacts['books']>;
  promises?: Partial<RehearsalFacts['promises']>;
  /** Name of a broken invariant. */
  broken?: string;
  rest?: Partial<RehearsalFacts>;
}

/** Two units, two shoppers who paid, and one who came too late. */
function facts({ load, counts, books, promises, broken, rest }: Change = {}): RehearsalFacts {
  const names = ['no-oversell', 'money-equals-orders', 'held-equals-live-holds', 'view-equals-ledger'];
  return {
    load: {
      counts: { shoppers: 3, holds_given: 2, orders_paid: 2, ...counts },
      refused: { 'sold-out': 1 },
      errors: 0,
      steps: { hold: { count: 3, p99Ms: 80 }, pay: { count: 2, p99Ms: 120 } },
      liveAgeP99Ms: 150,
      log: readClientLog(text(...NOTES)),
      generator: { bottleneck: null },
      ...load,
    },
    watchers: 5,
    items: [{ sku: 'A', units: 2 }],
    unitsAskedMax: 1,
    showsCounts: true,
    books: {
      ...{ holds: 2, paid: 2, pending: 0, charges: 2, chargedOrders: 2, keptMinor: 1000, owedMinor: 1000 },
      ...books,
    },
    promises: { oversold: 0, lost: 0, ...promises },
    verify: {
      ok: broken === undefined,
      invariants: names.map((name) => ({ name, checked: 2, broken: name === broken ? 2 : 0, examples: [] })),
    },
    recoveries: [],
    ...rest,
  };
}
const brokenBy = (change: Change) =>
  judgeRehearsal(facts(change))
    .promises.filter(({ ok }) => !ok)
    .map(({ name }) => name);

describe('the verdict of a rehearsal', () => {
  it('is go when every promise was kept, and lists them in the order of the contract', () => {
    const { state, verdict, promises, detail } = judgeRehearsal(facts());
    expect({ state, verdict, detail }).toEqual({
      state: 'done',
      verdict: 'go',
      detail: 'Go: all 9 promises were kept.',
    });
    expect(promises.map(({ name }) => name)).toEqual(REHEARSAL_PROMISES);
  });

  it.each<[string, Change, RehearsalPromiseName]>([
    ['units granted twice', { promises: { oversold: 3 } }, 'no-oversell'],
    ['holds beyond the total', { broken: 'no-oversell' }, 'no-oversell'],
    [
      'a hold given to two',
      { counts: { holds_given: 3 }, load: { log: readClientLog(text(...NOTES, held('h2'))) } },
      'no-oversell',
    ],
    ['a double capture', { books: { charges: 3, keptMinor: 1500 } }, 'money-equals-orders'],
    ['a charge without an order', { broken: 'money-equals-orders' }, 'money-equals-orders'],
    ['a payment that the ledger does not know', { books: { paid: 1, charges: 1 } }, 'money-equals-orders'],
    ['a leak of holds', { broken: 'held-equals-live-holds' }, 'invariants'],
    ['a hold that the ledger does not know', { promises: { lost: 1 } }, 'invariants'],
    ['a hold that nobody was told of', { books: { holds: 4 } }, 'invariants'],
    ['a view that goes back', { counts: { versions_back: 1 } }, 'invariants'],
    ['a view unlike the ledger', { broken: 'view-equals-ledger' }, 'invariants'],
    ['a 500 now and then', { load: { errors: 2 } }, 'no-server-errors'],
    ['a slow statement', { load: { steps: { hold: { count: 3, p99Ms: 2_001 } } } }, 'hold-p99'],
    [
      'slow payments',
      { load: { steps: { hold: { count: 3, p99Ms: 1 }, pay: { count: 2, p99Ms: 9_000 } } } },
      'pay-p99',
    ],
    ['old live counts', { load: { liveAgeP99Ms: 3_500 } }, 'live-age-p99'],
    ['a stream that says nothing', { load: { liveAgeP99Ms: null } }, 'live-age-p99'],
    ['sold out with units left', { rest: { items: [{ sku: 'A', units: 9 }] } }, 'sold-out-or-demand-met'],
    [
      'an open drop that says it is closed',
      { load: { refused: { 'drop-closed': 1 } }, rest: { items: [{ sku: 'A', units: 9 }] } },
      'sold-out-or-demand-met',
    ],
    [
      'honest shoppers refused as too many',
      { load: { refused: { 'quota-exceeded': 1 } }, rest: { items: [{ sku: 'A', units: 9 }] } },
      'sold-out-or-demand-met',
    ],
    [
      'a slow recovery',
      { rest: { recoveries: [{ target: 'redis', forMs: 0, afterMs: 20_000 }] } },
      'recovers-after-fault',
    ],
    [
      'no recovery',
      { rest: { recoveries: [{ target: 'redis', forMs: 0, afterMs: null }] } },
      'recovers-after-fault',
    ],
  ])('is no-go for %s, and names the promise', (_, change, name) => {
    expect(brokenBy(change)).toEqual([name]);
    const { state, verdict, detail } = judgeRehearsal(facts(change));
    expect({ state, verdict }).toEqual({ state: 'done', verdict: 'no-go' });
    expect(detail).toMatch(new RegExp(`^No-go: ${name}, .+\\.$`));
  });

  it('says in one sentence what was found', () => {
    const detail = judgeRehearsal(facts({ promises: { oversold: 3 } })).detail;
    expect(detail).toBe('No-go: no-oversell, 3 units were granted twice.');
  });

  it('is none when the generator was too slow, not a no-go', () => {
    const bottleneck = 'k6 used 1.9 of 2 processors: send fewer.';
    const load = { generator: { bottleneck }, steps: { hold: { count: 3, p99Ms: 9_000 } } };
    expect(judgeRehearsal(facts({ load }))).toMatchObject({
      state: 'failed',
      verdict: null,
      detail: 'No verdict: k6 used 1.9 of 2 processors: send fewer.',
    });
  });

  it('still tells of an oversell that a slow generator has seen', () => {
    const load = { generator: { bottleneck: 'k6 was too slow' } };
    const { verdict, detail } = judgeRehearsal(facts({ load, promises: { oversold: 1 } }));
    expect(verdict).toBeNull();
    expect(detail).toContain('no-oversell, 1 unit was granted twice');
  });

  it.each<[string, Change]>([
    ['nobody came', { counts: { shoppers: 0 } }],
    ['nobody asked for a hold', { load: { steps: {} } }],
    ['notes were lost', { counts: { holds_given: 3 } }],
  ])('is none when the run says nothing: %s', (_, change) => {
    expect(judgeRehearsal(facts(change))).toMatchObject({ state: 'failed', verdict: null });
  });

  it('does not count unanswered requests against the product', () => {
    const log = readClientLog(text(...NOTES, { did: 'unknown', what: 'hold' }));
    expect(brokenBy({ load: { log }, books: { holds: 3 } })).toEqual([]);
  });

  it('allows live counts as old as a fault made them, and no older ones', () => {
    const recoveries = [{ target: 'postgres', forMs: 4_000, afterMs: 500 }];
    const old = (liveAgeP99Ms: number) => ({ load: { liveAgeP99Ms }, rest: { recoveries } });
    expect(brokenBy(old(7_400))).toEqual([]);
    expect(brokenBy(old(7_600))).toEqual(['live-age-p99']);
  });

  it('asks for no live count of a drop that shows none', () => {
    const load = { liveAgeP99Ms: null };
    expect(brokenBy({ load, rest: { showsCounts: false } })).toEqual([]);
  });

  it('expects that bots are refused as too many', () => {
    const load = { refused: { 'quota-exceeded': 9 } };
    expect(brokenBy({ load, counts: { bots: 4 }, rest: { items: [{ sku: 'A', units: 9 }] } })).toEqual([]);
  });

  it('takes the limits that are given', () => {
    const limits = { ...DEFAULT_PROMISE_LIMITS, 'hold-p99': 79 };
    expect(judgeRehearsal(facts(), limits).verdict).toBe('no-go');
  });
});
