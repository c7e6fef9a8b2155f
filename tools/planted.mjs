#!/usr/bin/env node
// Shows that the important tests can fail: puts each bug of test/planted into a copy of the sources, and expects its test to go red.
//   npm run test:planted [-- name …]
//   node tools/planted.mjs --check     only whether each bug still fits into the sources, which takes no time
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
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

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const folder = join(root, 'test/planted');
const TEST_MS_MAX = 10 * 60_000; // a bug may keep its test from ever ending: that finds nothing
const LEFT_OUT = new Set(['node_modules', 'dist', '.git', '.holdfast', '.tools', 'test-results']);

const args = process.argv.slice(2);
const checkOnly = args.includes('--check');
const wanted = args.filter((arg) => arg !== '--check');
const all = readdirSync(folder)
  .filter((file) => file.endsWith('.json'))
  .map((file) => basename(file, '.json'));
const unknown = wanted.filter((name) => !all.includes(name));
if (unknown.length > 0) {
  console.error(`no planted bug is called ${unknown.join(', ')}; they are the files of test/planted`);
  process.exit(2);
}
const names = wanted.length === 0 ? all : wanted;

const bugOf = (name) => JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8'));

/** Null, or why the bug cannot be put in. */
function misfit({ file, find }) {
  const path = join(root, file);
  if (!existsSync(path)) return `there is no ${file}`;
  const times = readFileSync(path, 'utf8').split(find).length - 1;
  return times === 1 ? null : `the text to replace occurs ${times} times in ${file}`;
}

function copySources() {
  const copy = mkdtempSync(join(tmpdir(), 'holdfast-planted-'));
  process.on('exit', () => rmSync(copy, { recursive: true, force: true }));
  cpSync(root, copy, {
    recursive: true,
    filter: (path) => !LEFT_OUT.has(basename(path)) || path.includes('/test/'),
  });
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  return copy;
}

function jest(copy, test) {
  const words = Array.isArray(test)
    ? test
    : test.match(/"[^"]*"|\S+/g).map((word) => word.replace(/^"|"$/g, ''));
  return spawnSync(process.execPath, ['node_modules/jest/bin/jest.js', '--runInBand', ...words], {
    cwd: copy,
    encoding: 'utf8',
    timeout: TEST_MS_MAX,
    killSignal: 'SIGKILL',
  });
}

function embed(copy) {
  for (const tool of ['tools/embed-sql.mjs', 'tools/embed-lua.mjs'])
    spawnSync(process.execPath, [tool], { cwd: copy });
}

/** A bug is found when its test runs and fails; a run without any test proves nothing. */
function tryBug(copy, { file, find, replace, test }) {
  const path = join(copy, file);
  const healthy = readFileSync(path, 'utf8');
  writeFileSync(
    path,
    healthy.replace(find, () => replace),
  );
  embed(copy);
  try {
    const { status, stderr } = jest(copy, test);
    if (status === 0) return 'its test passed all the same';
    return /Tests:\s+.*\d+ failed/.test(stderr) ? null : `its test did not run:\n${stderr.slice(-1500)}`;
  } finally {
    writeFileSync(path, healthy);
    embed(copy);
  }
}

const copy = checkOnly ? null : copySources();
let missed = 0;
for (const name of names) {
  const bug = bugOf(name);
  const problem = misfit(bug) ?? (copy && tryBug(copy, bug));
  if (problem) missed += 1;
  if (problem) console.log(`MISSED ${name}: ${problem}`);
  else if (copy) console.log(`found  ${name}`);
}
console.log(`${names.length - missed} passed, ${missed} failed`);
process.exitCode = missed > 0 ? 1 : 0;
