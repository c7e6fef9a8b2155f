import { fork } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { median } from '@holdfast/kernel';
import { waitFor } from '@holdfast/testing';
import { type Product, startProduct, stopAllProducts, superuserUrl } from '../../test/support/product';
import { cpuOfFamily, cpuOfProcess } from './cpu';
import type { LoadResult } from './load-plan';
import { addNaiveDrop, type Counts, makeNaiveDatabase, naiveCounts, productCounts } from './naive-database';
import { runLoad } from './run-load';
import { topFunctions } from './top-functions';

// Durable holds over HTTP, everything on, against a naive server on the same PostgreSQL, in alternating pairs: whatever else the
// machine does hits both. A run counts only if every 201 is a hold, nothing else is, and nothing is oversold.
const PAIRS = Number(process.env['BENCH_PAIRS'] ?? 5);
const FOR_MS = Number(process.env['BENCH_MS'] ?? 4_000);
const NAIVE_CONNECTIONS = 64;
const CONNECTIONS = Number(process.env['BENCH_CONNECTIONS'] ?? 256); // a batch holds 256 commands
const SESSIONS_FIRST = 4_000;
const WANTED_RATIO = 5;
const UNITS = 10_000_000;

interface Side {
  name: string;
  node: number;
  run(seconds: number): Promise<Run>;
}

interface Run {
  perSecond: number;
  nodeMicros: number;
  postgresMicros: number;
  p50Ms: number;
  p99Ms: number;
}

const faults: string[] = [];

async function main(profile: boolean): Promise<number> {
  const scratch = mkdtempSync(join(tmpdir(), 'holdfast-bench-'));
  const profileFile = join(scratch, 'profile.json');
  const hook = {
    NODE_OPTIONS: `--require ${join(__dirname, 'profile-hook.js')}`,
    BENCH_PROFILE: profileFile,
  };
  const product = await startProduct(profile ? { env: hook } : {});
  try {
    const state = JSON.parse(readFileSync(join(product.dataDir, 'run.json'), 'utf8')) as RunFile;
    const postgres = state.components.find(({ kind }) => kind === 'postgres')?.pid ?? 0;
    const naive = await startNaive(superuserUrl(product.dataDir));
    const sides = [naiveSide(naive, postgres), productSide(product, state, postgres, scratch)] as const;
    const ratio = await compare(...sides);
    naive.stop();
    const verdict = await product.cli('verify');
    if (verdict.code !== 0) faults.push(`verify: ${verdict.stdout}${verdict.stderr}`);
    if (profile) {
      await productSide(product, state, postgres, scratch, true).run(FOR_MS);
      await waitFor('the profile', () => existsSync(profileFile));
    }
    await product.stop();
    if (profile)
      console.log(`\nThe product's process, by own time:\n${topFunctions(profileFile, 40).join('\n')}`);
    for (const fault of faults) console.error(`FAULT: ${fault}`);
    if (ratio < WANTED_RATIO) console.error(`The ratio is below ${WANTED_RATIO}.`);
    return faults.length === 0 && ratio >= WANTED_RATIO ? 0 : 1;
  } finally {
    await stopAllProducts();
    rmSync(scratch, { recursive: true, force: true });
  }
}

interface RunFile {
  address: string;
  databaseUrl: string;
  components: { kind: string; pid: number | null }[];
}

async function compare(naive: Side, product: Side): Promise<number> {
  console.log(
    `naive: ${NAIVE_CONNECTIONS} connections, pool 16 · product: ${CONNECTIONS} connections, each hold by its own customer · ${FOR_MS} ms each`,
  );
  await naive.run(FOR_MS);
  await product.run(FOR_MS);
  const pairs: [Run, Run][] = [];
  for (let pair = 1; pair <= PAIRS; pair += 1) {
    const runs: [Run, Run] = [await naive.run(FOR_MS), await product.run(FOR_MS)];
    pairs.push(runs);
    console.log(
      `pair ${pair}: ${runs.map((run, at) => `${[naive, product][at]!.name} ${describe(run)}`).join('  |  ')}`,
    );
  }
  const ratios = pairs.map(([a, b]) => b.perSecond / a.perSecond);
  const cpuRatios = pairs.map(
    ([a, b]) => (a.nodeMicros + a.postgresMicros) / (b.nodeMicros + b.postgresMicros),
  );
  console.log(`holds per second, product ÷ naive: ${spread(ratios)}`);
  console.log(`CPU of the server side per hold, naive ÷ product: ${spread(cpuRatios)}`);
  return median(ratios);
}

function describe({ perSecond, nodeMicros, postgresMicros, p50Ms, p99Ms }: Run): string {
  return `${perSecond.toFixed(0)} holds/s, CPU µs a hold: node ${nodeMicros.toFixed(0)} + postgres ${postgresMicros.toFixed(0)}, p50 ${p50Ms.toFixed(1)} p99 ${p99Ms.toFixed(1)} ms`;
}

function spread(values: number[]): string {
  return `min ${Math.min(...values).toFixed(2)}, median ${median(values).toFixed(2)}, max ${Math.max(...values).toFixed(2)}`;
}

/** Measures the load with the CPU that both processes of the server side use meanwhile. */
async function measure(
  node: number,
  postgres: number,
  load: () => Promise<LoadResult>,
): Promise<Run & { result: LoadResult }> {
  const before = [cpuOfProcess(node), cpuOfFamily(postgres)] as const;
  const result = await load();
  const perHold = (after: number, start: number) => (after - start) / result.created;
  return {
    result,
    perSecond: result.created / result.seconds,
    nodeMicros: perHold(cpuOfProcess(node), before[0]),
    postgresMicros: perHold(cpuOfFamily(postgres), before[1]),
    p50Ms: result.p50Ms,
    p99Ms: result.p99Ms,
  };
}

function check(name: string, { created, others }: LoadResult, counts: Counts): void {
  if (Object.keys(others).length > 0) faults.push(`${name}: other answers ${JSON.stringify(others)}`);
  if (
    counts.inHolds !== created ||
    counts.held !== created ||
    counts.available + counts.held !== counts.total
  )
    faults.push(`${name}: ${created} answers with 201, in the database ${JSON.stringify(counts)}`);
}

interface Naive {
  port: number;
  pid: number;
  url: string;
  stop(): void;
}

async function startNaive(productUrl: string): Promise<Naive> {
  const url = await makeNaiveDatabase(productUrl);
  const child = fork(join(__dirname, 'naive-server.js'), [url], { execArgv: [] });
  const port = await new Promise<number>((resolve, reject) => {
    child.once('message', (message) => resolve(message as number));
    child.once('exit', () => reject(new Error('the naive server ended')));
  });
  return { port, pid: child.pid ?? 0, url, stop: () => child.kill() };
}

function naiveSide(naive: Naive, postgres: number): Side {
  let drops = 0;
  return {
    name: 'naive',
    node: naive.pid,
    async run(forMs) {
      const dropId = `n${(drops += 1)}`;
      await addNaiveDrop(naive.url, dropId, UNITS);
      const run = await measure(naive.pid, postgres, () =>
        runLoad({
          port: naive.port,
          connections: NAIVE_CONNECTIONS,
          forMs,
          target: { kind: 'naive', dropId },
        }),
      );
      check('naive', run.result, await naiveCounts(naive.url, dropId));
      return run;
    },
  };
}

function productSide(
  product: Product,
  { address, databaseUrl }: RunFile,
  postgres: number,
  scratch: string,
  profile = false,
): Side {
  const port = Number(new URL(address).port);
  const tokensFile = join(scratch, 'tokens');
  let customers = SESSIONS_FIRST;
  return {
    name: 'product',
    node: product.pid,
    async run(forMs) {
      const dropId = await newDrop(product);
      await runLoad({
        port,
        connections: 64,
        forMs: 60_000,
        target: { kind: 'sessions', count: customers, tokensFile },
      });
      if (profile) process.kill(product.pid, 'SIGUSR2');
      const run = await measure(product.pid, postgres, () =>
        runLoad({ port, connections: CONNECTIONS, forMs, target: { kind: 'product', dropId, tokensFile } }),
      );
      if (profile) process.kill(product.pid, 'SIGUSR2');
      // Enough for the next run to last its full time, whatever it gains.
      customers = Math.max(customers, Math.ceil((run.perSecond * forMs * 1.5) / 1000));
      check('product', run.result, await productCounts(databaseUrl, dropId));
      return run;
    },
  };
}

async function newDrop(product: Product): Promise<string> {
  const { code, json, stderr } = await product.cli(
    'drop',
    'create',
    '--name',
    'Bench',
    '--item',
    `A=${UNITS}@1`,
    '--opens-at',
    'now',
    '--hold-ttl',
    '86400',
  );
  if (code !== 0) throw new Error(`drop create: ${stderr}`);
  return (json as { id: string }).id;
}

void main(process.argv.includes('--profile')).then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  },
);
