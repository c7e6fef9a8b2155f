#!/usr/bin/env node
// Runs every test of the product, tier by tier, from a fresh clone with nothing installed. Plain Node: it runs before the install.
//   npm test                      everything that is part of the product
//   npm test -- unit integration  some tiers
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { findJava } from './cluster/java.mjs';
import { requireMaven } from './cluster/maven.mjs';
import { requireProgram, which } from './cluster/programs.mjs';
import { findChromium, installChromium } from './lib/chromium.mjs';
import { prepare } from './lib/prepare.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const results = join(root, 'test-results');
const inCi = process.env.CI === 'true';

/** Races want both cores for themselves and a browser test wants quiet, so only the tiers without servers share the machine. */
const TIERS = [
  { name: 'static', run: checkStatically },
  { name: 'unit', run: () => runJest('unit', ['--maxWorkers=2']) },
  { name: 'contract', redis: true, run: () => runJest('contract', ['--runInBand']) },
  { name: 'integration', redis: true, run: () => runJest('integration', ['--runInBand']) },
  { name: 'e2e', browser: true, run: () => runJest('e2e', ['--runInBand']) },
  { name: 'cluster', servers: true, run: () => runJest('cluster', ['--runInBand']) },
  { name: 'e2e-cluster', servers: true, browser: true, run: () => runJest('e2e-cluster', ['--runInBand']) },
];

const say = (line) => console.error(line);

/** What failed, told again at the end: the output above it is thousands of lines long. */
const failures = [];

function node(args, options = {}) {
  return spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit', ...options });
}

/** Types, lint, format, import rules, generated files: each counts as one test. */
function checkStatically() {
  const bin = (path) => join(root, 'node_modules', path);
  const checks = [
    ['types', [bin('typescript/bin/tsc'), '--noEmit', '-p', 'tsconfig.json']],
    ['types of the pages', [bin('typescript/bin/tsc'), '--noEmit', '-p', 'apps/gateway/web/tsconfig.json']],
    ['types of the load scenarios', [bin('typescript/bin/tsc'), '--noEmit', '-p', 'k6/tsconfig.json']],
    ['lint', [bin('eslint/bin/eslint.js'), '.']],
    ['format', [bin('prettier/bin/prettier.cjs'), '--check', '.', '--log-level', 'warn']],
    [
      'import rules',
      [
        bin('dependency-cruiser/bin/dependency-cruise.mjs'),
        'apps',
        'libs',
        '--config',
        '.dependency-cruiser.cjs',
      ],
    ],
    ['planted bugs', ['tools/planted.mjs', '--check']],
    ['embedded SQL', ['tools/embed-sql.mjs', '--check']],
    ['embedded Lua', ['tools/embed-lua.mjs', '--check']],
    ['bill of materials', ['tools/sbom.mjs']],
  ];
  const count = { passed: 0, failed: 0, skipped: 0 };
  for (const [title, args] of checks) {
    const ok = node(args).status === 0;
    count[ok ? 'passed' : 'failed'] += 1;
    if (!ok) failures.push(`static: ${title}`);
    say(`${ok ? 'ok  ' : 'FAIL'} ${title}`);
  }
  return count;
}

/** Test files of the tiers without the cluster that start a Redis or an nginx, where these are missing. */
function withoutServers(tier) {
  if (!['contract', 'integration'].includes(tier)) return [];
  const needs = [
    ['redis-server', /support\/redis'/],
    ['nginx', /startProxy/],
  ].filter(([program]) => !which(program));
  const folder = join(root, 'test', tier);
  return readdirSync(folder).filter((name) => {
    const text = readFileSync(join(folder, name), 'utf8');
    return name.endsWith('.spec.ts') && needs.some(([, sign]) => sign.test(text));
  });
}

function runJest(tier, args) {
  const leftOut = withoutServers(tier);
  if (leftOut.length > 0) args = [...args, '--testPathIgnorePatterns', ...leftOut.map((name) => `/${name}$`)];
  const file = join(results, `${tier}.json`);
  const jest = join(root, 'node_modules/jest/bin/jest.js');
  const run = node(
    // A timer or socket that a library leaves open must not keep a run waiting for ever once all its tests are done and reported.
    [
      jest,
      '--forceExit',
      '--selectProjects',
      tier,
      '--json',
      `--outputFile=${file}`,
      '--testLocationInResults',
      ...args,
    ],
    {
      stdio: ['ignore', 'ignore', 'inherit'],
    },
  );
  let report;
  try {
    report = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    failures.push(`${tier}: jest ended with ${run.status ?? run.signal} and left no report`);
    return { passed: 0, failed: 1, skipped: 0 };
  }
  const count = {
    passed: report.numPassedTests,
    failed: report.numFailedTests + report.numRuntimeErrorTestSuites,
    skipped: report.numPendingTests + report.numTodoTests + leftOut.length,
  };
  failures.push(...failedTests(report).map((line) => `${tier}: ${line}`));
  // Jest can fail without a failed test, e.g. when the setup broke or nothing matched: that is a failure, too.
  if (run.status !== 0 && count.failed === 0) {
    failures.push(`${tier}: jest ended with ${run.status ?? run.signal} although no test failed`);
    count.failed = 1;
  }
  return count;
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
  const wanted = [
    () => requireProgram('redis-server', 'redis-server', { say }),
    () => requireProgram('nginx', 'nginx', { say }),
    () => findJava(),
    () => requireMaven(),
  ];
  const missing = [];
  for (const find of wanted) {
    try {
      await find();
    } catch (error) {
      if (inCi) throw error;
      missing.push(error.message);
    }
  }
  if (missing.length > 0)
    say(
      `\n*** THE TESTS THAT NEED THESE SERVERS ARE SKIPPED ***\n${missing.map((one) => `  ${one}`).join('\n')}\n`,
    );
  return missing.length === 0;
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
  if (tiers.some(({ browser }) => browser)) findBrowser();
  const servers = tiers.some((tier) => tier.servers || tier.redis) && (await findServers());

  const total = { passed: 0, failed: 0, skipped: 0 };
  for (const tier of tiers) {
    const started = Date.now();
    say(`\n── ${tier.name} ──`);
    const count = tier.servers && !servers ? { passed: 0, failed: 0, skipped: 1 } : tier.run();
    for (const key of Object.keys(total)) total[key] += count[key];
    say(
      `${tier.name}: ${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped (${Math.round((Date.now() - started) / 1000)} s)`,
    );
  }
  if (failures.length > 0) say(`\n── failed ──\n${failures.join('\n')}\n`);
  console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
  process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0;
}

main().catch((error) => {
  say(String(error.message ?? error));
  console.log('0 passed, 1 failed, 0 skipped');
  process.exitCode = 1;
});
