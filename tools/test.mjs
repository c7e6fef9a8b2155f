#!/usr/bin/env node
// Runs every test of the product, tier by tier, from a fresh clone with nothing installed. Plain Node: it runs before the install.
//   npm test                      everything that is part of the product
//   npm test -- unit integration  some tiers
import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { findChromium, installChromium } from './lib/chromium.mjs';
import { filesWithMissedDeadlines } from './lib/missed-deadlines.mjs';
import { prepare } from './lib/prepare.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const results = join(root, 'test-results');
const inCi = process.env.CI === 'true';
/** Of the launcher, as built: it knows the programs that the servers need. */
const launcher = (file) => createRequire(import.meta.url)(join(root, 'dist/apps/cluster/src/servers', file));

/**
 * Two lanes at once, each of which takes the next tier when it is done with one: cluster mostly waits for servers to start and to come back, what runs
 * beside it computes, and a short one comes last. Inside a tier two files run at once only where neither needs the machine, or a server, for itself.
 */
const TIERS = [
  { name: 'static', run: checkStatically },
  { name: 'cluster', servers: true, run: () => runJest('cluster', ['--runInBand']) },
  { name: 'unit', run: () => runJest('unit', ['--maxWorkers=2']) },
  { name: 'integration', redis: true, run: () => runJest('integration', ['--maxWorkers=2']) },
  { name: 'e2e', browser: true, run: () => runJest('e2e', ['--maxWorkers=2']) },
  { name: 'e2e-cluster', servers: true, browser: true, run: () => runJest('e2e-cluster', ['--runInBand']) },
  { name: 'contract', redis: true, run: () => runJest('contract', ['--maxWorkers=2']) },
];
/** `HOLDFAST_TEST_LANES=1`: one tier after the other, for a machine that has no second core to spare, or for figures of a single tier. */
const LANES = process.env.HOLDFAST_TEST_LANES === '1' ? 1 : 2;
const CHECKS_AT_ONCE = 2;
// More than twice what the slowest takes on a quiet machine. One that hangs is a failure, told with all others at the end.
const TIER_MS_MAX = (process.env.HOLDFAST_SOAK === 'on' ? 240 : 45) * 60_000;
const DRAIN_MS = 2_000;

const say = (line) => console.error(line);
/** Passes the lines of a tier on as they come; two lanes run at once, so each line says whose it is. */
const sayIn = (tier) => (line) => say(LANES > 1 ? `[${tier}] ${line}` : line);

/** What failed, told again at the end: the output above it is thousands of lines long. */
const failures = [];

/** Files in which nothing failed but deadlines. They run once more, alone: see `runLateFilesAlone`. */
const lateFiles = [];
// More than these are no busy machine.
const LATE_FILES_MAX = 5;

/** All that run, to be ended with us. */
const children = new Set();
function endChildren() {
  for (const child of children) child.kill('SIGKILL');
}
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(name, () => {
    endChildren();
    process.exit(1);
  });
}

/** Resolves with the exit code, the signal, or what went wrong. Each line of its output goes to `told`. */
function node(args, told) {
  return new Promise((done) => {
    const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    children.add(child);
    const streams = [child.stdout, child.stderr];
    for (const input of streams) createInterface({ input }).on('line', told);
    let late = false;
    const bound = setTimeout(() => {
      late = true;
      child.kill('SIGKILL');
    }, TIER_MS_MAX);
    const end = (status) => {
      clearTimeout(bound);
      children.delete(child);
      for (const stream of streams) stream.destroy();
      done({ status: late ? `${status}: it was not done after ${TIER_MS_MAX / 60_000} minutes` : status });
    };
    child.once('error', (error) => end(error.message));
    child.once('close', (code, signal) => end(code ?? signal));
    // A server that it left behind may hold its output open for ever.
    child.once('exit', (code, signal) => setTimeout(end, DRAIN_MS, code ?? signal));
  });
}

/** Does `work` for each item, a few at a time, in order. */
async function inParallel(items, atOnce, work) {
  const left = [...items];
  const worker = async () => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

/** Types, lint, format, import rules, generated files: each counts as one test. */
async function checkStatically() {
  const bin = (path) => join(root, 'node_modules', path);
  // The longest first, so that the short ones fill the gaps.
  const checks = [
    ['types and lint', ['tools/check-types.mjs', 'services']],
    // A file's format depends on nothing but the file and prettier, so what was looked at before need not be read again.
    [
      'format',
      [
        bin('prettier/bin/prettier.cjs'),
        ...['--check', '.', '--log-level', 'warn', '--cache', '--cache-strategy', 'content'],
      ],
    ],
    [
      'import rules',
      [
        bin('dependency-cruiser/bin/dependency-cruise.mjs'),
        ...['apps', 'libs', 'k6', 'test', 'bench', 'tools'],
        '--config',
        '.dependency-cruiser.cjs',
      ],
    ],
    ['types and lint of pages, load scenarios and tools', ['tools/check-types.mjs', 'rest']],
    ['planted bugs', ['tools/planted.mjs', '--check']],
    ['embedded SQL', ['tools/embed-sql.mjs', '--check']],
    ['embedded Lua', ['tools/embed-lua.mjs', '--check']],
    ['types of the client', ['tools/client-types.mjs', '--check']],
    ['bill of materials', ['tools/sbom.mjs']],
  ];
  const count = { passed: 0, failed: 0, skipped: 0 };
  const told = sayIn('static');
  await inParallel(checks, CHECKS_AT_ONCE, async ([title, args]) => {
    const lines = [];
    const { status } = await node(args, (line) => lines.push(line));
    const ok = status === 0;
    count[ok ? 'passed' : 'failed'] += 1;
    if (!ok) failures.push(`static: ${title}`);
    told(`${ok ? 'ok  ' : 'FAIL'} ${title}`);
    // Two checks at once would write into each other's lines.
    if (!ok) for (const line of [...lines, `ended with ${status}`]) told(line);
  });
  return count;
}

/** Test files of the tiers without the cluster that start a Redis or an nginx, where these are missing. */
function withoutServers(tier) {
  if (!['contract', 'integration'].includes(tier)) return [];
  const { which } = launcher('programs.js');
  /** @type {[string, RegExp][]} */
  const programs = [
    ['redis-server', /support\/redis'/],
    ['nginx', /startProxy/],
  ];
  const needs = programs.filter(([program]) => !which(program));
  const folder = join(root, 'test', tier);
  return readdirSync(folder).filter((name) => {
    const text = readFileSync(join(folder, name), 'utf8');
    return name.endsWith('.spec.ts') && needs.some(([, sign]) => sign.test(text));
  });
}

async function runJest(tier, args) {
  const leftOut = withoutServers(tier);
  if (leftOut.length > 0) args = [...args, '--testPathIgnorePatterns', ...leftOut.map((name) => `/${name}$`)];
  const { status, report } = await jestReport(tier, args, tier);
  if (!report) {
    failures.push(`${tier}: jest ended with ${status} and left no report`);
    return { passed: 0, failed: 1, skipped: 0 };
  }
  const count = {
    passed: report.numPassedTests,
    failed: report.numFailedTests + report.numRuntimeErrorTestSuites,
    skipped: report.numPendingTests + report.numTodoTests + leftOut.length,
  };
  const late = filesWithMissedDeadlines(report);
  for (const file of late) {
    const testResults = report.testResults.filter(({ name }) => name === file.name);
    lateFiles.push({ tier, ...file, told: failedTests({ testResults }).map((line) => `${tier}: ${line}`) });
  }
  const failed = report.testResults.filter(({ name }) => !late.some((file) => file.name === name));
  failures.push(...failedTests({ testResults: failed }).map((line) => `${tier}: ${line}`));
  // Jest can fail without a failed test, e.g. when the setup broke or nothing matched: that is a failure, too.
  if (status !== 0 && count.failed === 0) {
    failures.push(`${tier}: jest ended with ${status} although no test failed`);
    count.failed = 1;
  }
  return count;
}

/** Runs Jest; `report` is undefined if it left none. */
async function jestReport(tier, args, title) {
  const file = join(results, `${title}.json`);
  const jest = join(root, 'node_modules/jest/bin/jest.js');
  // A timer or socket that a library leaves open must not keep a run waiting for ever once all its tests are done and reported.
  const options = ['--json', `--outputFile=${file}`, '--testLocationInResults'];
  const { status } = await node(
    [jest, '--forceExit', '--selectProjects', tier, ...options, ...args],
    sayIn(tier),
  );
  try {
    return { status, report: JSON.parse(readFileSync(file, 'utf8')) };
  } catch {
    return { status };
  }
}

/**
 * A missed deadline beside other tests says little on a machine with two cores, so a file with nothing else
 * wrong runs once more with nothing beside it, and what it does then counts. Returns how many tests passed
 * that had failed before. A wrong value is never asked for again.
 */
async function runLateFilesAlone() {
  let passed = 0;
  for (const [index, { tier, name, late, told }] of lateFiles.entries()) {
    const file = relative(root, name);
    if (index >= LATE_FILES_MAX) {
      failures.push(`${tier}: ${file}: missed deadlines, as ${LATE_FILES_MAX} other files did`, ...told);
      continue;
    }
    say(`── ${file}: missed a deadline beside other tests, runs again alone ──`);
    const { report } = await jestReport(tier, ['--runTestsByPath', name], `${tier}-alone-${index}`);
    if (report?.success) {
      passed += late;
      say(`${file}: passed alone (${late} had missed a deadline)`);
    } else {
      const again = report ? failedTests(report) : [`${file}: jest left no report`];
      failures.push(...told, ...again.map((line) => `${tier}, alone: ${line}`));
    }
  }
  return passed;
}

/** Each failed test of a report, with the first lines of what it said. */
function failedTests({ testResults }) {
  const ended = (text) => stripVTControlCharacters(text).trim().split('\n').slice(0, 12).join('\n    ');
  return testResults.flatMap(({ name, message, assertionResults }) => {
    const failed = assertionResults.filter(({ status }) => status === 'failed');
    const file = relative(root, name);
    if (failed.length === 0 && message && assertionResults.length === 0)
      return [`${file}: ${ended(message)}`];
    return failed.map((it) => `${file}: ${it.fullName}\n    ${ended(it.failureMessages.join('\n'))}`);
  });
}

/** Without a browser a part of the tests cannot run: loudly left out on a person's machine, a failure in CI. */
function findBrowser() {
  const chromium = findChromium() ?? installChromium(say);
  if (chromium) {
    process.env.HOLDFAST_CHROMIUM = chromium;
    return;
  }
  if (inCi)
    throw new Error('no Chromium, and it cannot be installed here: a missing piece is a failure in CI');
  process.env.HOLDFAST_NO_BROWSER = '1';
  say(
    '\n*** No Chromium here: THE BROWSER TESTS ARE SKIPPED. Install chromium, or name it in HOLDFAST_CHROMIUM. ***\n',
  );
}

/**
 * Redis for some tests, and Java, Maven and nginx for the cluster mode; Debian's packages are installed when that is possible. What is
 * missing is said loudly and counted as skipped on a person's machine, and is a failure in CI. Returns whether all are there.
 */
async function findServers() {
  try {
    await launcher('preflight.js').requirePrograms({}, say);
    return true;
  } catch (error) {
    if (inCi) throw error;
    say(`\n*** THE TESTS THAT NEED THESE SERVERS ARE SKIPPED: ${error.message} ***\n`);
    return false;
  }
}

/** @type {Promise<void> | undefined} */
let kafka;
/** Once, before any test needs it: two Mavens at once write into one local repository. If it fails, the tests that need it say why. */
function fetchKafka() {
  kafka ??= launcher('class-archives.js')
    .prepareKafka(say)
    .catch((error) => say(error.message));
  return kafka;
}

/** A tier that cannot run at all is one failure: the other lane goes on, and its counts are told. */
async function run(tier) {
  try {
    return await tier.run();
  } catch (error) {
    failures.push(`${tier.name}: ${error.stack ?? error}`);
    return { passed: 0, failed: 1, skipped: 0 };
  }
}

async function main() {
  const names = process.argv.slice(2);
  const unknown = names.filter((name) => !TIERS.some((tier) => tier.name === name));
  if (unknown.length > 0) {
    say(`unknown tier: ${unknown.join(', ')}. There are: ${TIERS.map(({ name }) => name).join(', ')}`);
    process.exit(2);
  }
  const tiers = TIERS.filter(({ name }) => names.length === 0 || names.includes(name));
  rmSync(results, { recursive: true, force: true });
  mkdirSync(results, { recursive: true });
  await prepare();
  process.env.HOLDFAST_TEST_BUILD = readFileSync(join(root, 'dist', 'build.sha256'), 'utf8').trim();
  if (tiers.some(({ browser }) => browser)) findBrowser();
  const servers = tiers.some((tier) => tier.servers || tier.redis) && (await findServers());

  const total = { passed: 0, failed: 0, skipped: 0 };
  await inParallel(tiers, LANES, async (tier) => {
    say(`── ${tier.name}: begins ──`);
    if (tier.servers && servers) await fetchKafka();
    const started = Date.now();
    const count = tier.servers && !servers ? { passed: 0, failed: 0, skipped: 1 } : await run(tier);
    for (const key of Object.keys(total)) total[key] += count[key];
    const seconds = Math.round((Date.now() - started) / 1000);
    say(
      `${tier.name}: ${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped (${seconds} s)\n`,
    );
  });
  const late = await runLateFilesAlone();
  total.passed += late;
  total.failed -= late;
  if (failures.length > 0) say(`\n── failed ──\n${failures.join('\n')}\n`);
  console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
  process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0;
}

main().catch((error) => {
  say(String(error.message ?? error));
  console.log('0 passed, 1 failed, 0 skipped');
  process.exitCode = 1;
});
