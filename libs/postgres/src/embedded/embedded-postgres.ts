import { existsSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { findBinaries } from './binaries';
import { createCluster, EMBEDDED_SUPERUSER, wasMadeWith } from './create-cluster';
import { EmbeddedPostgresError, StartInterrupted } from './errors';
import { FolderInUse, lockFolder } from './folder-lock';
import { choosePort } from './free-port';
import { findLedgerFiles, type LedgerFiles, rememberLedgerFiles, SHARED_HOME } from './ledger-files';
import { endLeftovers } from './server-processes';
import { openClient } from '../session';
import { launchServer, type ServerProcess } from './server-process';
import { DEFAULT_SETTINGS } from './settings';

export { EMBEDDED_SUPERUSER } from './create-cluster';
export { EmbeddedPostgresError, StartInterrupted } from './errors';

export type ServerEvent =
  | { kind: 'down' }
  | { kind: 'up'; pid: number; downMs: number }
  | { kind: 'still-down'; reason: string; retryMs: number };

export interface EmbeddedPostgresOptions {
  /** The product's data folder. */
  dataDir: string;
  /** Of the superuser; the server keeps it (as SCRAM) from the first start on. */
  password: string;
  /** Preferred port; default: the one of the last run, else a free one. */
  port?: number;
  /** Over `DEFAULT_SETTINGS`. */
  settings?: Record<string, string | number>;
  /** Off only for throw-away files: a power cut in the first seconds could then lose them. */
  sync?: boolean;
  /** Where files go that the server's user cannot reach in the data folder (as root only). */
  sharedHome?: string;
  /** Told what is being done, for a person. */
  say?: (line: string) => void;
  /** Told when the running server dies and comes back. */
  onEvent?: (event: ServerEvent) => void;
  /** Interrupts the start. */
  signal?: AbortSignal;
}

const DATABASE = 'holdfast';
const RETRY_FIRST_MS = 50;
const RETRY_MAX_MS = 5_000;
const PORT_TRIES = 5;

/**
 * A real PostgreSQL from the npm package, with its files in (or named by) the data folder. It never outlives this process, and while this
 * process lives it is started again, on the same port, whenever it dies.
 */
export class EmbeddedPostgres {
  private stopping = false;
  private server: ServerProcess;
  private readonly interrupt = new AbortController();
  private readonly supervision: Promise<void>;

  constructor(
    /** Of the ledger's database, with the superuser. */
    readonly url: string,
    readonly port: number,
    /** Of the server, e.g. `18.4`. */
    readonly version: string,
    /** Where the server's files are. */
    readonly home: string,
    first: ServerProcess,
    private readonly launch: (signal: AbortSignal) => Promise<ServerProcess>,
    private readonly onEvent: (event: ServerEvent) => void,
    private readonly release: () => Promise<void>,
  ) {
    this.server = first;
    this.supervision = this.supervise();
  }

  /** Of the main process. */
  get pid(): number {
    return this.server.pid;
  }

  /** Ends the server; repeating it is harmless. */
  async stop(): Promise<void> {
    this.stopping = true;
    this.interrupt.abort();
    await this.server.stop();
    await this.supervision;
    await this.release();
  }

  private async supervise(): Promise<void> {
    for (;;) {
      await this.server.gone;
      if (this.stopping) return;
      const since = Date.now();
      this.onEvent({ kind: 'down' });
      const next = await this.bringBack();
      if (next === null) return;
      this.server = next;
      this.onEvent({ kind: 'up', pid: next.pid, downMs: Date.now() - since });
    }
  }

  private async bringBack(): Promise<ServerProcess | null> {
    for (let retryMs = RETRY_FIRST_MS; !this.stopping; retryMs = Math.min(retryMs * 2, RETRY_MAX_MS)) {
      try {
        return await this.launch(this.interrupt.signal);
      } catch (error) {
        if (error instanceof StartInterrupted) return null;
        this.onEvent({ kind: 'still-down', reason: (error as Error).message, retryMs });
        await pause(retryMs, undefined, { signal: this.interrupt.signal }).catch(() => undefined);
      }
    }
    return null;
  }
}

/** Throws `EmbeddedPostgresError` with a message for the person who started the product, or `StartInterrupted`. */
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
      const again = (stop: AbortSignal) => launchOn(port, stop);
      const onEvent = options.onEvent ?? (() => undefined);
      const release = async () => {
        await endLeftovers(files.cluster); // the server outlives its shell by a moment when somebody killed the shell
        lock.release();
      };
      return new EmbeddedPostgres(url(DATABASE), port, version, files.home, server, again, onEvent, release);
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
      throw new EmbeddedPostgresError(`the ledger's files in ${home} are ${error.message}`);
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
      throw new EmbeddedPostgresError(
        `the ledger in ${files.home} was made with other secrets than those in ${join(options.dataDir, 'secrets.json')}`,
      );
    }
    // Left by a data folder of the same path that somebody deleted. Nothing is thrown away unasked.
    const aside = `${files.cluster}.before-${Date.now()}`;
    renameSync(files.cluster, aside);
    say(`An older ledger of a deleted data folder was set aside in ${aside}`);
  }
  if (existsSync(files.cluster)) return;
  say('Preparing the ledger (first start only) …');
  await createCluster(files, { initdb, password, sync, signal });
}

/** Another program can take a free port between the look and the start. */
async function launchSomewhere(
  wanted: number | null,
  launch: (port: number) => Promise<ServerProcess>,
): Promise<{ server: ServerProcess; port: number }> {
  for (let tries = 1; ; tries += 1) {
    const port = await choosePort(tries === 1 ? wanted : null);
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
