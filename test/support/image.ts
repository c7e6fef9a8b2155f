import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { REPOSITORY } from './repository';

interface Stage {
  name: string;
  steps: { word: string; rest: string }[];
}

interface Built {
  app: string;
  env: NodeJS.ProcessEnv;
}

export interface ImageOptions {
  /** Of the programs that the steps call. */
  path: string;
  /** Takes the node_modules of this clone for `npm ci`, if they were installed from the same lock file. */
  linked: boolean;
}

/**
 * Runs the Dockerfile without a container engine: its steps as plain commands over a clean clone of HEAD, then starts every program of the result.
 * It shows that the image can be built and that nothing the product needs was left out; not what the base image does. The product is in
 * `<folder>/image/app`.
 */
export function buildImage(folder: string, { path, linked }: ImageOptions): void {
  const context = makeContext(folder);
  const isLinked = linked && isInstalledHere(context);
  // What npm has in its cache already it need not fetch again.
  const env = { PATH: path, HOME: process.env['HOME'], npm_config_prefer_offline: 'true' };
  const stages = parse(readFileSync(join(REPOSITORY, 'Dockerfile'), 'utf8'));
  const last = stages.map((stage) => runStage(stage, folder, context, env, isLinked)).at(-1);
  if (!last) throw new Error('the Dockerfile has no stage');
  for (const program of PROGRAMS) tryOut(last, program);
}

/** Lines that a backslash continues are not used in the file. */
function parse(text: string): Stage[] {
  const stages: Stage[] = [];
  for (const line of text.split('\n').map((each) => each.trim())) {
    if (!line || line.startsWith('#')) continue;
    const [word, rest] = [line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1)];
    if (word === 'FROM') stages.push({ name: / AS (\w+)$/.exec(rest)?.[1] ?? 'image', steps: [] });
    else stages.at(-1)?.steps.push({ word, rest });
  }
  return stages;
}

/** What the engine would send: a clean clone without what .dockerignore leaves out, so that a file nobody committed is missed. */
function makeContext(folder: string): string {
  const clone = join(folder, 'clone');
  if (existsSync(join(REPOSITORY, '.git')))
    execFileSync('git', [
      ...['clone', '--quiet', '--no-hardlinks', '--depth', '1'],
      ...[`file://${REPOSITORY}`, clone],
    ]);
  else {
    // A copy of the sources: files that nobody committed are taken for committed ones.
    const left = new Set(['node_modules', 'dist', '.holdfast', '.tools', 'test-results']);
    cpSync(REPOSITORY, clone, { recursive: true, filter: (path) => !left.has(basename(path)) });
  }
  const rules = readFileSync(join(clone, '.dockerignore'), 'utf8')
    .split('\n')
    .filter((line) => line && !line.startsWith('#'));
  const context = join(folder, 'context');
  mkdirSync(context);
  for (const rule of rules.filter((each) => each.startsWith('!')))
    cpSync(join(clone, rule.slice(1)), join(context, rule.slice(1)), { recursive: true });
  for (const rule of rules.filter((each) => !/^[!*]/.test(each) || each.startsWith('**/')))
    for (const path of rule.startsWith('**/') ? matching(context, rule.slice(3)) : [join(context, rule)])
      rmSync(path, { recursive: true, force: true });
  return context;
}

function matching(folder: string, pattern: string): string[] {
  const fits = (name: string) =>
    pattern.startsWith('*') ? name.endsWith(pattern.slice(1)) : name === pattern;
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => fits(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
}

function runStage(
  { name, steps }: Stage,
  folder: string,
  context: string,
  base: NodeJS.ProcessEnv,
  isLinked: boolean,
): Built {
  const disk = join(folder, name); // stands for the whole file system of the stage
  let at = '/';
  let env = base;
  const inside = (path: string) => (path.startsWith('/') ? join(disk, path) : join(disk, at, path));
  for (const { word, rest } of steps) {
    const words = rest.split(' ');
    switch (word) {
      case 'WORKDIR':
        at = rest;
        mkdirSync(inside('.'), { recursive: true });
        break;
      case 'ENV':
        env = { ...env, ...Object.fromEntries(words.map((pair) => pair.split('='))) };
        break;
      case 'COPY': {
        const from = /^--from=(\w+)$/.exec(words[0]!)?.[1];
        const [to, ...sources] = words.slice(from ? 1 : 0).reverse() as [string, ...string[]];
        for (const source of sources) {
          const target = to.endsWith('/') ? join(inside(to), source) : inside(to);
          if (from) link(join(folder, from, source), target);
          else cpSync(join(context, source), target, { recursive: true, verbatimSymlinks: true });
        }
        break;
      }
      case 'RUN':
        // Owners and absolute paths need a real root; what the product needs is looked at.
        if (rest.startsWith('install -d')) mkdirSync(inside(words.at(-1)!), { recursive: true });
        else if (rest.startsWith('npm ci ') && isLinked) linkModules(inside('node_modules'));
        else execFileSync('sh', ['-c', rest], { cwd: inside('.'), env, stdio: 'pipe' });
        break;
      case 'CMD': {
        const [, file] = JSON.parse(rest) as string[];
        if (!existsSync(inside(file!))) throw new Error(`CMD names ${file}, which is not there`);
        break;
      }
      case 'USER':
      case 'EXPOSE':
        break;
      default:
        throw new Error(`the Dockerfile says ${word}, which this test does not know`);
    }
  }
  return { app: inside('.'), env };
}

/** Linked, not copied, from the stage before: 10,000 files, and nobody changes them. */
function link(path: string, target: string): void {
  mkdirSync(dirname(target), { recursive: true });
  execFileSync('cp', ['-al', path, target]);
}

/** Whether this clone has installed what the context locks, so that `npm ci` would only make the same files again. */
function isInstalledHere(context: string): boolean {
  const lock = (folder: string) => readFileSync(join(folder, 'package-lock.json'), 'utf8');
  const install = JSON.stringify(join(REPOSITORY, 'tools/lib/install.mjs'));
  const code = `import(${install}).then(({ isInstalled }) => process.exit(isInstalled() ? 0 : 1))`;
  return spawnSync(process.execPath, ['-e', code]).status === 0 && lock(REPOSITORY) === lock(context);
}

/** Stands for `npm ci`. Hard links, as npm replaces and removes files but does not write into them, except for its own list. */
function linkModules(target: string): void {
  const [from, list] = [join(REPOSITORY, 'node_modules'), '.package-lock.json'];
  mkdirSync(target);
  const names = readdirSync(from).filter((name) => name === '.bin' || !name.startsWith('.'));
  const copy = (how: string) => execFileSync('cp', [how, ...names.map((name) => join(from, name)), target]);
  try {
    copy('-al');
  } catch {
    copy('-a'); // another file system
  }
  cpSync(join(from, list), join(target, list));
}

// What each program says when it is told nothing: it is loaded by then, with all that it imports.
const SERVICES = {
  gateway: 'REDIS_URL',
  inventory: 'KAFKA_BROKERS',
  checkout: 'INVENTORY_ADDRESSES',
  rehearsals: 'INVENTORY_ADDRESSES',
};
const CLUSTER = 'dist/apps/cluster/src/programs';
const PROGRAMS: { args: string[]; env?: NodeJS.ProcessEnv; status: number; says: string }[] = [
  { args: ['dist/apps/cli/src/main.js', '--help'], status: 0, says: 'Usage: holdfast' },
  { args: ['dist/apps/standalone/src/main.js'], env: { PORT: 'no-port' }, status: 1, says: 'PORT' },
  ...Object.entries(SERVICES).map(([name, needed]) => ({
    args: [`dist/apps/${name}/src/main.js`],
    status: 1,
    says: `${needed}: ${name} needs it`,
  })),
  { args: ['dist/apps/cluster/src/main.js'], env: { PORT: 'no-port' }, status: 1, says: 'PORT' },
  { args: [`${CLUSTER}/keep-stream.js`], status: 2, says: 'CONNECT_URL' },
  { args: [`${CLUSTER}/healthy.js`, 'http://127.0.0.1:1/'], status: 1, says: 'fetch failed' },
  { args: [`${CLUSTER}/make-logins.js`], status: 2, says: 'DATABASE_URL' },
  { args: [`${CLUSTER}/register-connector.js`], status: 2, says: 'CONNECT_URL' },
];

/** Every program must load: a file or a dependency that was left out shows here, before any setting is used. */
function tryOut({ app, env }: Built, { args, env: more, status, says }: (typeof PROGRAMS)[number]): void {
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
}
