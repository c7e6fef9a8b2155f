#!/usr/bin/env node
// Shows that the important tests can fail: puts each bug of test/planted into a copy of the sources, and expects its test to go red.
//   npm run test:planted [-- name …]
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const folder = join(root, 'test/planted');
const wanted = process.argv.slice(2);
const TEST_MS_MAX = 10 * 60_000; // a bug may keep its test from ever ending: that finds nothing
const LEFT_OUT = new Set(['node_modules', 'dist', '.git', '.holdfast', '.tools', 'test-results']);

const copy = mkdtempSync(join(tmpdir(), 'holdfast-planted-'));
process.on('exit', () => rmSync(copy, { recursive: true, force: true }));
cpSync(root, copy, {
  recursive: true,
  filter: (path) => !LEFT_OUT.has(basename(path)) || path.includes('/test/'),
});
symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));

function jest(test) {
  const args = Array.isArray(test)
    ? test
    : test.match(/"[^"]*"|\S+/g).map((word) => word.replace(/^"|"$/g, ''));
  return spawnSync(process.execPath, ['node_modules/jest/bin/jest.js', '--runInBand', ...args], {
    cwd: copy,
    encoding: 'utf8',
    timeout: TEST_MS_MAX,
    killSignal: 'SIGKILL',
  });
}

function embed() {
  for (const tool of ['tools/embed-sql.mjs', 'tools/embed-lua.mjs'])
    spawnSync(process.execPath, [tool], { cwd: copy });
}

/** A bug is found when its test runs and fails; a run without any test proves nothing. */
function tryBug(name) {
  const { file, find, replace, test } = JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8'));
  const path = join(copy, file);
  const healthy = readFileSync(path, 'utf8');
  if (healthy.split(find).length !== 2)
    return `the text to replace occurs ${healthy.split(find).length - 1} times in ${file}`;
  writeFileSync(
    path,
    healthy.replace(find, () => replace),
  );
  embed();
  try {
    const { status, stderr } = jest(test);
    if (status === 0) return 'its test passed all the same';
    return /Tests:\s+.*\d+ failed/.test(stderr) ? null : `its test did not run:\n${stderr.slice(-1500)}`;
  } finally {
    writeFileSync(path, healthy);
    embed();
  }
}

const all = readdirSync(folder)
  .filter((file) => file.endsWith('.json'))
  .map((file) => basename(file, '.json'));
const unknown = wanted.filter((name) => !all.includes(name));
if (unknown.length > 0) {
  console.error(`no planted bug is called ${unknown.join(', ')}; they are the files of test/planted`);
  process.exit(2);
}
const names = wanted.length === 0 ? all : wanted;
let missed = 0;
for (const name of names) {
  const problem = tryBug(name);
  if (problem) missed += 1;
  console.log(problem ? `MISSED ${name}: ${problem}` : `found  ${name}`);
}
console.log(`${names.length - missed} passed, ${missed} failed`);
process.exitCode = missed > 0 ? 1 : 0;
