// Finds a program, or installs its Debian package when that is possible (Debian and root), without starting the package's daemon.
import { accessSync, constants, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { startChild } from './child.mjs';
import { ClusterError } from './errors.mjs';

const POLICY = '/usr/sbin/policy-rc.d';
// Debian keeps servers where an ordinary user's PATH does not look.
const EXTRA = ['/usr/sbin', '/usr/local/sbin'];

/** @returns {string|null} absolute path */
export function which(program) {
  for (const folder of [...(process.env.PATH ?? '').split(delimiter), ...EXTRA]) {
    const path = join(folder || '.', program);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // not here
    }
  }
  return null;
}

/** @returns {Promise<string>} absolute path of `program`, which Debian's `pkg` brings; throws a ClusterError that says what to do */
export async function requireProgram(program, pkg, { say = () => undefined, instead = '' } = {}) {
  const found = which(program);
  if (found) return found;
  const advice = `install it (Debian: apt-get install ${pkg})${instead ? `, or ${instead}` : ''}`;
  if (process.getuid?.() !== 0 || !which('apt-get'))
    throw new ClusterError(`there is no ${program} on PATH: ${advice}`);
  say(`Installing Debian's ${pkg} …`);
  const problem = await aptInstall(pkg);
  const path = which(program);
  if (path) return path;
  throw new ClusterError(`Debian's ${pkg} could not be installed; ${advice}.\n${problem}`);
}

/** @returns {Promise<string>} the end of what apt-get said */
async function aptInstall(pkg) {
  const dir = mkdtempSync(join(tmpdir(), 'holdfast-apt-'));
  // A package starts its daemon right after the install, on its default port: this file forbids it. An existing one stays as it is.
  const ours = !existsSync(POLICY);
  const cleanUp = () => {
    if (ours) rmSync(POLICY, { force: true });
    rmSync(dir, { recursive: true, force: true });
  };
  process.once('exit', cleanUp); // also when the end is asked for in the middle
  try {
    if (ours) writeFileSync(POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
    let said = '';
    const apt = async (...args) => {
      // A child like the servers: it ends with us, and an end that is asked for need not wait for a download.
      const child = await startChild({
        name: 'apt-get',
        command: 'apt-get',
        args: ['-qq', '-o', 'DPkg::Lock::Timeout=120', ...args],
        logFile: join(dir, 'apt.log'),
        cwd: dir,
        env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      });
      await child.exited;
      said = child.lastLog();
    };
    await apt('update'); // fresh lists, else some files are gone
    await apt('install', '-y', '--no-install-recommends', pkg);
    return said;
  } finally {
    process.off('exit', cleanUp);
    cleanUp();
  }
}
