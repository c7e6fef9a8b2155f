import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { isAbsolute, join, relative, resolve } from 'node:path';
import { StartError } from '@holdfast/process';
import { reachable, serverUser, type ServerUser } from './server-user';

/** Folder of a product started as root for files that the server's user cannot access elsewhere. */
export const SHARED_HOME = '/var/lib/holdfast';

export interface LedgerFiles {
  /** Contains the server's `data`, its log and the mark of the process that runs it. Absolute. */
  home: string;
  /** The server's data folder. */
  cluster: string;
  user: ServerUser;
  /** The port of the last run, kept so that clients and scripts can connect again. */
  port: number | null;
  /** Whether there is a ledger in `cluster`. */
  exists: boolean;
}

interface Note {
  /**
   * The folder of the files; relative if it is inside the data folder, so that the data folder can be moved.
   */
  home: string;
  port: number | null;
}

const noteOf = (dataDir: string) => join(dataDir, 'postgres.json');

/**
 * Finds the folder of the ledger's files, or chooses one: inside the data folder if the server's user can
 * access it, else below `sharedHome`. The choice is saved at the first start.
 */
export function findLedgerFiles(dataDir: string, sharedHome = SHARED_HOME): LedgerFiles {
  const note = readNote(dataDir);
  const inside = join(dataDir, 'postgres');
  let home = note ? resolve(dataDir, note.home) : inside;
  const user = serverUser(join(home, 'data'));
  if (!note && !reachable(inside, user)) home = sharedFolder(dataDir, sharedHome);
  const cluster = join(home, 'data');
  const exists = existsSync(join(cluster, 'PG_VERSION'));
  if (note && !exists) {
    throw new StartError(
      `the ledger's files are missing: they were in ${home}. Put them back, or delete ${noteOf(dataDir)} to begin with an empty ledger`,
    );
  }
  if (note && !reachable(cluster, user)) {
    throw new StartError(
      `the server's user (uid ${user.uid}) can no longer reach ${cluster}: a folder above it was closed`,
    );
  }
  mkdirSync(home, { recursive: true, mode: 0o755 });
  refuseForeign(home);
  return { home, cluster, user, port: note?.port ?? null, exists };
}

export function rememberLedgerFiles(dataDir: string, home: string, port: number): void {
  const inside = relative(dataDir, home);
  const note: Note = { home: inside.startsWith('..') || isAbsolute(inside) ? home : inside, port };
  writeFileSync(`${noteOf(dataDir)}.new`, JSON.stringify(note, null, 2), { mode: 0o644 });
  renameSync(`${noteOf(dataDir)}.new`, noteOf(dataDir));
}

function readNote(dataDir: string): Note | null {
  const file = noteOf(dataDir);
  if (!existsSync(file)) return null;
  try {
    const { home, port } = JSON.parse(readFileSync(file, 'utf8')) as Partial<Note>;
    if (typeof home === 'string') return { home, port: typeof port === 'number' ? port : null };
  } catch {
    // Reported below, together with a malformed note.
  }
  throw new StartError(`${file} cannot be read: it should tell where the ledger's files are`);
}

/** One folder for each data folder, named by its path. */
function sharedFolder(dataDir: string, sharedHome: string): string {
  mkdirSync(sharedHome, { recursive: true, mode: 0o755 });
  refuseForeign(sharedHome);
  const key = createHash('sha256').update(resolve(dataDir)).digest('hex').slice(0, 12);
  return join(sharedHome, key);
}

/** An owner or writer of a folder above the files can replace them. */
function refuseForeign(folder: string): void {
  const { uid, mode } = statSync(folder);
  if (uid !== process.getuid?.() || (mode & 0o022) !== 0) {
    throw new StartError(`${folder} belongs to somebody else or can be written by others: it is not used`);
  }
}
