import { execFileSync } from 'node:child_process';
import { type Stats, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { StartError } from '@holdfast/process';

/**
 * The user that runs the server; empty: the current one. PostgreSQL refuses to run as root, which needs an
 * ordinary user for it.
 */
export interface ServerUser {
  uid?: number;
  gid?: number;
}

/** A `postgres` user exists where a package has created it for this; `nobody` should own no files. */
const CANDIDATES = ['postgres', '_postgres', 'nobody'];

/** `clusterDir` is the server's data folder: if it exists, its owner is used. */
export function serverUser(clusterDir: string): ServerUser {
  if (process.getuid === undefined) throw new StartError('the embedded PostgreSQL needs Linux or macOS');
  if (process.getuid() !== 0) return {};
  const owned = statSync(clusterDir, { throwIfNoEntry: false });
  if (owned && owned.uid !== 0) return { uid: owned.uid, gid: owned.gid };
  for (const name of CANDIDATES) {
    const uid = idOf('-u', name);
    const gid = idOf('-g', name);
    if (uid !== null && gid !== null && uid > 0 && gid > 0) return { uid, gid };
  }
  throw new StartError(
    'running as root, and there is no ordinary user (postgres, nobody) for PostgreSQL to run as',
  );
}

function idOf(flag: '-u' | '-g', name: string): number | null {
  try {
    return Number(
      execFileSync('id', [flag, name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }),
    );
  } catch {
    return null;
  }
}

/**
 * Whether the server's user can traverse to `path`. Missing folders are created accessible, so they do not
 * count.
 */
export function reachable(path: string, user: ServerUser): boolean {
  if (user.uid === undefined) return true;
  for (let folder = resolve(path); ; folder = dirname(folder)) {
    const stats = statSync(folder, { throwIfNoEntry: false });
    if (stats && !mayPass(stats, user)) return false;
    if (folder === dirname(folder)) return true;
  }
}

function mayPass({ mode, uid, gid }: Stats, user: ServerUser): boolean {
  const bit = uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001;
  return (mode & bit) !== 0;
}
