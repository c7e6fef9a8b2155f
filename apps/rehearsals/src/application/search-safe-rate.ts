import { judgePromises, type RateAnswer, SafeRateSearch } from '@holdfast/audit';
import type { RehearsalEvidence, RehearsalRun, RehearsalRuns } from '@holdfast/contracts';
import { UNITS_ASKED_MAX } from '@holdfast/load';
import type { LoadGenerator } from './ports/load-generator.port';
import type { GhostFacts, Product } from './ports/product.port';
import { TIMINGS } from './timings';

const WATCHERS = 5;
/** A step that has not ended so long after its last arrival is a queue that grows: the rate is too much. */
const DRAIN_MS = 12_000;
/** Of what a step needs before it is begun: its ghost, its shoppers, its judgement. */
const STEP_MS = TIMINGS.stepSeconds * 1_000 + 4_000;

export interface SearchParts {
  runs: RehearsalRuns;
  generator: LoadGenerator;
  product: Product;
}

export interface SearchOptions {
  run: RehearsalRun;
  runner: string;
  url: string;
  facts: GhostFacts;
  /** Of the monotonic clock: no step begins later. */
  untilMs: number;
  signal: AbortSignal;
  onStep: (step: number, perSecond: number) => void;
}

export interface SafeRate {
  perMinute: number | null;
  rates: RehearsalEvidence['rates'];
  isLimitedByGenerator: boolean;
}

/** Sends new shoppers at one rate after the other, each to a ghost of its own with enough units for all of them. */
export async function searchSafeRate(parts: SearchParts, options: SearchOptions): Promise<SafeRate> {
  const { settings } = options.run.rehearsal;
  // Of the plan and not of what was measured, so that the same plan begins with the same rate.
  const search = new SafeRateSearch(settings.shoppers / settings.duration / 2);
  const rates: RehearsalEvidence['rates'] = [];
  for (let rate = search.next(); rate !== null; rate = search.next()) {
    if (performance.now() + STEP_MS > options.untilMs) break;
    options.signal.throwIfAborted();
    options.onStep(search.steps.length + 1, rate);
    const answer = await runStep(parts, options, rate).catch((error: unknown) => {
      if (options.signal.aborted) throw error;
      return null;
    });
    // The verdict stands all the same, and so does what was found until now.
    if (answer === null) {
      rates.push({ perMinute: rate * 60, ok: false, broke: 'the step could not be run' });
      break;
    }
    search.answer(answer);
    const broke = answer.kind === 'broke' ? answer.promise : null;
    rates.push({
      perMinute: rate * 60,
      ok: answer.kind === 'held',
      broke: answer.kind === 'generator' ? 'the load generator could not send so many' : broke,
    });
  }
  return { perMinute: search.perMinute, rates, isLimitedByGenerator: search.isLimitedByGenerator };
}

async function runStep(
  { runs, generator, product }: SearchParts,
  { run, runner, url, facts, signal }: SearchOptions,
  perSecond: number,
): Promise<RateAnswer> {
  const { id: rehearsalId, settings } = run.rehearsal;
  const seconds = TIMINGS.stepSeconds;
  const shoppers = Math.ceil(perSecond * seconds);
  const unitsAskedMax = Math.min(facts.perCustomerLimit, UNITS_ASKED_MAX);
  const units = shoppers * unitsAskedMax;
  const { ghostId } = await runs.anotherGhost({ rehearsalId, runner, units });
  const tooLong = AbortSignal.timeout(seconds * 1_000 + DRAIN_MS);
  const pass = product.passOf(ghostId);
  const wanted = { scenario: 'rate', url, ghostId, units, shoppers, seconds, perSecond } as const;
  const load = await generator
    .run(
      { ...wanted, watchers: WATCHERS, seed: settings.seed, pass },
      { signal: AbortSignal.any([signal, tooLong]) },
    )
    .catch((error: unknown) => {
      if (signal.aborted || !tooLong.aborted) throw error;
      return null;
    });
  if (load === null) return { kind: 'broke', promise: 'hold-p99' };
  if (load.generator.bottleneck !== null) return { kind: 'generator' };
  const promises = judgePromises({
    load,
    watchers: WATCHERS,
    items: run.items.slice(0, 1).map(({ sku }) => ({ sku, units })),
    unitsAskedMax,
    showsCounts: facts.showsCounts,
    books: null, // payments may still be under way
    promises: await product.promises(ghostId, load.log),
    verify: await product.verify(ghostId),
    recoveries: [],
  });
  const broken = promises.find(({ ok }) => !ok);
  return broken ? { kind: 'broke', promise: broken.name } : { kind: 'held' };
}
