import { readClientLog } from '@holdfast/audit';
import {
  NO_FIGURES,
  type RehearsalRun,
  type RehearsalRuns,
  type RehearsalSettings,
} from '@holdfast/contracts';
import type { LoadResult, LoadSecond } from '@holdfast/load';
import { SystemClock } from '@holdfast/kernel';
import { waitFor } from '@holdfast/testing';
import type { Faults, InjectedFault } from './ports/faults.port';
import type { Load, LoadGenerator, LoadOptions } from './ports/load-generator.port';
import type { PartWatch } from './ports/part-watch.port';
import type { Product } from './ports/product.port';
import { RehearsalRunner } from './rehearsal-runner';

type Ended = Parameters<RehearsalRuns['endRehearsal']>[0];
type LoadRun = (load: Load, options: LoadOptions) => Promise<LoadResult>;

const NOTES = ['h1', 'h2'].flatMap((hold) => [
  { did: 'held', hold, sku: 'A', units: 1, expiresAt: '2026-11-22T12:00:00Z' },
  { did: 'paid', hold, order: `o-${hold}`, amountMinor: 500 },
]);
const second = (at: number, held = 1): LoadSecond => ({
  ...{ second: at, offered: 3, held, paid: 0, refused: 0, errors: 0 },
  ...{ holdP50Ms: 5, holdP99Ms: 9, payP99Ms: null, liveAgeMs: null },
});
const RESULT: LoadResult = {
  beganAtMs: Date.now(),
  counts: { shoppers: 3, holds_given: 2, orders_paid: 2 },
  refused: { 'sold-out': 1 },
  errors: 0,
  steps: { hold: { count: 3, p50Ms: 5, p95Ms: 9, p99Ms: 9 } },
  spans: { hold: [], pay: [] },
  seconds: [second(0), second(1)],
  soldOutAfterMs: 900,
  liveAgeP99Ms: 20,
  promises: [],
  log: readClientLog(NOTES.map((note) => `${JSON.stringify(note)}\n`).join('')),
  generator: { dropped: 0, cpu: 0.2, bottleneck: null } as LoadResult['generator'],
};
/** Shoppers that come until they are stopped. */
const forEver: LoadRun = (_, { signal }) =>
  new Promise((_done, fail) => signal.addEventListener('abort', () => fail(new Error('interrupted'))));

interface Change {
  settings?: Partial<RehearsalSettings>;
  load?: LoadRun;
  prepare?: LoadGenerator['prepare'];
  refusal?: string;
  inject?: Faults['inject'];
  beat?: RehearsalRuns['beatRehearsal'];
  end?: () => void;
  oversold?: number;
  endsInMs?: number;
}

/** One rehearsal that waits for its runner, and a product and a generator that behave as the test says. */
function lab(change: Change = {}) {
  const settings = {
    profile: 'spike',
    shoppers: 3,
    duration: 5,
    seed: 7,
    faults: [],
    like: null,
    target: null,
  };
  const run = {
    rehearsal: {
      ...{ id: 'reh_1', dropId: 'd1234567', ghostId: 'g12345678901', profile: 'spike' },
      endsBy: new Date(Date.now() + (change.endsInMs ?? 120_000)).toISOString(),
      settings: { ...settings, whileSelling: false, ...change.settings },
    },
    ...{ merchantId: 'mer_1', items: [{ sku: 'A', units: 2 }], arrivals: null },
  } as unknown as RehearsalRun;
  const waiting = [run];
  const ended: Ended[] = [];
  const loads: Load[] = [];
  const runs: RehearsalRuns = {
    claimRehearsal: () => Promise.resolve(waiting.shift() ?? null),
    anotherGhost: () => Promise.resolve({ ghostId: 'g22222222222' }),
    beatRehearsal: change.beat ?? (() => Promise.resolve({ stop: false })),
    endRehearsal: (command) => {
      change.end?.();
      ended.push(command);
      return Promise.resolve({ kind: 'ended' });
    },
  };
  const generator: LoadGenerator = {
    prepare: change.prepare ?? (() => Promise.resolve()),
    run: (load, options) => {
      loads.push(load);
      return (change.load ?? (() => Promise.resolve(RESULT)))(load, options);
    },
    clean: () => Promise.resolve(),
    close: () => undefined,
  };
  const product: Product = {
    find: () => Promise.resolve({ mode: 'standalone', address: 'http://127.0.0.1:1' }),
    facts: () =>
      Promise.resolve({ name: 'D', perCustomerLimit: 1, holdTtlSeconds: 60, skus: 1, showsCounts: true }),
    settle: () =>
      Promise.resolve({
        holds: 2,
        paid: 2,
        pending: 0,
        charges: 2,
        chargedOrders: 2,
        keptMinor: 1_000,
        owedMinor: 1_000,
      }),
    promises: () => Promise.resolve({ oversold: change.oversold ?? 0, lost: 0 }),
    verify: () => Promise.resolve({ ok: true, invariants: [] }),
    passOf: (ghostId) => `pass of ${ghostId}`,
  };
  const faults: Faults = {
    refusal: () => change.refusal ?? null,
    inject: change.inject ?? (() => Promise.reject(new Error('not planned'))),
  };
  const watch: PartWatch = {
    machine: () => ({ cpus: 2, cpuModel: 'x', memoryBytes: 1, platform: 'x', node: 'x', product: 'x' }),
    start: () => ({ stop: () => Promise.resolve([]) }),
  };
  const log = { info: () => undefined, warn: () => undefined };
  const clock = new SystemClock();
  const runner = new RehearsalRunner({
    clock,
    runs,
    generator,
    product,
    faults,
    watch,
    log,
    runner: 'runner-1',
  });
  const untilEnded = () => waitFor('the end of the rehearsal', () => ended[0], { deadlineMs: 10_000 });
  return { runner, loads, ended, untilEnded };
}

async function outcomeOf(change: Change = {}): Promise<Ended> {
  const { runner, untilEnded } = lab(change);
  runner.start();
  try {
    return await untilEnded();
  } finally {
    await runner.stop();
  }
}

describe('the runner of rehearsals', () => {
  it('ends with a verdict, figures and evidence', async () => {
    const { state, verdict, detail, figures, evidence } = await outcomeOf();
    expect({ state, verdict, detail }).toEqual({
      state: 'done',
      verdict: 'go',
      detail: 'Go: all 9 promises were kept.',
    });
    expect(figures).toMatchObject({
      held: 2,
      paid: 2,
      oversold: 0,
      money: { captured: 1_000, ordered: 1_000, ok: true },
    });
    expect(figures.promises.every((promise) => !('says' in promise))).toBe(true);
    expect(evidence?.checks.length).toBeGreaterThan(5);
  });

  it('names the promise that broke, and searches no rate for a product that oversells', async () => {
    const { runner, loads, untilEnded } = lab({ oversold: 3 });
    runner.start();
    expect(await untilEnded()).toMatchObject({
      verdict: 'no-go',
      detail: 'No-go: no-oversell, 3 units were granted twice.',
      figures: { oversold: 3, safeAdmissionPerMinute: null },
    });
    expect(loads).toHaveLength(1);
    await runner.stop();
  });

  it('sends shoppers with the pass of their ghost, also to those of the search', async () => {
    const { runner, loads, untilEnded } = lab();
    runner.start();
    await untilEnded();
    await runner.stop();
    expect(loads.length).toBeGreaterThan(1);
    for (const { ghostId, pass } of loads) expect(pass).toBe(`pass of ${ghostId}`);
    expect(loads[1]).toMatchObject({ scenario: 'rate', ghostId: 'g22222222222' });
  });

  it.each<[string, Change, RegExp]>([
    ['k6 is missing', { prepare: () => Promise.reject(new Error('install Go')) }, /install Go/],
    ['a fault is not possible here', { refusal: 'name postgres' }, /name postgres/],
    [
      'the generator fails',
      { load: () => Promise.reject(new Error('k6 ended with 107')) },
      /k6 ended with 107/,
    ],
  ])('fails and says why when %s', async (_, change, why) => {
    const { state, verdict, detail } = await outcomeOf(change);
    expect({ state, verdict }).toEqual({ state: 'failed', verdict: null });
    expect(detail).toMatch(why);
  });

  it('stops when the merchant asks for it', async () => {
    const beat = () => Promise.resolve({ stop: true });
    expect(await outcomeOf({ load: forEver, beat })).toMatchObject({ state: 'stopped', verdict: null });
  });

  it('says that its time was over, when nobody asked it to stop', async () => {
    const beat = () => Promise.resolve({ stop: true });
    const { state, detail } = await outcomeOf({ load: forEver, beat, endsInMs: -1 });
    expect({ state, detail }).toMatchObject({
      state: 'failed',
      detail: expect.stringMatching(/not over in time/) as string,
    });
  });

  it('keeps the verdict when the search for the safe rate cannot go on', async () => {
    const load: LoadRun = ({ scenario }) =>
      scenario === 'rate' ? Promise.reject(new Error('k6 ended with 107')) : Promise.resolve(RESULT);
    const { state, verdict, figures } = await outcomeOf({ load });
    expect({ state, verdict, rate: figures.safeAdmissionPerMinute }).toEqual({
      state: 'done',
      verdict: 'go',
      rate: null,
    });
  });

  it('is none when the shoppers had left before a fault', async () => {
    const { state, detail } = await outcomeOf({ settings: { faults: ['postgres'] } });
    expect(state).toBe('failed');
    expect(detail).toMatch(/before the fault of postgres/);
  });

  it('ends the rehearsal when the product stops', async () => {
    const { runner, loads, ended } = lab({ load: forEver });
    runner.start();
    await waitFor('the load', () => loads[0]);
    await runner.stop();
    expect(ended).toMatchObject([
      { state: 'stopped', detail: expect.stringMatching(/shutting down/) as string },
    ]);
  });

  it('writes the result again when the answer was lost', async () => {
    let tries = 0;
    const end = () => {
      tries += 1;
      if (tries < 3) throw new Error('unreachable');
    };
    expect(await outcomeOf({ end, oversold: 1 })).toMatchObject({ state: 'done' });
    expect(tries).toBe(3);
  });

  it('injects a fault in the middle of the rush, and ends it with the load', async () => {
    let isOver: () => boolean = () => false;
    const inject = (target: InjectedFault['target'], _: number, signal: AbortSignal) => {
      isOver = () => signal.aborted;
      const fault = {
        target,
        how: 'paused' as const,
        fromMs: RESULT.beganAtMs,
        toMs: RESULT.beganAtMs + 100,
      };
      return new Promise<InjectedFault>((done) => signal.addEventListener('abort', () => done(fault)));
    };
    const load: LoadRun = ({ scenario }, { onSecond }) => {
      if (scenario === 'rate') return Promise.reject(new Error('enough'));
      for (const at of [0, 1, 2]) onSecond?.(second(at));
      return Promise.resolve(RESULT);
    };
    const { runner, untilEnded } = lab({ inject, load, settings: { faults: ['postgres'] }, oversold: 1 });
    runner.start();
    const { evidence, figures } = await untilEnded();
    expect(isOver()).toBe(true);
    expect(evidence?.faults).toMatchObject([{ target: 'postgres', how: 'paused', recoveredAfterMs: 900 }]);
    expect(figures.promises.find(({ name }) => name === 'recovers-after-fault')).toMatchObject({ ok: true });
    await runner.stop();
  });

  it('shows counts while it runs', async () => {
    const seen: number[] = [];
    const load: LoadRun = async (_, options) => {
      options.onSecond?.(second(0, 5));
      return forEver(_, options);
    };
    const beat: RehearsalRuns['beatRehearsal'] = ({ figures }) => {
      seen.push(figures.held);
      return Promise.resolve({ stop: figures.held > 0 });
    };
    await outcomeOf({ load, beat });
    expect(seen.at(-1)).toBe(5);
    expect(NO_FIGURES.held).toBe(0);
  });
});
