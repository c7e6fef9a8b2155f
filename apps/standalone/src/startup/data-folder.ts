import { accessSync, constants, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { loadSecrets, type Secrets } from '@holdfast/config';
import { FolderInUse, type FolderLock, lockFolder, readRunState, StartError } from '@holdfast/process';

/**
 * Makes the data folder when it is not there, and takes it for this process: at once, or never. The lock names the mode: `npm run cluster:down`
 * ends no standalone product, even while that is still starting.
 */
export function takeDataFolder(dataDir: string, mode: 'standalone' | 'cluster'): FolderLock {
  try {
    // As root the server's user has to walk through it; what is secret inside is closed by itself.
    mkdirSync(dataDir, { recursive: true, mode: process.getuid?.() === 0 ? 0o755 : 0o700 });
    accessSync(dataDir, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new StartError(
      `the data folder ${dataDir} cannot be written (${(error as NodeJS.ErrnoException).code}): name another one in HOLDFAST_DATA_DIR`,
    );
  }
  try {
    return lockFolder(join(dataDir, 'lock.json'), { mode });
  } catch (error) {
    if (!(error instanceof FolderInUse)) throw error;
    const address = addressOn(dataDir);
    throw new StartError(
      `the data folder ${dataDir} is in use by another Holdfast (process ${error.holderPid}${address ? `, ${address}` : ', still starting'}). ` +
        'Stop that one, or name another folder in HOLDFAST_DATA_DIR',
    );
  }
}

/** Null while it is starting, or when another user's file says it. */
function addressOn(dataDir: string): string | null {
  try {
    return readRunState(dataDir)?.address ?? null;
  } catch {
    return null;
  }
}

export function openSecrets(dataDir: string): Secrets {
  try {
    return loadSecrets(dataDir);
  } catch {
    // The cause would show what is in the file.
    throw new StartError(
      `${join(dataDir, 'secrets.json')} cannot be read or is damaged: put it back from a backup (the ledger's password is in it)`,
    );
  }
}
