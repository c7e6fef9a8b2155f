// Makes this clone ready to run: dependencies, build, command. Does nothing when nothing is missing or stale.
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installIfNeeded, isInstalled } from './install.mjs';
import { linkCommand } from './link-command.mjs';
import { runStep } from './run-step.mjs';
import { oneAtATime } from './setup-lock.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** A signal that is aborted by Ctrl-C and its like, from now on. */
export function interruption() {
  const interrupted = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, () => interrupted.abort());
  return interrupted.signal;
}

/** Progress goes to standard error. Throws an error to show, unless `signal` ended it. */
export async function prepare(signal = new AbortController().signal) {
  if (!(await isReady())) {
    const say = (line) => process.stderr.write(`${line}\n`);
    const waiting = 'Waiting for another start in this folder to finish its preparations …';
    const lock = join(root, '.tools', 'setup.lock');
    await oneAtATime(lock, () => installAndBuild(signal), { waiting, say, signal });
  }
  linkCommand();
}

async function installAndBuild(signal) {
  await installIfNeeded({ signal });
  if (await isReady()) return; // another start in this folder built it while we waited
  await runStep('Building Holdfast', process.execPath, [join(root, 'tools', 'build.mjs')], {
    cwd: root,
    signal,
  });
}

async function isReady() {
  if (!isInstalled()) return false;
  const { isBuilt } = await import('../build.mjs');
  return isBuilt();
}

// `node tools/lib/prepare.mjs`: for tests and scripts that start the product's files themselves.
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  prepare().catch((error) => {
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  });
}
