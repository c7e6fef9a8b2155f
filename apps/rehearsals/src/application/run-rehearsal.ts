import { bottleneck, judgeRehearsal, type RehearsalFacts, rehearsalChecks } from '@holdfast/audit';
import type { RehearsalEvidence, RehearsalFigures, RehearsalRun, RehearsalRuns } from '@holdfast/contracts';
import type { Clock } from '@holdfast/kernel';
import { type LoadResult, UNITS_ASKED_MAX } from '@holdfast/load';
import { faultsOf, secondsOf, stepsBesides } from './evidence';
import { planFaults } from './fault-plan';
import { judgedFigures, loadFigures, RunningFigures } from './figures';
import type { Heartbeat } from './heartbeat';
import { type MainLoad, runMainLoad } from './main-load';
import { CannotRehearse, type Outcome } from './outcome';
import type { Faults } from './ports/faults.port';
import type { LoadGenerator } from './ports/load-generator.port';
import type { PartWatch } from './ports/part-watch.port';
import type { GhostFacts, Product, RunningProduct } from './ports/product.port';
import { type SafeRate, searchSafeRate } from './search-safe-rate';
import { TIMINGS } from './timings';

export interface RunParts {
  runs: RehearsalRuns;
  generator: LoadGenerator;
  product: Product;
  faults: Faults;
  watch: PartWatch;
  clock: Clock;
  /** The runner's own name. */
  runner: string;
}

/** Progress at the end of each phase. */
const DONE = { prepared: 0.05, load: 0.5, judged: 0.6, searched: 0.98 } as const;
const WATCHERS = { share: 50, min: 2, max: 100 } as const;
const NO_SEARCH: SafeRate = { perMinute: null, rates: [], isLimitedByGenerator: false };

/** From the load to the verdict. Rejects when it cannot be run; the ghosts are the caller's to remove. */
export class RunRehearsal {
  constructor(private readonly parts: RunParts) {}

  async run(run: RehearsalRun, beat: Heartbeat): Promise<Outcome> {
    const { product: ledger, watch } = this.parts;
    const product = await this.prepare(run, beat);
    const facts = await ledger.facts(run.rehearsal.ghostId);
    const url = run.rehearsal.settings.target ?? product.address;
    const main = await this.load(run, url, beat);
    beat.figures = loadFigures(main.load);
    beat.say(DONE.load, 'Comparing with the ledger');
    const judged = await this.facts(run, facts, main, beat.signal);
    const verdict = judgeRehearsal(judged);
    const figures = judgedFigures(main.load, judged, verdict);
    const machine = watch.machine();
    figures.bottleneck = bottleneck(
      main.samples.map(({ load }) => load),
      machine,
    );
    beat.figures = figures;
    beat.say(DONE.judged, verdict.detail);
    const isWorthIt = verdict.state === 'done' && figures.oversold === 0 && figures.money.ok;
    const rate = isWorthIt ? await this.search(run, url, facts, beat) : NO_SEARCH;
    return {
      state: verdict.state,
      verdict: verdict.verdict,
      detail: `${verdict.detail}${rate.isLimitedByGenerator ? ' The safe rate is what the generator could send: the product may bear more.' : ''}`,
      figures: { ...figures, safeAdmissionPerMinute: rate.perMinute } satisfies RehearsalFigures,
      evidence: {
        seconds: secondsOf(main.load, main.samples, machine.cpus),
        checks: rehearsalChecks(judged).map(({ says, kept, detail }) => ({ says, ok: kept, detail })),
        faults: faultsOf(main.load, main.faults),
        rates: rate.rates,
        drop: dropOf(run, facts),
        machine: { ...machine, mode: product.mode, generator: generatorOf(main.load) },
      },
    };
  }

  /** Refuses what cannot be rehearsed here before anything is sent. */
  private async prepare(run: RehearsalRun, beat: Heartbeat): Promise<RunningProduct> {
    const { product, faults, generator } = this.parts;
    beat.say(0, 'Looking for the product');
    const found = await product.find(beat.signal);
    const refusal = faults.refusal(run.rehearsal.settings.faults);
    if (refusal !== null) throw new CannotRehearse(refusal);
    beat.say(0.01, 'Preparing the load generator');
    await generator.prepare(beat.signal, (line) => beat.say(0.01, line));
    beat.say(DONE.prepared, 'Sending shoppers');
    return found;
  }

  private load(run: RehearsalRun, url: string, beat: Heartbeat): Promise<MainLoad> {
    const { settings, ghostId, profile } = run.rehearsal;
    const { shoppers, duration, seed } = settings;
    const running = new RunningFigures();
    const wanted = {
      scenario: run.arrivals ? ('replay' as const) : profile,
      ...(run.arrivals ? { arrivals: run.arrivals } : {}),
      url,
      ghostId,
      units: unitsOf(run),
      shoppers,
      seconds: duration,
      watchers: watchersOf(shoppers),
      seed,
      pass: this.parts.product.passOf(ghostId),
    };
    return runMainLoad(this.parts, wanted, {
      planned: planFaults(settings.faults, duration),
      signal: beat.signal,
      onSecond: (second) => {
        beat.figures = running.add(second);
        const share = Math.min(1, (second.second + 1) / duration);
        beat.say(DONE.prepared + share * (DONE.load - DONE.prepared), 'Sending shoppers');
      },
    });
  }

  private async facts(
    run: RehearsalRun,
    { perCustomerLimit, showsCounts }: GhostFacts,
    { load, faults: injected }: MainLoad,
    signal: AbortSignal,
  ): Promise<RehearsalFacts> {
    const { product } = this.parts;
    const { ghostId, settings } = run.rehearsal;
    const settled = AbortSignal.any([signal, AbortSignal.timeout(TIMINGS.settleMs)]);
    const books = await product.settle(ghostId, settled);
    signal.throwIfAborted();
    const faults = faultsOf(load, injected);
    return {
      load: { ...load, steps: stepsBesides(load, faults) },
      watchers: watchersOf(settings.shoppers),
      items: run.items,
      unitsAskedMax: Math.min(perCustomerLimit, UNITS_ASKED_MAX),
      showsCounts,
      books,
      promises: await product.promises(ghostId, load.log),
      verify: await product.verify(ghostId),
      recoveries: faults.map((fault) => ({
        target: fault.target,
        forMs: (fault.toSecond - fault.fromSecond) * 1_000,
        afterMs: fault.recoveredAfterMs,
      })),
    };
  }

  private search(run: RehearsalRun, url: string, facts: GhostFacts, beat: Heartbeat): Promise<SafeRate> {
    const { endsBy, settings } = run.rehearsal;
    const leftMs = Date.parse(endsBy) - this.parts.clock.now() - TIMINGS.endMs;
    // A small rehearsal is over soon.
    const budgetMs = Math.min(TIMINGS.searchMs, settings.duration * 3_500, leftMs);
    const beganMs = performance.now();
    return searchSafeRate(this.parts, {
      ...{ run, url, facts, runner: this.parts.runner, signal: beat.signal },
      untilMs: beganMs + budgetMs,
      onStep: (step, perSecond) => {
        const share = Math.min(1, (performance.now() - beganMs) / budgetMs);
        const progress = DONE.judged + share * (DONE.searched - DONE.judged);
        beat.say(progress, `Searching the safe rate: step ${step}, ${perSecond} new shoppers a second`);
      },
    });
  }
}

const watchersOf = (shoppers: number) =>
  Math.min(WATCHERS.max, Math.max(WATCHERS.min, Math.ceil(shoppers / WATCHERS.share)));

function dropOf(run: RehearsalRun, facts: GhostFacts): RehearsalEvidence['drop'] {
  const { name, perCustomerLimit, holdTtlSeconds, skus } = facts;
  return { name, perCustomerLimit, holdTtlSeconds, skus, units: unitsOf(run) };
}

const unitsOf = ({ items }: RehearsalRun) => items.reduce((sum, { units }) => sum + units, 0);

function generatorOf({ generator: { cpu, dropped } }: LoadResult): string {
  return `k6, ${cpu.toFixed(2)} processors, ${dropped} shoppers not sent`;
}
