#!/usr/bin/env node
// `npm run k6`: sends the shoppers of a k6 scenario at the product, then holds what they were told against the ledger. `--help` says more.
import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureK6 } from './k6/build.mjs';
import { askLedger } from './k6/ledger.mjs';
import { HELP, readOptions, WrongUsage } from './k6/options.mjs';
import { commandLine, findProduct, makeDrop, readDrop, startProduct } from './k6/product.mjs';
import { judge, readPromises } from './k6/verdict.mjs';
import { prepare } from './lib/prepare.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const GRACE_MS = 90_000; // beyond the crowd: its last payments, setup, the report
const THRESHOLDS_CROSSED = 99;
const say = (line) => process.stderr.write(`${line}\n`);

const interruption = new AbortController();
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, () => interruption.abort());
const { signal } = interruption;

async function main() {
  const scenarios = readdirSync(join(root, 'k6/scenarios')).map((file) => file.replace(/\.ts$/, ''));
  const options = readOptions(process.argv.slice(2), process.env, scenarios);
  if (options.help) return console.log(HELP);
  options.seed ??= Math.floor(Math.random() * 2 ** 32);
  const dataDir = resolve(process.env.HOLDFAST_DATA_DIR || '.holdfast');
  const out = resolve(options.out ?? join('test-results/k6', `${options.scenario}-${stamp()}`));
  mkdirSync(out, { recursive: true });
  await prepare(signal);
  const program = await ensureK6({ say, signal });

  let stop = async () => undefined;
  if (options.start) {
    if (findProduct(options, dataDir))
      throw new Error(`a product runs on ${dataDir} already: leave --start out`);
    stop = await startProduct(options.start, { dataDir, log: join(out, 'product.log'), signal, say });
  }
  try {
    const verdict = await measure(options, { dataDir, out, program });
    writeFileSync(join(out, 'verdict.json'), `${JSON.stringify(verdict, null, 2)}\n`);
    if (options.json) console.log(JSON.stringify(verdict));
    process.exitCode = verdict.ok ? 0 : 1;
    say(`\n${verdict.ok ? 'Every promise was kept' : 'NOT every promise was kept'}. Report: ${near(out)}`);
  } finally {
    await stop();
  }
}

async function measure(options, { dataDir, out, program }) {
  const product = findProduct(options, dataDir);
  if (!product)
    throw new Error(`no product is running on ${near(dataDir)}: start it, or say --start standalone`);
  const { address, run } = product;
  if (!run && !options.drop)
    throw new Error(`${address} is not the product of ${near(dataDir)}: name a drop with --drop`);
  const drop = options.drop ? await readDrop(address, options.drop) : makeDrop(options, dataDir);
  const mode = run?.mode ?? 'unknown';
  say(
    `${options.shoppers} shoppers, ${drop.units} units, ${options.seconds} s, seed ${options.seed}: ${address}/d/${drop.id} (${mode})`,
  );
  const code = await runK6(program, { options, drop, address, out, pass: run ? passFor(dataDir) : '' });
  if (signal.aborted) throw new Error('interrupted');
  if (code !== 0 && code !== THRESHOLDS_CROSSED)
    throw new Error(
      `k6 itself failed with ${code}:\n${readFileSync(join(out, 'k6.log'), 'utf8').slice(-3_000)}`,
    );

  const summary = JSON.parse(readFileSync(join(out, 'summary.json'), 'utf8'));
  const told = readPromises(readFileSync(join(out, 'told.jsonl'), 'utf8'));
  const some = (causes) => [...causes].sort(([, a], [, b]) => b - a).slice(0, 10);
  for (const [what, times] of some(told.faults)) say(`  fault   ${what} (${times} times)`);
  for (const [why, times] of some(told.again)) say(`  again   ${why} (${times} times)`);
  const ledger = run
    ? judge({ told, summary, ...(await askLedger({ run, dropId: drop.id, told, dataDir, signal })) })
    : null;
  for (const { says, kept, detail } of ledger ?? [])
    say(`  ${kept ? 'kept  ' : 'BROKEN'}  ${says}: ${detail}`);
  if (!ledger) say('  The ledger was not asked: it is not known where it is.');
  const ok =
    code === 0 && summary.promises.every(({ kept }) => kept) && (ledger ?? []).every(({ kept }) => kept);
  return { ok, mode, address, out, ...summary, ledger };
}

/** The operator's own load is let through the public limits; nothing else is lifted. It lasts longer than a run may. */
function passFor(dataDir) {
  const { OperatorPass } = commandLine();
  return new OperatorPass(dataDir).headers()['holdfast-operator'] ?? '';
}

/** A crowd has many addresses, and one may have only so many connections. On Linux all of 127.0.0.0/8 is this machine. */
function comeFrom(address) {
  const spread = process.platform === 'linux' && new URL(address).hostname === '127.0.0.1';
  return spread ? ['--local-ips', '127.0.0.2-127.0.0.251'] : [];
}

function runK6(program, { options, drop, address, out, pass }) {
  const settings = {
    URL: address,
    DROP: drop.id,
    UNITS: drop.units,
    SHOPPERS: options.shoppers,
    SECONDS: options.seconds,
    WATCHERS: options.watchers,
    SEED: options.seed,
    HOLD_P95_MS: options.holdP95Ms,
    HOLD_P99_MS: options.holdP99Ms,
    DROPPED_PERCENT_MAX: options.droppedPercentMax,
    OUT: out,
    PASS: pass,
  };
  const env = {
    ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(K6_|HOLDFAST_)/.test(name))),
    ...Object.fromEntries(
      Object.entries(settings).map(([name, value]) => [`HOLDFAST_K6_${name}`, String(value)]),
    ),
    K6_NO_USAGE_REPORT: 'true',
    K6_AUTO_EXTENSION_RESOLUTION: 'false',
    K6_WEB_DASHBOARD: 'true',
    K6_WEB_DASHBOARD_PORT: '-1', // the report only, no server
    K6_WEB_DASHBOARD_PERIOD: '1s',
    K6_WEB_DASHBOARD_EXPORT: join(out, 'report.html'),
  };
  const script = join(root, 'k6/scenarios', `${options.scenario}.ts`);
  const logs = ['--log-format', 'json', '--log-output', `file=${join(out, 'k6.log')}`];
  const args = [
    'run',
    '--quiet',
    ...logs,
    ...comeFrom(address),
    '--console-output',
    join(out, 'told.jsonl'),
    script,
  ];
  writeFileSync(join(out, 'told.jsonl'), '');
  // With --json standard output belongs to the one document.
  const child = spawn(program, args, {
    cwd: root,
    env,
    detached: true,
    stdio: ['ignore', options.json ? 2 : 1, 2],
  });
  return untilEnd(child, options.seconds);
}

function untilEnd(child, seconds) {
  const began = Date.now();
  const progress = setInterval(
    () => say(`  ${Math.round((Date.now() - began) / 1000)} s of about ${seconds} s`),
    10_000,
  );
  // SIGINT lets k6 end its shoppers and still write its report.
  const end = () => child.kill('SIGINT');
  signal.addEventListener('abort', end);
  const late = setTimeout(() => child.kill('SIGKILL'), seconds * 1000 + GRACE_MS);
  return new Promise((done, fail) => {
    child.once('error', fail);
    child.once('exit', (code, name) => done(code ?? name));
  }).finally(() => {
    clearInterval(progress);
    clearTimeout(late);
    signal.removeEventListener('abort', end);
  });
}

const stamp = () => new Date().toISOString().replace(/\D/g, '').slice(0, 14);
const near = (path) =>
  relative(process.cwd(), path).startsWith('..') ? path : relative(process.cwd(), path) || '.';

main().catch((error) => {
  say(
    error instanceof WrongUsage
      ? `${error.message}\nnpm run k6 -- --help says what there is.`
      : error.message,
  );
  process.exitCode = error instanceof WrongUsage ? 2 : 1;
});
