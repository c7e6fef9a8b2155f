import { accessSync, constants, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { inheritedEnv, personsEnv, type Say, startChild, StartError } from '@holdfast/process';

const POLICY = '/usr/sbin/policy-rc.d';
// Debian installs servers outside an ordinary user's PATH.
const EXTRA = ['/usr/sbin', '/usr/local/sbin'];

/** The absolute path of a program, or null. */
export function which(program: string): string | null {
  const folders = [...(inheritedEnv()['PATH'] ?? '').split(delimiter), ...EXTRA];
  return folders.map((folder) => join(folder || '.', program)).find(isProgram) ?? null;
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * The absolute path of `program`; if it is missing, Debian's package of that name is installed where possible (Debian and root), without starting
 * its daemon. Throws a `StartError` that says what to do.
 */
export async function requireProgram(
  program: string,
  { say, instead }: { say?: Say | undefined; instead?: string } = {},
): Promise<string> {
  const found = which(program);
  if (found) return found;
  const advice = `install it (Debian: apt-get install ${program})${instead ? `, or ${instead}` : ''}`;
  if (process.getuid?.() !== 0 || !which('apt-get'))
    throw new StartError(`there is no ${program} on PATH: ${advice}`);
  say?.(`Installing Debian's ${program} …`);
  const problem = await aptInstall(program);
  const path = which(program);
  if (path) return path;
  throw new StartError(`Debian's ${program} could not be installed; ${advice}.\n${problem}`);
}

/** Returns the end of apt-get's output. */
async function aptInstall(pkg: string): Promise<string> {
  const dir = mkdtempSync(join(tmpdir(), 'holdfast-apt-'));
  // A package starts its daemon right after the install, on its default port: this file forbids it. An existing one stays as it is.
  const ours = !existsSync(POLICY);
  const cleanUp = () => {
    if (ours) rmSync(POLICY, { force: true });
    rmSync(dir, { recursive: true, force: true });
  };
  process.once('exit', cleanUp); // also on a shutdown during the install
  try {
    if (ours) writeFileSync(POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
    await aptGet(dir, 'update'); // old lists name files that no longer exist
    return await aptGet(dir, 'install', '-y', '--no-install-recommends', pkg);
  } finally {
    process.off('exit', cleanUp);
    cleanUp();
  }
}

/** A child like the servers: it ends with its parent, and a shutdown does not wait for a download. */
async function aptGet(dir: string, ...args: string[]): Promise<string> {
  const child = await startChild({
    name: 'apt-get',
    command: 'apt-get',
    args: ['-qq', '-o', 'DPkg::Lock::Timeout=120', ...args],
    logFile: join(dir, 'apt.log'),
    cwd: dir,
    env: { ...personsEnv(), DEBIAN_FRONTEND: 'noninteractive' },
  });
  await child.exited;
  return child.lastLog();
}
