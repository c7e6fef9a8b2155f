import type { AppConfig, Secrets } from '@holdfast/config';
import type { Logger } from '@holdfast/observability';
import {
  EmbeddedPostgresError,
  type ServerEvent,
  startEmbeddedPostgres,
  StartInterrupted,
} from '@holdfast/postgres';
import { Client } from 'pg';
import { Interrupted, StartError } from '@holdfast/process';
import type { RunningComponent } from './run-state';

/** The PostgreSQL that the product works on. */
export interface Ledger {
  url: string;
  component(): RunningComponent;
  /** Where it is, for the ready message. */
  place: string;
  stop(): Promise<void>;
}

export interface LedgerOptions {
  config: AppConfig;
  secrets: Secrets;
  log: Logger;
  signal: AbortSignal;
  say: (line: string) => void;
  /** The server was started again: it has a new process number. */
  onBack: () => void;
  /** Of the embedded server, over its defaults. */
  settings?: Record<string, string | number>;
}

export async function openLedger(options: LedgerOptions): Promise<Ledger> {
  const { databaseUrl } = options.config;
  return databaseUrl === null ? openEmbedded(options) : openGiven(databaseUrl, options);
}

async function openEmbedded(options: LedgerOptions): Promise<Ledger> {
  const { config, secrets, log, signal, say, onBack, settings } = options;
  try {
    const server = await startEmbeddedPostgres({
      dataDir: config.dataDir,
      password: secrets.databasePassword,
      say,
      signal,
      settings,
      onEvent: (event) => {
        tell(log, event);
        if (event.kind === 'up') onBack();
      },
    });
    const address = `127.0.0.1:${server.port}`;
    return {
      url: server.url,
      component: () => ({
        name: 'postgres',
        kind: 'postgres',
        pid: server.pid,
        address,
        version: server.version,
      }),
      place: `PostgreSQL ${server.version} on ${address}, files in ${server.home}`,
      stop: () => server.stop(),
    };
  } catch (error) {
    if (error instanceof StartInterrupted) throw new Interrupted();
    if (error instanceof EmbeddedPostgresError) throw new StartError(error.message);
    throw error;
  }
}

function tell(log: Logger, event: ServerEvent): void {
  if (event.kind === 'down') log.error({}, 'PostgreSQL ended unexpectedly and is started again');
  else if (event.kind === 'up') log.warn({ pid: event.pid, downMs: event.downMs }, 'PostgreSQL is back');
  else
    log.error(
      { reason: event.reason, retryMs: event.retryMs },
      'PostgreSQL does not come back, trying again',
    );
}

const CONNECT_MS = 5_000;
const LOGICAL_ADVICE =
  'Live counts need "logical": run ALTER SYSTEM SET wal_level = \'logical\' there and restart that PostgreSQL';

/** Asks the given server who it is, so that a wrong DATABASE_URL is said at once and in plain words. */
async function openGiven(url: string, { config, log }: LedgerOptions): Promise<Ledger> {
  const client = given(url);
  const where = `${client.host}:${client.port}/${client.database ?? ''}`;
  try {
    await client.connect();
    const { rows } = await client.query<{ version: string; level: string }>(
      `SELECT current_setting('server_version') AS version, current_setting('wal_level') AS level`,
    );
    const { version = '', level } = rows[0] ?? {};
    if (level !== 'logical') {
      // Debezium would try for minutes what cannot be; the reader of the standalone mode says so itself when it starts.
      if (config.mode === 'cluster') throw new Error(`wal_level is ${level}. ${LOGICAL_ADVICE}`);
      log.warn({ wal_level: level }, 'live counts need wal_level=logical on the given PostgreSQL');
    }
    return {
      url,
      component: () => ({
        name: 'postgres',
        kind: 'postgres',
        pid: null,
        address: `${client.host}:${client.port}`,
        version,
      }),
      place: `PostgreSQL ${version} at ${where} (DATABASE_URL)`,
      stop: () => Promise.resolve(),
    };
  } catch (error) {
    throw new StartError(`the PostgreSQL of DATABASE_URL (${where}) cannot be used: ${reasonOf(error)}`);
  } finally {
    await client.end().catch(() => undefined);
  }
}

function given(url: string): Client {
  try {
    const client = new Client({
      connectionString: url,
      connectionTimeoutMillis: CONNECT_MS,
      query_timeout: CONNECT_MS,
    });
    client.on('error', () => undefined);
    return client;
  } catch {
    throw new StartError('DATABASE_URL is not a URL of a PostgreSQL database'); // the cause may quote the password
  }
}

/** Several addresses behind one name give an error without words of its own. */
function reasonOf(error: unknown): string {
  const { code, message, errors } = error as NodeJS.ErrnoException & { errors?: Error[] };
  return message || errors?.map((one) => one.message).join('; ') || code || 'no answer';
}
