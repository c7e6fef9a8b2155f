import { Client, type ClientConfig } from 'pg';
import { NotASession } from './not-a-session';
import type { Role } from './roles';

export interface SessionOptions {
  url: string;
  /** Shown in pg_stat_activity. */
  name: string;
  /** Set in the startup packet; without it the connection has the privileges of its login. */
  role?: Role;
  connectTimeoutMs?: number;
  /** The server cancels statements that run longer; 0: never. */
  statementTimeoutMs?: number;
  /** 0: no timeout. */
  lockTimeoutMs?: number;
  idleInTransactionMs?: number;
  /** A replication connection. */
  replication?: boolean;
  /** The server detects a vanished client machine within half a minute: for connections that hold a lock. */
  noticeLoss?: boolean;
}

// Also bounds the wait for a free connection, so a full pool refuses instead of queueing.
const CONNECT_TIMEOUT_MS = 3_000;
const STATEMENT_TIMEOUT_MS = 5_000;
const LOCK_TIMEOUT_MS = 3_000;
const IDLE_IN_TRANSACTION_MS = 10_000;
// The system's default is two hours, too long to detect that a server has vanished.
const KEEP_ALIVE_AFTER_MS = 10_000;
// The server's timeout should fire first; the client's is for an unreachable server.
const CLIENT_GRACE_MS = 1_000;

/**
 * Settings of every connection, independent of the defaults of server, database and login. They are sent in
 * the startup packet, which overrides ALTER DATABASE and ALTER ROLE. For `synchronous_commit` see `ENTER`.
 */
export const SESSION_SETTINGS: Readonly<Record<string, string>> = {
  // The statements rely on it: they decide on locked rows, and serialization failures are not retried.
  default_transaction_isolation: 'read committed',
  default_transaction_read_only: 'off',
  default_transaction_deferrable: 'off',
  // Text output formats, which the driver and the decoder of the stream parse.
  DateStyle: 'ISO, MDY',
  IntervalStyle: 'postgres',
  TimeZone: 'UTC',
  bytea_output: 'hex',
  extra_float_digits: '1',
  // Text input.
  standard_conforming_strings: 'on',
  array_nulls: 'on',
  transform_null_equals: 'off',
  // All names in the product's SQL are qualified, so that nothing in `public` is ever called.
  search_path: 'pg_catalog, pg_temp',
  row_security: 'on',
  // The pool decides about idle connections, not the server.
  idle_session_timeout: '0',
  jit: 'off',
};

const NOTICE_LOSS = { tcp_keepalives_idle: '10', tcp_keepalives_interval: '5', tcp_keepalives_count: '3' };

/** Confirms that the settings have been applied. */
const MARK = 'holdfast.session';

/**
 * The first statement of every connection. Acknowledged commits must be on disk, so a weaker
 * `synchronous_commit` is raised; the stronger `remote_apply` is kept, which is why it cannot be set in the
 * startup packet. Nor can settings that are new in PostgreSQL 17. Row: arrived.
 */
const ENTER = `SELECT current_setting('${MARK}', true) IS NOT DISTINCT FROM 'on' AS arrived,
  CASE WHEN current_setting('synchronous_commit') NOT IN ('on', 'remote_apply') THEN set_config('synchronous_commit', 'on', false) END,
  CASE WHEN current_setting('transaction_timeout', true) <> '0' THEN set_config('transaction_timeout', '0', false) END`;

/** The driver's options of one connection. Parameters of the URL cannot override them. */
export function sessionConfig(options: SessionOptions): ClientConfig {
  const {
    name,
    role,
    connectTimeoutMs = CONNECT_TIMEOUT_MS,
    statementTimeoutMs = STATEMENT_TIMEOUT_MS,
    lockTimeoutMs = LOCK_TIMEOUT_MS,
    idleInTransactionMs = IDLE_IN_TRANSACTION_MS,
  } = options;
  const { url, given } = takeOut(options.url);
  const settings = {
    ...SESSION_SETTINGS,
    statement_timeout: String(statementTimeoutMs),
    lock_timeout: String(lockTimeoutMs),
    idle_in_transaction_session_timeout: String(idleInTransactionMs),
    ...(options.noticeLoss ? NOTICE_LOSS : {}),
    ...(role ? { role } : {}),
    [MARK]: 'on',
  };
  return {
    connectionString: url,
    application_name: name,
    connectionTimeoutMillis: connectTimeoutMs,
    ...(statementTimeoutMs > 0 ? { query_timeout: statementTimeoutMs + CLIENT_GRACE_MS } : {}),
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_AFTER_MS,
    // Supported by pg, but missing in its types: starts a WAL sender that also accepts SQL.
    ...(options.replication ? { replication: 'database' } : {}),
    options: [given, ...Object.entries(settings).map(([key, value]) => `-c ${key}=${escaped(value)}`)]
      .filter(Boolean)
      .join(' '),
  };
}

type Connected = ((error: Error) => void) | ((error: null, client: Client) => void);

/** A connection that applies its settings before its first use. The only connection class in the product. */
export class SessionClient extends Client {
  override connect(): Promise<Client>;
  override connect(callback: Connected): void;
  override connect(callback?: Connected): Promise<Client> | void {
    const connecting = this.enter();
    if (!callback) return connecting;
    const tell = callback as (error: Error | null, client?: Client) => void;
    connecting.then((client) => tell(null, client), tell);
  }

  private async enter(): Promise<Client> {
    // A lost connection fails the statement below; without a listener the error would also end the process.
    const ignore = () => undefined;
    this.on('error', ignore);
    try {
      await super.connect();
      const { rows } = await this.query<{ arrived: boolean }>({
        text: ENTER,
        ...{ query_timeout: CONNECT_TIMEOUT_MS },
      });
      if (!rows[0]?.arrived) throw new NotASession('it dropped the settings of the connection');
    } catch (error) {
      void this.end().catch(() => undefined);
      throw NotASession.behind(error) ?? error;
    }
    this.off('error', ignore);
    return this;
  }
}

/** Opens one connection; the caller has to end it. */
export async function openClient(options: SessionOptions): Promise<SessionClient> {
  const client = new SessionClient(sessionConfig(options));
  // The awaited call reports the failure; without a listener the error would end the process.
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

/**
 * Parameters of a URL that would override the settings here. Its `options` are put before ours, and the last
 * ones win.
 */
const OURS = [
  'application_name',
  'client_encoding',
  'options',
  'statement_timeout',
  'lock_timeout',
  'idle_in_transaction_session_timeout',
  'query_timeout',
  'connectionTimeoutMillis',
  'keepAlive',
  'replication',
];

function takeOut(text: string): { url: string; given: string } {
  // A socket address; passed to the driver unchanged.
  if (!URL.canParse(text)) return { url: text, given: '' };
  const url = new URL(text);
  const given = url.searchParams.get('options') ?? '';
  for (const name of OURS) url.searchParams.delete(name);
  return { url: url.href, given };
}

/** In the startup packet, options are separated by spaces. */
const escaped = (value: string) => value.replace(/[\\ ]/g, '\\$&');
