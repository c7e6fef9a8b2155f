import { existsSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { findBinaries } from './binaries';
import { createCluster, EMBEDDED_SUPERUSER, wasMadeWith } from './create-cluster';
import {
  FolderInUse,
  freePort,
  isFree,
  lockFolder,
  type Restartable,
  StartError,
  Supervised,
  type SupervisorEvent,
} from '@holdfast/process';
import { findLedgerFiles, type LedgerFiles, rememberLedgerFiles, SHARED_HOME } from './ledger-files';
import { endLeftovers } from './server-processes';
import { openClient } from '../session';
import { launchServer } from './server-process';
import { DEFAULT_SETTINGS } from './settings';

export { EMBEDDED_SUPERUSER } from './create-cluster';
export { EMBEDDED_STOP_MS_MAX } from './server-process';

export interface EmbeddedPostgresOptions {
  /** The product's data folder. */
  dataDir: string;
  /** Of the superuser; set (as SCRAM) at the first start. */
  password: string;
  /** Preferred port; default: that of the last run, else a free one. */
  port?: number;
  /** Override `DEFAULT_SETTINGS`. */
  settings?: Record<string, string | number>;
  /** Off only for temporary files: a power failure in the first seconds could lose them. */
  sync?: boolean;
  /** Folder for files that the server's user cannot access in the data folder (only if started as root). */
  sharedHome?: string;
  /** Reports progress to a person. */
  say?: (line: string) => void;
  /** Called when the running server ends, and when it has been restarted. */
  onEvent?: (event: SupervisorEvent) => void;
  /** Aborts the start. */
  signal?: AbortSignal;
}

const DATABASE = 'holdfast';
const RESTART_PAUSES_MS = [0, 50, 100, 200, 400, 800, 1_600, 3_200, 5_000];
const PORT_TRIES = 5;

/**
 * A real PostgreSQL from the npm package, with its files in (or named by) the data folder. It never outlives
 * this process, and is restarted on the same port if it ends while this process is running.
 */
export class EmbeddedPostgres {
  constructor(
    /** Of the ledger's database, as the superuser. */
    readonly url: string,
    readonly port: number,
    /** Of the server, e.g. `18.4`. */
    readonly version: string,
    /** Folder of the server's files. */
    readonly home: string,
    private readonly server: Supervised<Restartable>,
    private readonly release: () => Promise<void>,
  ) {}

  /** Of the main process. */
  get pid(): number {
    return this.server.last.pid;
  }

  /** Stops the server; idempotent. */
  async stop(): Promise<void> {
    await this.server.stop();
    await this.release();
  }
}

/** Throws `StartError` or `Interrupted`. */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { dataDir, password, signal, say = () => undefined, sharedHome = SHARED_HOME } = options;
  const files = findLedgerFiles(dataDir, sharedHome);
  const lock = lockHome(files.home);
  try {
    const binaries = findBinaries(files.user, sharedHome, say);
    const bin = (name: string) => join(binaries.dir, 'bin', name);
    await endLeftovers(files.cluster);
    await ensureCluster(files, options, bin('initdb'));
    const settings = { ...DEFAULT_SETTINGS, ...options.settings };
    const launchOn = async (port: number, stop?: AbortSignal) => {
      await endLeftovers(files.cluster);
      return launchServer({ postgres: bin('postgres'), files, port, settings, signal: stop });
    };
    const { server, port } = await launchSomewhere(options.port ?? files.port, (at) => launchOn(at, signal));
    try {
      const url = (database: string) =>
        `postgres://${EMBEDDED_SUPERUSER}:${encodeURIComponent(password)}@127.0.0.1:${port}/${database}`;
      const version = await ensureDatabase(url('postgres'));
      rememberLedgerFiles(dataDir, files.home, port);
      const supervised = new Supervised(server, {
        start: (stop) => launchOn(port, stop),
        onEvent: options.onEvent,
        pausesMs: RESTART_PAUSES_MS,
        steadyMs: 0,
      });
      const release = async () => {
        await endLeftovers(files.cluster); // if its shell was killed, the server runs for a moment longer
        lock.release();
      };
      return new EmbeddedPostgres(url(DATABASE), port, version, files.home, supervised, release);
    } catch (error) {
      await server.stop();
      throw error;
    }
  } catch (error) {
    lock.release();
    throw error;
  }
}

function lockHome(home: string): { release(): void } {
  try {
    return lockFolder(join(home, 'owner.json'));
  } catch (error) {
    if (error instanceof FolderInUse) {
      throw new StartError(`the ledger's files in ${home} are ${error.message}`);
    }
    throw error;
  }
}

async function ensureCluster(
  files: LedgerFiles,
  options: EmbeddedPostgresOptions,
  initdb: string,
): Promise<void> {
  const { password, say = () => undefined, sync = true, signal } = options;
  if (existsSync(files.cluster) && !wasMadeWith(files.cluster, password)) {
    if (files.exists && files.port !== null) {
      throw new StartError(
        `the ledger in ${files.home} was made with other secrets than those in ${join(options.dataDir, 'secrets.json')}`,
      );
    }
    // Left by a deleted data folder of the same path. Nothing is deleted without being asked.
    const aside = `${files.cluster}.before-${Date.now()}`;
    renameSync(files.cluster, aside);
    say(`An older ledger of a deleted data folder was set aside in ${aside}`);
  }
  if (existsSync(files.cluster)) return;
  say('Preparing the ledger (first start only) …');
  await createCluster(files, { initdb, password, sync, signal });
}

/** Another program can take a free port between the check and the start. */
async function launchSomewhere(
  wanted: number | null,
  launch: (port: number) => Promise<Restartable>,
): Promise<{ server: Restartable; port: number }> {
  for (let tries = 1; ; tries += 1) {
    const again = tries === 1 && wanted !== null && (await isFree(wanted));
    const port = again ? wanted : await freePort();
    try {
      return { server: await launch(port), port };
    } catch (error) {
      const taken = /could not bind|Address already in use/.test((error as Error).message);
      if (!taken || tries >= PORT_TRIES) throw error;
    }
  }
}

/** Returns the server's version. */
async function ensureDatabase(url: string): Promise<string> {
  const client = await openClient({
    url,
    name: 'holdfast-start',
    connectTimeoutMs: 10_000,
    statementTimeoutMs: 30_000,
  });
  try {
    const { rows } = await client.query<{ version: string; there: boolean }>(
      `SELECT current_setting('server_version') AS version, EXISTS (SELECT FROM pg_database WHERE datname = '${DATABASE}') AS there`,
    );
    if (!rows[0]?.there) await client.query(`CREATE DATABASE ${DATABASE}`);
    return rows[0]?.version ?? '';
  } finally {
    await client.end();
  }
}
