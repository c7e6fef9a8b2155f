import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureBuild, REPOSITORY } from './repository';

export const SHELF = join(
  tmpdir(),
  `holdfast-e2e-${createHash('sha256').update(REPOSITORY).digest('hex').slice(0, 8)}`,
);

const KEPT_MS = 30 * 60_000;

/** A new folder for one product, which `copyPrepared` may fill. */
export function newDataDir(): string {
  mkdirSync(SHELF, { recursive: true, mode: 0o755 });
  const folder = mkdtempSync(join(SHELF, 'data-'));
  execFileSync('chmod', ['755', folder]); // as root the server runs as somebody else
  return folder;
}

/**
 * Fills `dataDir` with a migrated ledger that holds the first merchant and no drop. It is made once for each build by `make`, which starts and
 * ends a product on the folder it is given; copying it is several times faster than a first start.
 */
export async function copyPrepared(dataDir: string, make: (dataDir: string) => Promise<void>): Promise<void> {
  const prepared = join(SHELF, `prepared-${ensureBuild().slice(0, 16)}`);
  if (!existsSync(prepared)) {
    const draft = newDataDir();
    await make(draft);
    forgetPort(draft);
    removeOld();
    try {
      renameSync(draft, prepared);
    } catch {
      rmSync(draft, { recursive: true, force: true }); // another test process was quicker
    }
  }
  execFileSync('cp', ['-Rp', `${prepared}/.`, dataDir]);
}

/** Each copy takes a free port of its own. */
function forgetPort(dataDir: string): void {
  const note = join(dataDir, 'postgres.json');
  const { home } = JSON.parse(readFileSync(note, 'utf8')) as { home: string };
  writeFileSync(note, JSON.stringify({ home, port: null }));
}

/** Of builds that are gone. One that is being copied by another test process is younger. */
function removeOld(): void {
  for (const name of readdirSync(SHELF)) {
    const path = join(SHELF, name);
    const old = Date.now() - statSync(path).mtimeMs > KEPT_MS;
    if (name.startsWith('prepared-') && old) rmSync(path, { recursive: true, force: true });
  }
}
