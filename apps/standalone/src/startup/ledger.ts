import type { AppConfig, Secrets } from '@holdfast/config';
import type { Logger } from '@holdfast/observability';
import {
  durabilityWarnings,
  openClient,
  readServerFacts,
  type ServerFacts,
  type SessionClient,
  startEmbeddedPostgres,
} from '@holdfast/postgres';
import { type RunningComponent, StartError, type SupervisorEvent } from '@holdfast/process';

/** The PostgreSQL that the product works on. */
export interface Ledger {
  /** Of the login that makes and migrates; nothing runs with it, where the product has logins of its own. */
  adminUrl: string;
  /** Somebody else runs it; what we leave there stays. Null: it is the embedded one. */
  given: ServerFacts | null;
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
  const server = await startEmbeddedPostgres({
    dataDir: config.dataDir,
    password: secrets.databasePassword,
    say,
    signal,
    settings,
    onEvent: (event) => {
      tell(log, event);
      if (event.kind === 'back') onBack();
    },
  });
  const address = `127.0.0.1:${server.port}`;
  return {
    adminUrl: server.url,
    given: null,
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
}

function tell(log: Logger, event: SupervisorEvent): void {
  if (event.kind === 'down') log.error({}, 'PostgreSQL exited unexpectedly, restarting it');
  else if (event.kind === 'back')
    log.warn({ pid: event.pid, downMs: event.downMs }, 'PostgreSQL is running again');
  else if (event.kind === 'still-down')
    log.error({ reason: event.reason, retryMs: event.retryMs }, 'PostgreSQL did not restart, retrying');
}

const CONNECT_MS = 5_000;
const VERSION_MIN = 150_000;
const LOGICAL_ADVICE =
  'Live counts need "logical": run ALTER SYSTEM SET wal_level = \'logical\' there and restart that PostgreSQL';

/** Asks the given server who it is and what it promises, so that a wrong DATABASE_URL is said at once and in plain words. */
async function openGiven(url: string, options: LedgerOptions): Promise<Ledger> {
  const where = placeOf(url);
  let client: SessionClient | null = null;
  try {
    client = await openClient({
      url,
      name: 'holdfast-start',
      connectTimeoutMs: CONNECT_MS,
      statementTimeoutMs: CONNECT_MS,
    });
    const facts = await readServerFacts(client);
    judge(facts, options);
    const address = `${client.host}:${client.port}`;
    return {
      adminUrl: url,
      given: facts,
      component: () => ({ name: 'postgres', kind: 'postgres', pid: null, address, version: facts.version }),
      place: `PostgreSQL ${facts.version} at ${where} (DATABASE_URL)`,
      stop: () => Promise.resolve(),
    };
  } catch (error) {
    throw new StartError(`the PostgreSQL of DATABASE_URL (${where}) cannot be used: ${reasonOf(error)}`);
  } finally {
    await client?.end().catch(() => undefined);
  }
}

/** Throws what cannot work, and warns of what is dangerous. */
function judge(facts: ServerFacts, { config, log, say }: LedgerOptions): void {
  if (facts.versionNumber < VERSION_MIN) throw new Error(`it is version ${facts.version}. Use 15 or later`);
  if (facts.isStandby)
    throw new Error('it is a standby, which takes no writes. Name the primary of that cluster');
  if (facts.walLevel !== 'logical') {
    // Debezium would try for minutes what cannot be; the reader of the standalone mode says so itself when it starts.
    if (config.mode === 'cluster') throw new Error(`wal_level is ${facts.walLevel}. ${LOGICAL_ADVICE}`);
    log.warn(
      { wal_level: facts.walLevel },
      'live counts require wal_level=logical on the PostgreSQL of DATABASE_URL',
    );
  }
  for (const warning of durabilityWarnings(facts)) say(`Warning: ${warning}`);
}

/** Host, port and database, without the login. */
function placeOf(text: string): string {
  // What is wrong with it may quote the password.
  if (!URL.canParse(text)) throw new StartError('DATABASE_URL is not a URL of a PostgreSQL database');
  const { hostname, port, pathname, searchParams } = new URL(text);
  return `${hostname || (searchParams.get('host') ?? 'localhost')}:${port || '5432'}${pathname}`;
}

/** Several addresses behind one name give an error without words of its own. */
function reasonOf(error: unknown): string {
  const { code, message, errors } = error as NodeJS.ErrnoException & { errors?: Error[] };
  return message || errors?.map((one) => one.message).join('; ') || code || 'no answer';
}
