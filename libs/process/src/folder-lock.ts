import { randomUUID } from 'node:crypto';
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { identify, isAlive } from './process-identity';

/** Another live process uses the folder. */
export class FolderInUse extends Error {
  constructor(readonly holderPid: number) {
    super(`in use by process ${holderPid}`);
  }
}

export interface FolderLock {
  release(): void;
}

interface Holder {
  id: string;
  pid: number;
  began: string;
}

/**
 * Locks a folder for this process without waiting: throws `FolderInUse` when a live process holds the lock.
 * The lock of a dead process is taken over at once, however it died. `facts` are written into the lock file
 * for its readers.
 */
export function lockFolder(file: string, facts: Readonly<Record<string, string>> = {}): FolderLock {
  const self = identify(process.pid);
  if (!self) throw new Error('this process cannot be found in the process table');
  const me: Holder = { ...facts, id: randomUUID(), ...self };
  take(file, me);
  return {
    release: () => {
      if (read(file)?.id === me.id) rmSync(file, { force: true });
    },
  };
}

function take(file: string, me: Holder): void {
  for (;;) {
    if (createWhole(file, me)) return;
    const holder = read(file);
    if (holder === null) continue; // released just now
    if (isAlive(holder)) throw new FolderInUse(holder.pid);
    // Two processes may find the same dead holder. Only the owner of this guard may replace it; a slower one
    // gets the guard later and then sees that the file names another holder. The owner of the guard may die,
    // too.
    const guard = `${file}.${holder.id}`;
    take(guard, me);
    if (read(file)?.id === holder.id) replace(file, me);
    rmSync(guard, { force: true });
    if (read(file)?.id === me.id) return;
  }
}

/** Hard-linking makes the file appear with its content or not at all: nobody reads half a lock file. */
function createWhole(file: string, me: Holder): boolean {
  const draft = writeDraft(file, me);
  try {
    linkSync(draft, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

function replace(file: string, me: Holder): void {
  renameSync(writeDraft(file, me), file);
}

function writeDraft(file: string, me: Holder): string {
  const draft = `${file}.draft.${me.id}`;
  writeFileSync(draft, JSON.stringify(me), { mode: 0o600 });
  return draft;
}

function read(file: string): Holder | null {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  try {
    const { id, pid, began } = JSON.parse(text) as Holder;
    if (typeof id === 'string' && /^[\w-]+$/.test(id)) return { id, pid: Number(pid), began: String(began) };
  } catch {
    // A power failure may leave an empty file: its writer is certainly dead.
  }
  return { id: 'unreadable', pid: 0, began: '' };
}
