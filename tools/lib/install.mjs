// Installs the locked dependencies when they are missing or are not those of package-lock.json. Plain Node: it runs before the install.
import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Interrupted, runStep } from './run-step.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..', '..');
const TITLE = 'Installing the locked dependencies';

// Building needs the development tools, also where NODE_ENV=production would leave them out.
const ARGS = ['ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund', '--loglevel=error'];

/** Compares what npm wrote down at the end of its last install with what is locked, so an install by hand counts, too. */
export function isInstalled() {
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
  const install = (args) => runStep(TITLE, command, [...first, ...args], { cwd: root, signal });
  await install(TRIES[0]).catch((error) => {
    if (error instanceof Interrupted) throw error;
    return install(TRIES[1]);
  });
}
