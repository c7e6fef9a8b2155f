#!/usr/bin/env node
// Runs a TypeScript program of this repository, e.g. `node tools/run.mjs bench/lane/main.ts`: compiles it beside apps and libs, then starts it.
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureBuilt } from './build.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const [program, ...args] = process.argv.slice(2);
if (!program) {
  console.error('usage: node tools/run.mjs <program.ts> [arguments]');
  process.exit(2);
}
ensureBuilt((line) => console.error(line));
const out = join(root, '.holdfast', 'run', String(process.pid));
mkdirSync(out, { recursive: true });
process.on('exit', () => rmSync(out, { recursive: true, force: true }));
const swc = join(root, 'node_modules/@swc/cli/bin/swc.js');
execFileSync(
  process.execPath,
  [
    swc,
    'apps',
    'libs',
    'bench',
    'test/support',
    '-d',
    out,
    '--quiet',
    '--ignore',
    '**/*.spec.ts,apps/gateway/web/**',
  ],
  { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] },
);
const child = spawn(
  process.execPath,
  ['--enable-source-maps', join(out, program.replace(/\.ts$/, '.js')), ...args],
  { cwd: root, stdio: 'inherit' },
);
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, (name) => child.kill(name));
child.on('exit', (code, signal) => process.exit(code ?? (signal ? 1 : 0)));
