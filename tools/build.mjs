#!/usr/bin/env node
// Builds the product into dist/: the services with swc, the pages with Vite. `ensureBuilt` does it only when a source has changed.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const dist = join(root, 'dist');
const stamp = join(dist, 'build.sha256');
const SOURCES = ['apps', 'libs', '.swcrc', 'package-lock.json', 'tools/build.mjs'];

function filesOf(path) {
  if (path.includes('node_modules')) return [];
  const entries = readdirSync(path, { withFileTypes: true });
  return entries
    .flatMap((entry) => (entry.isDirectory() ? filesOf(join(path, entry.name)) : [join(path, entry.name)]))
    .sort();
}

function sourcesHash() {
  const hash = createHash('sha256').update(process.versions.node.split('.')[0]);
  for (const source of SOURCES) {
    const path = join(root, source);
    if (!existsSync(path)) continue;
    const files = /\.(mjs|json|swcrc)$|\.swcrc$/.test(source) ? [path] : filesOf(path);
    for (const file of files) {
      if (file.endsWith('.spec.ts')) continue;
      hash.update(file.slice(root.length)).update(readFileSync(file));
    }
  }
  return hash.digest('hex');
}

function run(bin, args) {
  try {
    execFileSync(process.execPath, [join(root, 'node_modules', bin), ...args], { cwd: root, stdio: 'pipe' });
  } catch (error) {
    throw new Error(`building failed: ${bin}\n${error.stdout ?? ''}${error.stderr ?? ''}`);
  }
}

/** Builds everything into a fresh folder and puts it in place at the end, so that a failed or interrupted build leaves the old one. */
export function build() {
  const hash = sourcesHash();
  const fresh = `${dist}.${process.pid}`; // by process, since two builds may run at once
  rmSync(fresh, { recursive: true, force: true });
  mkdirSync(fresh, { recursive: true });
  run('@swc/cli/bin/swc.js', [
    'apps',
    'libs',
    '-d',
    fresh,
    '--quiet',
    '--ignore',
    '**/*.spec.ts,apps/gateway/web/**',
  ]);
  if (existsSync(join(root, 'apps/gateway/web/vite.config.ts'))) {
    run('vite/bin/vite.js', [
      'build',
      '-c',
      'apps/gateway/web/vite.config.ts',
      '--outDir',
      join(fresh, 'web'),
      '--logLevel',
      'error',
    ]);
  }
  writeFileSync(join(fresh, 'build.sha256'), hash);
  rmSync(dist, { recursive: true, force: true });
  renameSync(fresh, dist);
}

export function isBuilt() {
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === sourcesHash();
}

/** Returns true when it had to build. `say` is told before the work starts. */
export function ensureBuilt(say = () => undefined) {
  if (isBuilt()) return false;
  say('Building Holdfast …');
  build();
  return true;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const started = Date.now();
  build();
  console.error(`built in ${((Date.now() - started) / 1000).toFixed(1)} s`);
}
