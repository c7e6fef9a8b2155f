#!/usr/bin/env node
// Runs the Dockerfile without a container engine: its steps as plain commands over a clean clone of HEAD, then starts the result.
// It shows that the image can be built and that nothing the product needs was left out; not what the base image does.
//   node tools/compose-check/image.mjs [folder to work in; it is kept, the product is in image/app]
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const say = (line) => console.error(line);

/** Stages as lists of instructions; backslash lines are not used in the file. */
function parse(text) {
  const stages = [];
  for (const line of text.split('\n').map((each) => each.trim())) {
    if (!line || line.startsWith('#')) continue;
    const [word, rest] = [line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1)];
    if (word === 'FROM') stages.push({ name: / AS (\w+)$/.exec(rest)?.[1] ?? 'image', steps: [] });
    else stages.at(-1).steps.push({ word, rest });
  }
  return stages;
}

/** What the engine would send: a clean clone without what .dockerignore leaves out, so that a file nobody committed is missed. */
function makeContext(folder) {
  const clone = join(folder, 'clone');
  if (!existsSync(join(root, '.git'))) {
    say('image: no repository here, so files that nobody committed are taken for committed ones');
    const left = new Set(['node_modules', 'dist', '.holdfast', '.tools', 'test-results']);
    cpSync(root, clone, { recursive: true, filter: (path) => !left.has(basename(path)) });
  } else execFileSync('git', ['clone', '--quiet', '--no-hardlinks', '--depth', '1', `file://${root}`, clone]);
  const rules = readFileSync(join(clone, '.dockerignore'), 'utf8')
    .split('\n')
    .filter((line) => line && !line.startsWith('#'));
  const kept = rules.filter((rule) => rule.startsWith('!')).map((rule) => rule.slice(1));
  const dropped = rules.filter((rule) => !/^[!*]/.test(rule) || rule.startsWith('**/'));
  const context = join(folder, 'context');
  mkdirSync(context);
  for (const name of kept) cpSync(join(clone, name), join(context, name), { recursive: true });
  for (const rule of dropped) {
    if (!rule.startsWith('**/')) rmSync(join(context, rule), { recursive: true, force: true });
    else for (const path of matching(context, rule.slice(3))) rmSync(path, { recursive: true, force: true });
  }
  return context;
}

function matching(folder, pattern) {
  const fits = (name) => (pattern.startsWith('*') ? name.endsWith(pattern.slice(1)) : name === pattern);
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => fits(entry.name))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name));
}

function link(path, target) {
  mkdirSync(dirname(target), { recursive: true });
  execFileSync('cp', ['-al', path, target]);
}

function runStage(stage, folder, context) {
  const disk = join(folder, stage.name); // stands for the whole file system of the stage
  const inside = (path) => (path.startsWith('/') ? join(disk, path) : join(disk, at, path));
  let at = '/';
  // What npm has in its cache already it need not fetch again.
  let env = { PATH: process.env.PATH, HOME: process.env.HOME, npm_config_prefer_offline: 'true' };
  let command = null;
  for (const { word, rest } of stage.steps) {
    const began = Date.now();
    switch (word) {
      case 'WORKDIR':
        at = rest;
        mkdirSync(inside('.'), { recursive: true });
        break;
      case 'ENV':
        env = { ...env, ...Object.fromEntries(rest.split(' ').map((pair) => pair.split('='))) };
        break;
      case 'COPY': {
        const words = rest.split(' ');
        const from = /^--from=(\w+)$/.exec(words[0])?.[1];
        const [to, ...sources] = words.slice(from ? 1 : 0).reverse();
        for (const source of sources) {
          const path = from ? join(folder, from, source) : join(context, source);
          const target = to.endsWith('/') ? join(inside(to), source) : inside(to);
          // Linked, not copied, from the stage before: 10,000 files, and nobody changes them.
          if (from) link(path, target);
          else cpSync(path, target, { recursive: true, verbatimSymlinks: true });
        }
        break;
      }
      case 'RUN':
        // Owners and absolute paths need a real root; the tool checks what the product needs.
        if (rest.startsWith('install -d')) mkdirSync(inside(rest.split(' ').at(-1)), { recursive: true });
        else
          execFileSync('sh', ['-c', rest], { cwd: inside('.'), env, stdio: ['ignore', 'ignore', 'inherit'] });
        break;
      case 'CMD':
        command = JSON.parse(rest);
        break;
      case 'USER':
      case 'EXPOSE':
        break;
      default:
        throw new Error(`image.mjs does not know ${word}`);
    }
    const seconds = (Date.now() - began) / 1000;
    if (seconds > 1) say(`${stage.name}: ${word} ${rest.slice(0, 60)} … ${seconds.toFixed(1)} s`);
  }
  return { app: inside('.'), env, command };
}

// What each program says when it is told nothing: it is loaded by then, with all that it imports.
const SERVICES = { gateway: 'REDIS_URL', inventory: 'KAFKA_BROKERS', checkout: 'INVENTORY_ADDRESSES' };
const PROGRAMS = [
  { args: ['dist/apps/standalone/src/cli/main.js', '--help'], status: 0, says: 'Usage: holdfast' },
  { args: ['dist/apps/standalone/src/main.js'], env: { PORT: 'no-port' }, status: 1, says: 'PORT' },
  ...Object.entries(SERVICES).map(([name, needed]) => ({
    args: [`dist/apps/${name}/src/main.js`],
    status: 1,
    says: `${needed}: ${name} needs it`,
  })),
  { args: ['tools/cluster/keep-stream.mjs'], status: 2, says: 'CONNECT_URL' },
  { args: ['tools/cluster/healthy.mjs', 'http://127.0.0.1:1/'], status: 1, says: 'fetch failed' },
  { args: ['infra/debezium/login.mjs'], status: 2, says: 'CDC_USER' },
  { args: ['tools/cluster/make-logins.mjs'], status: 2, says: 'DATABASE_URL' },
  { args: ['infra/debezium/register.mjs'], status: 2, says: 'CONNECT_URL' },
];

/** Every program must load: a file or a dependency that was left out shows here, before any setting is used. */
function tryOut({ app, env }) {
  for (const { args, env: more = {}, status, says } of PROGRAMS) {
    const run = spawnSync('node', args, {
      cwd: app,
      env: { ...env, HOLDFAST_DATA_DIR: join(app, '..', 'data'), ...more },
      encoding: 'utf8',
      timeout: 60_000,
    });
    const output = run.stdout + run.stderr;
    if (run.status !== status || !output.includes(says))
      throw new Error(
        `${args[0]} does not start from the image (exit ${run.status}):\n${output.slice(0, 3000)}`,
      );
    say(`image: ${args[0]} loads`);
  }
}

const folder = process.argv[2] ? resolve(process.argv[2]) : mkdtempSync(join(tmpdir(), 'holdfast-image-'));
mkdirSync(folder, { recursive: true });
try {
  const context = makeContext(folder);
  const stages = parse(readFileSync(join(root, 'Dockerfile'), 'utf8'));
  let last = null;
  for (const stage of stages) last = runStage(stage, folder, context);
  const size = execFileSync('du', ['-sm', last.app], { encoding: 'utf8' }).split('\t')[0];
  say(`image: the product is ${size} MB`);
  tryOut(last);
  if (!existsSync(join(last.app, last.command[1])))
    throw new Error(`CMD names ${last.command[1]}, which is not there`);
  say('The image can be built');
} finally {
  if (!process.argv[2]) rmSync(folder, { recursive: true, force: true });
}
