import exec from 'k6/execution';
import type { Options, PerVUIterationsScenario, RampingArrivalRateScenario, Stage } from 'k6/options';
import { arrivalsOf } from '../../libs/load/src/model/arrivals.ts';
import { Schedule } from '../../libs/load/src/model/schedule.ts';
import { type Promised, promises, thresholdsOf } from '../thresholds.js';
import { seededRandomOf } from '../../libs/kernel/src/random.ts';
import { Bot } from './bot.ts';
import { Reloader } from './reloader.ts';
import { readSettings, type Settings } from './settings.ts';
import { personOf, Shopper } from './shopper.ts';
import { type Summary, summarise, type SummaryData, summaryText } from './summary.ts';
import { beginTally, fault, note, REFUSALS } from './tally.ts';
import { TRAITS, type Traits } from './traits.ts';
import { Watcher } from './watcher.ts';

/** Shoppers of one virtual user. Each has connections of their own. */
const GROUP = 10;
/** A group is handed to its virtual user up to a second before its first shopper is due. */
const AHEAD_MS = 1_250;
/** Seconds that a group keeps a virtual user, that wait included; and where the product is slow. */
const STAY_S = 5;
const STAY_S_MAX = 25;
const SPARE = 5;
/** About 1 MB each: README.md has the measurement. */
const VUS_MAX = 600;
/** Shoppers who found no virtual user in time are sent in these seconds. */
const CATCH_UP_S = 2;
const SETUP_TIMEOUT = '30s';
const TAIL_S = 30;
/** Of the watchers, every fourth reloads the page all the time. */
const RELOADS_EVERY = 4;

export interface RunData {
  /** When the first shopper is due, in ms since 1970. */
  beganAtMs: number;
}

/** What k6 needs of a scenario. Reads the plan from the environment. */
export function loadTest(traits: Partial<Traits> = {}) {
  const settings = readSettings(__ENV, { ...TRAITS, ...traits });
  const promised = promises(settings);
  return {
    options: optionsOf(settings, promised),
    setup,
    shop: shopOf(settings),
    watch: (data: RunData) => watch(settings, data),
    handleSummary: (data: SummaryData) => reportOf(settings, summarise(settings, promised, data)),
  };
}

/** Shoppers come at the rate of the plan, whether the product has time for them or not. */
function optionsOf(settings: Settings, promised: Promised[]): Options {
  const shown = Object.fromEntries(REFUSALS.map((code) => [`shop_refusals{code:${code}}`, ['count>=0']]));
  const watchers: PerVUIterationsScenario = {
    executor: 'per-vu-iterations',
    vus: settings.watchers,
    iterations: 1,
    maxDuration: `${settings.seconds + TAIL_S}s`,
    exec: 'watch',
  };
  return {
    scenarios: {
      shoppers: arriving(new Schedule(arrivalsOf(settings), GROUP).groups),
      ...(settings.watchers > 0 && { watchers }),
    },
    batchPerHost: GROUP,
    thresholds: { ...thresholdsOf(promised), ...shown },
    summaryTrendStats: ['med', 'p(95)', 'p(99)', 'max'],
    setupTimeout: SETUP_TIMEOUT,
  };
}

/** Groups by second as a rate that is constant in each second. */
function arriving(groups: readonly number[]): RampingArrivalRateScenario {
  const peak = Math.max(1, ...groups);
  const stages: Stage[] = [];
  const add = (target: number, seconds: number) =>
    stages.push({ target, duration: '0s' }, { target, duration: `${seconds}s` });
  groups.forEach((target) => add(target, 1));
  add(peak, CATCH_UP_S);
  const all = groups.reduce((sum, count) => sum + count, 0);
  const together = (seconds: number) => Math.min(VUS_MAX, all, Math.ceil(peak * seconds)) + SPARE;
  return {
    executor: 'ramping-arrival-rate',
    timeUnit: '1s',
    startRate: groups[0] ?? 0,
    stages,
    preAllocatedVUs: together(STAY_S),
    maxVUs: together(STAY_S_MAX),
    gracefulStop: `${TAIL_S}s`,
    exec: 'shop',
  };
}

function setup(): RunData {
  beginTally();
  const beganAtMs = Date.now() + AHEAD_MS;
  note({ did: 'began', dueMs: beganAtMs });
  return { beganAtMs };
}

/** Serves the next group of shoppers with each call. */
function shopOf(settings: Settings) {
  const schedule = new Schedule(arrivalsOf(settings), GROUP);
  const chance = (index: number) => personOf(settings, index).plan.chance;
  const isBot = (index: number) => seededRandomOf(settings.seed ^ 0xb07, index)() < settings.traits.botShare;
  return async ({ beganAtMs }: RunData): Promise<void> => {
    const group = schedule.group(exec.scenario.iterationInTest, chance).map(async ({ index, dueMs }) => {
      const due = { index, dueMs: beganAtMs + dueMs };
      const visitor = isBot(index) ? new Bot(settings, due) : new Shopper(settings, due);
      // An answer without what the contract puts in it.
      await visitor.shop().catch((error: unknown) => fault('oddAnswers', String(error)));
    });
    await Promise.all(group);
  };
}

async function watch(settings: Settings, { beganAtMs }: RunData): Promise<void> {
  const index = exec.scenario.iterationInTest;
  const endMs = beganAtMs + settings.seconds * 1_000;
  const watcher = new Watcher(settings, index);
  const reloads = index % RELOADS_EVERY === RELOADS_EVERY - 1;
  if (reloads) await new Reloader(settings, watcher).reload(beganAtMs, endMs);
  else await watcher.watch(beganAtMs, endMs);
}

function reportOf({ out }: Settings, summary: Summary): Record<string, string> {
  return {
    [`${out}/summary.json`]: `${JSON.stringify(summary, null, 2)}\n`,
    [`${out}/summary.txt`]: summaryText(summary),
  };
}
