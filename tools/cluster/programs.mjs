// Finds a program, or installs its Debian package when that is possible (Debian and root), without starting the package's daemon.
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
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

/** @returns {string} absolute path of `program`, which Debian's `pkg` brings; throws a ClusterError that says what to do */
export function requireProgram(program, pkg, { say = () => undefined, instead = '' } = {}) {
  const found = which(program);
  if (found) return found;
  const advice = `install it (Debian: apt-get install ${pkg})${instead ? `, or ${instead}` : ''}`;
  if (process.getuid?.() !== 0 || !which('apt-get'))
    throw new ClusterError(`there is no ${program} on PATH: ${advice}`);
  say(`Installing Debian's ${pkg} …`);
  const problem = aptInstall(pkg);
  const path = which(program);
  if (path) return path;
  throw new ClusterError(`Debian's ${pkg} could not be installed; ${advice}.\n${problem}`);
}

function aptInstall(pkg) {
  // A package starts its daemon right after the install, on its default port: this file forbids it. An existing one stays as it is.
  const ours = !existsSync(POLICY);
  if (ours) writeFileSync(POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    const apt = (...args) =>
      spawnSync('apt-get', ['-qq', '-o', 'DPkg::Lock::Timeout=120', ...args], {
        env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
        encoding: 'utf8',
      });
    const update = apt('update'); // fresh lists, else some files are gone
    const install = apt('install', '-y', '--no-install-recommends', pkg);
    return `${update.stderr}${install.stderr}`.trim().split('\n').slice(-8).join('\n');
  } finally {
    if (ours) rmSync(POLICY, { force: true });
  }
}
