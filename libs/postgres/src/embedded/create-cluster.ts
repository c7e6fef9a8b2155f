import { createHash } from 'node:crypto';
import {
  chownSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { Interrupted, spawnWithLifeline, StartError } from '@holdfast/process';
import type { LedgerFiles } from './ledger-files';
import { SERVER_PROGRAM } from './server-process';
import type { ServerUser } from './server-user';

/** The superuser of the embedded server, used only to create the cluster and to migrate. */
export const EMBEDDED_SUPERUSER = 'holdfast';

const originFile = (cluster: string) => join(cluster, 'holdfast.origin');
const originOf = (password: string) =>
  createHash('sha256').update(`holdfast origin ${password}`).digest('hex');

/**
 * Whether this cluster was created with this password. A data folder that was deleted and created again has
 * another one.
 */
export function wasMadeWith(cluster: string, password: string): boolean {
  const file = originFile(cluster);
  return existsSync(file) && readFileSync(file, 'utf8') === originOf(password);
}

export interface CreateOptions {
  initdb: string;
  password: string;
  /** Off only for temporary files. */
  sync: boolean;
  signal?: AbortSignal;
}

/** Creates the server's data folder under a temporary name and renames it once it is complete. */
export async function createCluster(files: LedgerFiles, options: CreateOptions): Promise<void> {
  for (const name of readdirSync(files.home)) {
    if (name.startsWith('data.new')) rmSync(join(files.home, name), { recursive: true, force: true });
  }
  const draft = join(files.home, `data.new.${process.pid}`);
  const passwordFile = join(files.home, `data.new.${process.pid}.pw`);
  try {
    mkdirSync(draft, { mode: 0o700 });
    writeFileSync(passwordFile, `${options.password}\n`, { mode: 0o600 });
    for (const path of [draft, passwordFile]) own(path, files.user);
    await runInitdb(draft, passwordFile, files, options);
    writeFileSync(originFile(draft), originOf(options.password), { mode: 0o600 });
    own(originFile(draft), files.user);
    renameSync(draft, files.cluster);
  } finally {
    for (const path of [draft, passwordFile]) rmSync(path, { recursive: true, force: true });
  }
}

function own(path: string, { uid, gid }: ServerUser): void {
  if (uid !== undefined && gid !== undefined) chownSync(path, uid, gid);
}

async function runInitdb(
  draft: string,
  passwordFile: string,
  { home, user }: LedgerFiles,
  { initdb, sync, signal }: CreateOptions,
): Promise<void> {
  const logFile = join(home, 'initdb.log');
  const output = openSync(logFile, 'w', 0o644);
  const args = ['-D', draft, '-U', EMBEDDED_SUPERUSER, '-A', 'scram-sha-256', `--pwfile=${passwordFile}`];
  args.push('-E', 'UTF8', '--locale=C', '--data-checksums', ...(sync ? [] : ['--no-sync']));
  const { exited, cut } = await spawnWithLifeline({
    ...SERVER_PROGRAM,
    ...{ name: 'initdb', command: initdb, args, user, output },
  }).finally(() => closeSync(output));
  signal?.addEventListener('abort', cut);
  if (signal?.aborted) cut();
  const { code } = await exited;
  signal?.removeEventListener('abort', cut);
  if (code === 0) return;
  if (signal?.aborted) throw new Interrupted();
  throw new StartError(`initdb failed: ${readFileSync(logFile, 'utf8').trim().slice(-2000)}`);
}
