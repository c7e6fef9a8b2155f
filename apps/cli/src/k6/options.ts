import { parseArgs } from 'node:util';
import { completed, LOAD_LIMITS, type LoadLimits, type Scenario } from '@holdfast/load';

/** A mistake on the command line: exit code 2. */
export class WrongUsage extends Error {}

const SEED_MAX = 2 ** 32 - 1;

/** Everything is bounded: in count, so that the machine holds; in time, because the pass of the operator lasts ten minutes. */
const RANGES = {
  shoppers: [1, 100_000],
  units: [1, 1_000_000],
  seconds: [5, 300],
  watchers: [0, 500],
  seed: [0, SEED_MAX],
  'hold-ttl': [3, 3_600],
  'hold-p95-ms': [1, 60_000],
  'hold-p99-ms': [1, 60_000],
  'dropped-percent-max': [0, 90],
  'late-p99-ms': [1, 60_000],
  'per-second': [1, 10_000],
} as const;
type NumberName = keyof typeof RANGES;

export type Mode = 'standalone' | 'cluster';

export interface RunOptions {
  json: boolean;
  scenario: Scenario;
  /** Start the product in this mode for the run. */
  start: Mode | null;
  url: string | null;
  drop: string | null;
  out: string | null;
  shoppers: number;
  units: number;
  seconds: number;
  watchers: number;
  seed: number;
  holdTtl: number;
  /** Of `rate`. */
  perSecond: number | null;
  /** Of `replay`. */
  arrivals: number[] | null;
  limits: LoadLimits;
}

export const HELP = `Sends k6 shoppers at one drop of the running product, then holds what they were told against the ledger.

  npm run k6 -- [options]

  --scenario <name>      which of k6/scenarios (spike); spike, ramp, queue, bots, soak, rate, replay
  --shoppers <n>         how many come (1000)
  --per-second <n>       with rate: new shoppers a second, instead of --shoppers
  --arrivals <n,n,…>     with replay: new shoppers in each second, instead of --shoppers and --seconds
  --units <n>            how many units there are for them (a tenth of the shoppers)
  --seconds <s>          how long the crowd lasts, 5 to 300 (20)
  --watchers <n>         how many only watch the live counts (a fiftieth of the shoppers, 100 at most)
  --seed <n>             repeats the choices of an earlier run; printed by each run
  --hold-ttl <s>         how long a hold lasts (half the seconds, at least 10)
  --hold-p95-ms <n>      the promise about the time of a hold (1500)
  --hold-p99-ms <n>      … (3000)
  --dropped-percent-max <n>  shoppers that may be missing because k6 could not send them (1)
  --late-p99-ms <n>      how late k6's own timers may be before the run says nothing about the product (250)
  --start <mode>         standalone or cluster: starts the product on the data folder for this run, and stops it afterwards
  --url <origin>         a product elsewhere; also HOLDFAST_URL. Needs --drop, unless it is the product of the data folder
  --drop <id>            an open drop instead of one made for the run; its shoppers must all be this run's
  --beyond-loopback      allows a --url that is not on this machine: only for what is yours
  --out <folder>         where the report goes (test-results/k6/<scenario>-<time>)
  --json                 one JSON document on standard output
  --help

The product is that of the data folder (HOLDFAST_DATA_DIR). Exit code: 0 every promise was kept, 1 one was not or the run could not
be made, 2 wrong usage.`;

/** Null: the help was asked for. Throws `WrongUsage`. */
export function readOptions(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  scenarios: readonly string[],
): RunOptions | null {
  const values = parse(args);
  if (values.help) return null;
  const scenario = (values.scenario ?? 'spike') as Scenario;
  if (!scenarios.includes(scenario))
    throw new WrongUsage(`--scenario: there is no ${scenario}; there are: ${scenarios.join(', ')}`);
  const start = readMode(values.start);
  const url = readUrl(values.url ?? (env['HOLDFAST_URL'] || undefined), values['beyond-loopback'] ?? false);
  if (start && url) throw new WrongUsage('--start and --url (or HOLDFAST_URL) exclude each other');
  const number = (name: NumberName, fallback: number) => readNumber(name, values[name], fallback);
  const perSecond = scenario === 'rate' ? number('per-second', 10) : null;
  const arrivals = scenario === 'replay' ? readArrivals(values.arrivals) : null;
  const { shoppers, seconds } = completed({
    ...{ scenario, shoppers: number('shoppers', 1_000), seconds: number('seconds', 20) },
    ...(perSecond !== null && { perSecond }),
    ...(arrivals !== null && { arrivals }),
  });
  return {
    json: values.json ?? false,
    scenario,
    start,
    url,
    drop: values.drop ?? null,
    out: values.out ?? null,
    shoppers,
    units: number('units', Math.max(1, Math.round(shoppers / 10))),
    seconds,
    perSecond,
    arrivals,
    watchers: number('watchers', Math.min(100, Math.ceil(shoppers / 50))),
    seed: number('seed', Math.floor(Math.random() * SEED_MAX)),
    holdTtl: number('hold-ttl', Math.max(10, Math.round(seconds / 2))),
    limits: {
      holdP95Ms: number('hold-p95-ms', LOAD_LIMITS.holdP95Ms),
      holdP99Ms: number('hold-p99-ms', LOAD_LIMITS.holdP99Ms),
      droppedPercentMax: number('dropped-percent-max', LOAD_LIMITS.droppedPercentMax),
      lateP99Ms: number('late-p99-ms', LOAD_LIMITS.lateP99Ms),
    },
  };
}

/** Given second by second, separated by commas. */
function readArrivals(text: string | undefined): number[] {
  const [, secondsMax] = RANGES.seconds;
  const arrivals = text?.split(',').map((part) => (/^\d{1,5}$/.test(part) ? Number(part) : Number.NaN)) ?? [];
  const sum = arrivals.reduce((all, each) => all + each, 0);
  if (arrivals.length <= secondsMax && sum >= 1 && sum <= RANGES.shoppers[1]) return arrivals;
  throw new WrongUsage(
    `--arrivals: 1 to ${secondsMax} whole numbers with commas in between, such as 5,40,20,8`,
  );
}

const TEXT = { type: 'string' } as const;
const FLAG = { type: 'boolean' } as const;
const OPTIONS = {
  ...(Object.fromEntries(Object.keys(RANGES).map((name) => [name, TEXT])) as Record<NumberName, typeof TEXT>),
  scenario: TEXT,
  start: TEXT,
  url: TEXT,
  drop: TEXT,
  out: TEXT,
  arrivals: TEXT,
  'beyond-loopback': FLAG,
  json: FLAG,
  help: FLAG,
};

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, strict: true, allowPositionals: false }).values;
  } catch (error) {
    throw new WrongUsage((error as Error).message, { cause: error });
  }
}

function readMode(text: string | undefined): Mode | null {
  if (text === undefined || text === 'standalone' || text === 'cluster') return text ?? null;
  throw new WrongUsage('--start: standalone or cluster');
}

function readNumber(name: NumberName, text: string | undefined, fallback: number): number {
  if (text === undefined) return fallback;
  const [min, max] = RANGES[name];
  const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= min && value <= max) return value;
  throw new WrongUsage(`--${name}: a whole number from ${min} to ${max}`);
}

/** `hostname` as `URL` has it. */
export function isLoopback(hostname: string): boolean {
  return /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
}

function readUrl(text: string | undefined, beyondLoopback: boolean): string | null {
  if (text === undefined) return null;
  const url = URL.canParse(text) ? new URL(text) : null;
  if (
    !url ||
    !/^https?:$/.test(url.protocol) ||
    url.pathname !== '/' ||
    url.search !== '' ||
    url.username !== ''
  )
    throw new WrongUsage('--url: an origin such as http://127.0.0.1:3000');
  if (!isLoopback(url.hostname) && !beyondLoopback)
    throw new WrongUsage(
      `--url: ${url.hostname} is another machine. A spike is an attack on whoever does not expect it; --beyond-loopback says that it is yours.`,
    );
  return url.origin;
}
