// Installs the locked dependencies when they are missing or are not those of package-lock.json. Plain Node: it runs before the install.
import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runAllowedScripts, scriptsHaveRun } from './allowed-scripts.mjs';
import { runStep } from './run-step.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..', '..');
const TITLE = 'Installing the locked dependencies';

// Building needs the development tools, also where NODE_ENV=production would leave them out.
const ARGS = [
  ...['ci', '--include=dev', '--include=optional', '--ignore-scripts'],
  ...['--no-audit', '--no-fund', '--loglevel=error'],
];

/** All is there, and what has to be done once after an install is done. */
export function isInstalled() {
  return hasPackages() && scriptsHaveRun(root);
}

/** Compares what npm wrote down at the end of its last install with what is locked, so an install by hand counts, too. */
function hasPackages() {
  const installed = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(installed)) return false;
  const has = packagesOf(installed);
  return Object.entries(packagesOf(join(root, 'package-lock.json'))).every(([path, locked]) => {
    if (path === '') return true;
    // Optional packages of other platforms are rightly missing.
    return has[path] ? has[path].version === locked.version : Boolean(locked.optional || locked.devOptional);
  });
}

function packagesOf(file) {
  return JSON.parse(readFileSync(file, 'utf8')).packages ?? {};
}

function npm() {
  const running = process.env.npm_execpath ?? '';
  return basename(running) === 'npm-cli.js' ? [process.execPath, running] : ['npm'];
}

// What is locked never changes, so what npm knows already needs no second look: a third of the time. Only when its knowledge
// is older than a locked version does it have to ask.
const TRIES = [[...ARGS, '--prefer-offline'], ARGS];

/** For a start: can be interrupted, shows its progress. */
export async function installIfNeeded({ signal }) {
  if (isInstalled()) return;
  const [command, ...first] = npm();
  const step = (args) => runStep(TITLE, command, [...first, ...args], { cwd: root, signal });
  if (!hasPackages())
    await step(TRIES[0]).catch((error) => {
      if (signal.aborted) throw error;
      return step(TRIES[1]);
    });
  await runAllowedScripts(root, step);
}

// `node tools/lib/install.mjs`: for scripts that need the packages and no build.
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  installIfNeeded({ signal: new AbortController().signal }).catch((error) => {
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  });
}
