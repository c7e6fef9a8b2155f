#!/usr/bin/env node
// Shows that the important tests can fail: puts each bug of test/planted into a copy of the sources, and expects its test to go red.
//   npm run test:planted [-- name …] [--parts 2/4]    the second of four parts; parts may run at once
//   node tools/planted.mjs --check                    only whether each bug still fits into the sources and its test is there, which takes no time
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { parseWords, specsOf, whyNoTest, wordsOf } from './lib/planted-test.mjs';
import { RED } from './lib/stop-at-red.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const folder = join(root, 'test/planted');
const TEST_MS_MAX = 10 * 60_000; // a bug may keep its test from ever ending: that finds nothing
const LEFT_OUT = new Set(['node_modules', 'dist', '.git', '.holdfast', '.tools', 'test-results']);
const LINKED = ['node_modules', '.tools'];

const { values: options, positionals: wanted } = parseArgs({
  options: { check: { type: 'boolean', default: false }, parts: { type: 'string', default: '1/1' } },
  allowPositionals: true,
});
const all = readdirSync(folder)
  .filter((file) => file.endsWith('.json'))
  .map((file) => basename(file, '.json'));
const unknown = wanted.filter((name) => !all.includes(name));
if (unknown.length > 0) {
  console.error(`no planted bug is called ${unknown.join(', ')}; they are the files of test/planted`);
  process.exit(2);
}
const [, part, parts] = /^([1-9]\d*)\/([1-9]\d*)$/.exec(options.parts)?.map(Number) ?? [];
if (!(part <= parts)) {
  console.error(`--parts ${options.parts}: name a part of how many, such as 2/4`);
  process.exit(2);
}

const bugOf = (name) => JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8'));

const specs = specsOf(root);

/** Null, or why the bug cannot be put in, or not be found. */
function misfit({ file, find, test }) {
  if (file.includes('.generated.'))
    return `${file} is generated again before the test: plant the bug in its source`;
  const path = join(root, file);
  if (!existsSync(path)) return `there is no ${file}`;
  const times = readFileSync(path, 'utf8').split(find).length - 1;
  if (times !== 1) return `the text to replace occurs ${times} times in ${file}`;
  return whyNoTest(root, specs, wordsOf(test));
}

const tierOf = ({ test }) => parseWords(wordsOf(test)).tier;

/** A copy with a folder for temporary files beside it, both open to the server's user, who is somebody else when this runs as root. */
function copySources() {
  const home = mkdtempSync(join(tmpdir(), 'holdfast-planted-'));
  process.on('exit', () => remove(home));
  const [copy, temp] = [join(home, 'copy'), join(home, 'tmp')];
  for (const path of [copy, temp]) mkdirSync(path);
  for (const path of [home, copy, temp]) chmodSync(path, 0o755);
  cpSync(root, copy, {
    recursive: true,
    filter: (path) => !LEFT_OUT.has(basename(path)) || path.includes('/test/'),
  });
  for (const name of LINKED)
    if (existsSync(join(root, name))) symlinkSync(join(root, name), join(copy, name));
  return { copy, temp, cache: join(home, 'cache') };
}

/** Ends at the first test that fails; nothing that it started outlives it. */
function jest({ copy, temp, cache }, bug) {
  const run = spawnSync(
    process.execPath,
    [
      ...['node_modules/jest/bin/jest.js', '--runInBand', '--forceExit', '--cacheDirectory', cache],
      ...['--reporters', 'default', '--reporters', './tools/lib/stop-at-red.mjs'],
      ...wordsOf(bug.test),
    ],
    {
      cwd: copy,
      encoding: 'utf8',
      timeout: TEST_MS_MAX,
      killSignal: 'SIGKILL',
      env: { ...process.env, TMPDIR: temp },
    },
  );
  endWhatRuns(dirname(copy));
  // What a run that ended at once left behind. The product's prepared ledger is kept for the next one.
  for (const name of readdirSync(temp)) if (!name.startsWith('holdfast-e2e-')) remove(join(temp, name));
  return run;
}

/** Products lead groups of their own: they are known by their command, which names this run's own folder. */
function endWhatRuns(home) {
  const { stdout } = spawnSync('ps', ['-ww', '-eo', 'pid=,args='], { encoding: 'utf8' });
  for (const line of stdout.split('\n').filter((each) => each.includes(`${home}/`))) {
    try {
      process.kill(parseInt(line, 10), 'SIGKILL');
    } catch {
      // It has ended meanwhile.
    }
  }
}

/** A browser that is still ending may write into its folder: what cannot be removed now goes with the whole copy. */
function remove(path) {
  try {
    rmSync(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  } catch (error) {
    console.error(`${path} is not removed: ${error.message}`);
  }
}

function embed(copy, file) {
  if (file.endsWith('.sql')) spawnSync(process.execPath, ['tools/embed-sql.mjs'], { cwd: copy });
  if (file.endsWith('.lua')) spawnSync(process.execPath, ['tools/embed-lua.mjs'], { cwd: copy });
}

/** A bug is found when its test runs and fails; a run without any test proves nothing. */
function tryBug(where, bug) {
  const { file, find, replace } = bug;
  const path = join(where.copy, file);
  const healthy = readFileSync(path, 'utf8');
  writeFileSync(
    path,
    healthy.replace(find, () => replace),
  );
  embed(where.copy, file);
  try {
    const { status, stderr } = jest(where, bug);
    if (status === 0) return 'its test passed all the same';
    const failed = status === RED || /Tests:\s+.*\d+ failed/.test(stderr);
    return failed ? null : `its test did not run:\n${stderr.slice(-1500)}`;
  } finally {
    writeFileSync(path, healthy);
    embed(where.copy, file);
  }
}

/** Tiers together, so that a part has a share of each. */
function chosen() {
  const names = wanted.length === 0 ? all : wanted;
  const bugs = names.map((name) => ({ name, ...bugOf(name) }));
  const sorted = bugs.sort((a, b) => tierOf(a).localeCompare(tierOf(b)) || a.name.localeCompare(b.name));
  return sorted.filter((_, i) => i % parts === part - 1);
}

function printTiers(results) {
  console.log('\n| tier | bugs | found | seconds |\n| --- | ---: | ---: | ---: |');
  for (const tier of [...new Set(results.map((result) => result.tier))]) {
    const own = results.filter((result) => result.tier === tier);
    const seconds = own.reduce((sum, result) => sum + result.seconds, 0);
    const found = own.filter(({ problem }) => problem === null).length;
    console.log(`| ${tier} | ${own.length} | ${found} | ${Math.round(seconds)} |`);
  }
}

const where = options.check ? null : copySources();
const bugs = chosen();
const results = [];
for (const bug of bugs) {
  const began = performance.now();
  const problem = misfit(bug) ?? (where && tryBug(where, bug));
  const seconds = (performance.now() - began) / 1_000;
  results.push({ tier: tierOf(bug), problem, seconds });
  const place = `(${results.length} of ${bugs.length}, ${seconds.toFixed(1)} s)`;
  if (problem) console.log(`MISSED ${bug.name} ${place}: ${problem}`);
  else if (where) console.log(`found  ${bug.name} ${place}`);
}
const missed = results.filter(({ problem }) => problem).length;
if (where) printTiers(results);
console.log(`${bugs.length - missed} passed, ${missed} failed`);
process.exitCode = missed > 0 ? 1 : 0;
