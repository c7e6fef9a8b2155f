import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import type { ClientLog, RunCheck } from '@holdfast/audit';
import { completed, findK6, type LoadPlan, type LoadSecond, runLoad } from '@holdfast/load';
import type { Env } from '../product/find-product';
import { OperatorPass } from '../product/operator-pass';
import { findTarget, type Target } from './find-target';
import { judgeByLedger } from './judge-by-ledger';
import { HELP, readOptions, type RunOptions, WrongUsage } from './options';
import { makeDrop, readDrop } from './run-drop';
import { startProduct } from './start-product';

const CAUSES_MAX = 10;
const PROGRESS_S = 5;

export interface K6Input {
  /** Without node and script. */
  args: readonly string[];
  env: Env;
  /** The folder with `k6/` and `package.json`. */
  repository: string;
  interrupted: AbortSignal;
}

const say = (line: string) => void process.stderr.write(`${line}\n`);

/** `npm run k6`: sends the shoppers of a scenario, then judges the run by the ledger. Returns the exit code. */
export async function runK6(input: K6Input): Promise<number> {
  try {
    const scenarios = readdirSync(join(input.repository, 'k6/scenarios')).map((file) =>
      file.replace(/\.ts$/, ''),
    );
    const options = readOptions(input.args, input.env, scenarios);
    if (options !== null) return await run(input, options);
    console.log(HELP);
    return 0;
  } catch (error) {
    const isUsage = error instanceof WrongUsage;
    say(`${(error as Error).message}${isUsage ? '\nnpm run k6 -- --help says what there is.' : ''}`);
    return isUsage ? 2 : 1;
  }
}

async function run(input: K6Input, options: RunOptions): Promise<number> {
  const dataDir = resolve(input.env['HOLDFAST_DATA_DIR'] || '.holdfast');
  const out = resolve(options.out ?? join('test-results/k6', `${options.scenario}-${stamp()}`));
  mkdirSync(out, { recursive: true });
  const program = await findK6({ say, signal: input.interrupted });
  const stop = options.start ? await start(options.start, input, { dataDir, out }) : async () => undefined;
  try {
    const verdict = await measure(input, options, { dataDir, out, program });
    writeFileSync(join(out, 'verdict.json'), `${JSON.stringify(verdict, null, 2)}\n`);
    if (options.json) console.log(JSON.stringify(verdict));
    say(`\n${verdict.ok ? 'Every promise was kept' : 'NOT every promise was kept'}. Report: ${near(out)}`);
    return verdict.ok ? 0 : 1;
  } finally {
    await stop();
  }
}

function start(
  mode: NonNullable<RunOptions['start']>,
  { repository, interrupted }: K6Input,
  { dataDir, out }: { dataDir: string; out: string },
) {
  if (findTarget(null, dataDir)) throw new Error(`a product runs on ${dataDir} already: leave --start out`);
  say(`Starting the product: ${mode} …`);
  return startProduct(mode, { repository, dataDir, log: join(out, 'product.log'), signal: interrupted });
}

async function measure(
  { env: given, interrupted }: K6Input,
  options: RunOptions,
  { dataDir, out, program }: { dataDir: string; out: string; program: string },
) {
  const { address, run } = targetOf(options, dataDir);
  const env = { ...given, HOLDFAST_DATA_DIR: dataDir };
  const drop = options.drop
    ? await readDrop(address, options.drop)
    : await makeDrop(options, env, interrupted);
  const mode = run?.mode ?? 'unknown';
  const operatorPass = (run && new OperatorPass(dataDir).headers()['holdfast-operator']) ?? '';
  const plan = planOf(options, { url: address, dropId: drop.id, units: drop.units, operatorPass, out });
  say(
    `${plan.scenario}: ${plan.shoppers} shoppers, ${plan.units} units, ${plan.seconds} s, seed ${plan.seed}: ${address}/d/${drop.id} (${mode})`,
  );
  const load = await runLoad(plan, { program, signal: interrupted, say, onSecond: progressOf(plan.seconds) });
  const { log, counts, promises, generator } = load;
  process.stderr.write(readFileSync(join(out, 'summary.txt')));
  sayCauses(log);
  if (generator.bottleneck !== null) say(`  BROKEN  ${generator.bottleneck}`);
  const finished = run && { databaseUrl: run.databaseUrl, dropId: drop.id, log, counts };
  const ledger = finished && (await judgeByLedger(finished, env, interrupted));
  sayLedger(ledger);
  const ok = generator.bottleneck === null && [...promises, ...(ledger ?? [])].every(({ kept }) => kept);
  const { log: _log, ...figures } = load;
  return {
    ok,
    mode,
    address,
    out,
    scenario: plan.scenario,
    seed: plan.seed,
    dropId: drop.id,
    ...figures,
    ledger,
  };
}

function planOf(
  options: RunOptions,
  target: Pick<LoadPlan, 'url' | 'dropId' | 'units' | 'operatorPass' | 'out'>,
): LoadPlan {
  const { scenario, shoppers, seconds, perSecond, arrivals, watchers, seed } = options;
  return completed({
    ...{ scenario, shoppers, seconds, watchers, seed, limits: options.limits, rehearsalPass: '' },
    ...(perSecond !== null && { perSecond }),
    ...(arrivals !== null && { arrivals }),
    ...target,
  });
}

/** A line now and then. */
function progressOf(seconds: number): (second: LoadSecond) => void {
  let [held, paid] = [0, 0];
  return (second) => {
    held += second.held;
    paid += second.paid;
    if ((second.second + 1) % PROGRESS_S === 0)
      say(
        `  ${second.second + 1} s of ${seconds} s: ${second.offered} new shoppers/s, ${held} held, ${paid} paid`,
      );
  };
}

function targetOf({ url, drop }: RunOptions, dataDir: string): Target {
  const target = findTarget(url, dataDir);
  if (!target)
    throw new Error(`no product is running on ${near(dataDir)}: start it, or say --start standalone`);
  if (!target.run && !drop)
    throw new Error(`${target.address} is not the product of ${near(dataDir)}: name a drop with --drop`);
  return target;
}

function sayCauses({ faults, retries }: ClientLog): void {
  const most = (causes: Map<string, number>) =>
    [...causes].sort(([, a], [, b]) => b - a).slice(0, CAUSES_MAX);
  for (const [what, times] of most(faults)) say(`  fault   ${what} (${times} times)`);
  for (const [why, times] of most(retries)) say(`  retry   ${why} (${times} times)`);
}

function sayLedger(checks: readonly RunCheck[] | null): void {
  for (const { says, kept, detail } of checks ?? [])
    say(`  ${kept ? 'kept  ' : 'BROKEN'}  ${says}: ${detail}`);
  if (!checks) say('  The ledger was not asked: it is not known where it is.');
}

const stamp = () => new Date().toISOString().replace(/\D/g, '').slice(0, 14);

function near(path: string): string {
  const way = relative(process.cwd(), path);
  return way.startsWith('..') ? path : way || '.';
}
