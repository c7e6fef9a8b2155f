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
import { EmbeddedPostgresError, StartInterrupted } from './errors';
import type { LedgerFiles } from './ledger-files';
import { spawnWithLifeline } from './lifeline';
import type { ServerUser } from './server-user';

/** The superuser of the embedded server: it makes the cluster and migrates. The product runs with logins of its own. */
export const EMBEDDED_SUPERUSER = 'holdfast';

const originFile = (cluster: string) => join(cluster, 'holdfast.origin');
const originOf = (password: string) =>
  createHash('sha256').update(`holdfast origin ${password}`).digest('hex');

/** Was this cluster made with this password? A data folder that was deleted and made anew has another one. */
export function wasMadeWith(cluster: string, password: string): boolean {
  const file = originFile(cluster);
  return existsSync(file) && readFileSync(file, 'utf8') === originOf(password);
}

export interface CreateOptions {
  initdb: string;
  password: string;
  /** Off only where the files are thrown away anyhow. */
  sync: boolean;
  signal?: AbortSignal;
}

/** Makes the server's data folder beside its place and renames it when it is whole. */
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

function runInitdb(
  draft: string,
  passwordFile: string,
  files: LedgerFiles,
  options: CreateOptions,
): Promise<void> {
  const output = join(files.home, 'initdb.log');
  const log = openSync(output, 'w', 0o644);
  const args = ['-D', draft, '-U', EMBEDDED_SUPERUSER, '-A', 'scram-sha-256', `--pwfile=${passwordFile}`];
  args.push('-E', 'UTF8', '--locale=C', '--data-checksums', ...(options.sync ? [] : ['--no-sync']));
  const child = spawnWithLifeline(options.initdb, args, { user: files.user, log });
  closeSync(log);
  const interrupt = () => child.stdin?.end();
  options.signal?.addEventListener('abort', interrupt);
  if (options.signal?.aborted) interrupt();
  return new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => {
      options.signal?.removeEventListener('abort', interrupt);
      if (code === 0) resolve();
      else if (options.signal?.aborted) reject(new StartInterrupted());
      else
        reject(
          new EmbeddedPostgresError(`initdb failed: ${readFileSync(output, 'utf8').trim().slice(-2000)}`),
        );
    });
  });
}
