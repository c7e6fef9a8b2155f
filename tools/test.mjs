#!/usr/bin/env node
// Runs every test of the product, tier by tier, from a fresh clone with nothing installed. Plain Node: it runs before the install.
//   npm test                      everything that is part of the product
//   npm test -- unit integration  some tiers
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findChromium, installChromium } from './lib/chromium.mjs';
import { prepare } from './lib/prepare.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const results = join(root, 'test-results');
const inCi = process.env.CI === 'true';

/** Races want both cores for themselves and a browser test wants quiet, so only the tiers without servers share the machine. */
const TIERS = [
  { name: 'static', run: checkStatically },
  { name: 'unit', run: () => runJest('unit', ['--maxWorkers=2']) },
  { name: 'contract', run: () => runJest('contract', ['--runInBand']) },
  { name: 'integration', run: () => runJest('integration', ['--runInBand']) },
  { name: 'e2e', run: () => runJest('e2e', ['--runInBand']) },
  // The servers of a mode that the product does not have yet; they need Java, Maven, Redis and nginx, so they run when they are named.
  { name: 'cluster', onlyByName: true, run: () => runJest('cluster', ['--runInBand']) },
];

const say = (line) => console.error(line);

function node(args, options = {}) {
  return spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit', ...options });
}

/** Types, lint, format, import rules, generated files: each counts as one test. */
function checkStatically() {
  const bin = (path) => join(root, 'node_modules', path);
  const checks = [
    ['types', [bin('typescript/bin/tsc'), '--noEmit', '-p', 'tsconfig.json']],
    ['types of the pages', [bin('typescript/bin/tsc'), '--noEmit', '-p', 'apps/gateway/web/tsconfig.json']],
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
    ['embedded SQL', ['tools/embed-sql.mjs', '--check']],
  ];
  const count = { passed: 0, failed: 0, skipped: 0 };
  for (const [title, args] of checks) {
    const ok = node(args).status === 0;
    count[ok ? 'passed' : 'failed'] += 1;
    say(`${ok ? 'ok  ' : 'FAIL'} ${title}`);
  }
  return count;
}

function runJest(tier, args) {
  const file = join(results, `${tier}.json`);
  const jest = join(root, 'node_modules/jest/bin/jest.js');
  const run = node(
    [jest, '--selectProjects', tier, '--json', `--outputFile=${file}`, '--testLocationInResults', ...args],
    {
      stdio: ['ignore', 'ignore', 'inherit'],
    },
  );
  let report;
  try {
    report = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    say(`${tier}: jest ended with ${run.status ?? run.signal} and left no report`);
    return { passed: 0, failed: 1, skipped: 0 };
  }
  const count = {
    passed: report.numPassedTests,
    failed: report.numFailedTests + report.numRuntimeErrorTestSuites,
    skipped: report.numPendingTests + report.numTodoTests,
  };
  // Jest can fail without a failed test, e.g. when the setup broke or nothing matched: that is a failure, too.
  if (run.status !== 0 && count.failed === 0) count.failed = 1;
  return count;
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

async function main() {
  const names = process.argv.slice(2);
  const unknown = names.filter((name) => !TIERS.some((tier) => tier.name === name));
  if (unknown.length > 0) {
    say(`unknown tier: ${unknown.join(', ')}. There are: ${TIERS.map(({ name }) => name).join(', ')}`);
    process.exit(2);
  }
  const tiers = TIERS.filter(({ name, onlyByName }) =>
    names.length === 0 ? !onlyByName : names.includes(name),
  );
  rmSync(results, { recursive: true, force: true });
  mkdirSync(results, { recursive: true });
  await prepare();
  if (tiers.some(({ name }) => name === 'e2e')) findBrowser();

  const total = { passed: 0, failed: 0, skipped: 0 };
  for (const tier of tiers) {
    const started = Date.now();
    say(`\n── ${tier.name} ──`);
    const count = tier.run();
    for (const key of Object.keys(total)) total[key] += count[key];
    say(
      `${tier.name}: ${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped (${Math.round((Date.now() - started) / 1000)} s)`,
    );
  }
  console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
  process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0;
}

main().catch((error) => {
  say(String(error.message ?? error));
  console.log('0 passed, 1 failed, 0 skipped');
  process.exitCode = 1;
});
