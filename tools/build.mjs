#!/usr/bin/env node
// Builds the product into dist/: the services with swc, the pages with Vite. `ensureBuilt` does it only when a source has changed.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const dist = join(root, 'dist');
const stamp = join(dist, 'build.sha256');
const SOURCES = [
  'apps',
  'libs',
  'clients',
  'docs/runbooks',
  '.swcrc',
  'nest-cli.json',
  'package-lock.json',
  'tools/build.mjs',
];

function sourcesHash() {
  const hash = createHash('sha256').update(process.versions.node.split('.')[0]);
  for (const source of SOURCES) {
    const path = join(root, source);
    if (!existsSync(path)) continue;
    const files = statSync(path).isDirectory() ? filesIn(path).sort() : [path];
    for (const file of files) {
      if (file.endsWith('.spec.ts') || file.includes('node_modules')) continue;
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
  const { filenames, ignore } = compiled();
  run('@swc/cli/bin/swc.js', [...filenames, '-d', fresh, '--quiet', '--ignore', ignore.join(',')]);
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
  copyReader(join(fresh, 'docs-assets'));
  for (const folder of ['web', 'docs-assets']) compressFiles(join(fresh, folder));
  writeFileSync(join(fresh, 'build.sha256'), hash);
  rmSync(dist, { recursive: true, force: true });
  renameSync(fresh, dist);
}

/** What is compiled: the same for `nest build`, which compiles without the pages. @returns {{ filenames: string[], ignore: string[] }} */
function compiled() {
  return JSON.parse(readFileSync(join(root, 'nest-cli.json'), 'utf8')).compilerOptions.builder.options;
}

const READER_FILES = /^(swagger-ui(-bundle|-standalone-preset)?\.(js|css)|favicon-\d+x\d+\.png)$/;

/** The reader of the interface's description, of which the gateway serves these files. */
function copyReader(folder) {
  const source = join(root, 'node_modules/swagger-ui-dist');
  mkdirSync(folder);
  for (const name of readdirSync(source).filter((file) => READER_FILES.test(file)))
    copyFileSync(join(source, name), join(folder, name));
}

const COMPRESSED_BYTES_MIN = 1024; // below it a file fits into one packet anyhow

/** Lays `.br` and `.gz` beside each file that shrinks: the gateway sends those to clients that take them, and compresses nothing itself. */
function compressFiles(folder) {
  if (!existsSync(folder)) return;
  for (const file of filesIn(folder)) {
    if (!/\.(js|css|svg|html|json|txt|webmanifest)$/.test(file)) continue;
    const bytes = readFileSync(file);
    if (bytes.length < COMPRESSED_BYTES_MIN) continue;
    const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }; // the best one takes ten times as long for 3 % less
    writeFileSync(`${file}.br`, brotliCompressSync(bytes, quality));
    writeFileSync(`${file}.gz`, gzipSync(bytes, { level: 9 }));
  }
}

function filesIn(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

export function isBuilt() {
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === sourcesHash();
}

/** Returns true when it had to build. `say` is told before the work starts. */
export function ensureBuilt(say = /** @type {(line: string) => void} */ (() => undefined)) {
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
