import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { type ClientLog, readClientLog, type RunCheck } from '@holdfast/audit';
import type { Env } from '../product/find-product';
import { OperatorPass } from '../product/operator-pass';
import { findTarget, type Target } from './find-target';
import { judgeByLedger } from './judge-by-ledger';
import { HELP, readOptions, type RunOptions, WrongUsage } from './options';
import { makeDrop, readDrop } from './run-drop';
import { runProgram } from './run-program';
import { startProduct } from './start-product';

const THRESHOLDS_CROSSED = 99;
const CAUSES_MAX = 10;
const LOG_SHOWN = 3_000; // characters

export interface K6Input {
  /** Without node and script. */
  args: readonly string[];
  env: Env;
  /** The folder with `k6/` and `package.json`. */
  repository: string;
  /** Gives the path of k6, and builds it when it is not there. */
  ensureProgram: () => Promise<string>;
  interrupted: AbortSignal;
}

/** What `summarise` of k6/lib/summary.ts writes, as far as it is used here. */
interface Summary {
  counts: Record<string, number>;
  promises: { kept: boolean }[];
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
  const program = await input.ensureProgram();
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
  { env: given, repository, interrupted }: K6Input,
  options: RunOptions,
  { dataDir, out, program }: { dataDir: string; out: string; program: string },
) {
  const { address, run } = targetOf(options, dataDir);
  const env = { ...given, HOLDFAST_DATA_DIR: dataDir };
  const drop = options.drop
    ? await readDrop(address, options.drop)
    : await makeDrop(options, env, interrupted);
  const mode = run?.mode ?? 'unknown';
  say(
    `${options.shoppers} shoppers, ${drop.units} units, ${options.seconds} s, seed ${options.seed}: ${address}/d/${drop.id} (${mode})`,
  );
  const pass = (run && new OperatorPass(dataDir).headers()['holdfast-operator']) ?? '';
  const code = await runProgram({
    program,
    repository,
    options,
    address,
    drop,
    pass,
    out,
    signal: interrupted,
    say,
  });
  if (interrupted.aborted) throw new Error('interrupted');
  const read = (file: string) => readFileSync(join(out, file), 'utf8');
  if (code !== 0 && code !== THRESHOLDS_CROSSED)
    throw new Error(`k6 itself failed with ${code}:\n${read('k6.log').slice(-LOG_SHOWN)}`);

  const summary = JSON.parse(read('summary.json')) as Summary;
  const log = readClientLog(read('told.jsonl'));
  sayCauses(log);
  const finished = run && { databaseUrl: run.databaseUrl, dropId: drop.id, log, counts: summary.counts };
  const ledger = finished && (await judgeByLedger(finished, env, interrupted));
  sayLedger(ledger);
  const ok = code === 0 && [...summary.promises, ...(ledger ?? [])].every(({ kept }) => kept);
  return { ok, mode, address, out, ...summary, ledger };
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
