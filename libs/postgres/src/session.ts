import { Client, type ClientConfig } from 'pg';
import { NotASession } from './not-a-session';
import type { Role } from './roles';

export interface SessionOptions {
  url: string;
  /** Shown in pg_stat_activity. */
  name: string;
  /** Taken with the first packet; without it the connection has the rights of its login. */
  role?: Role;
  connectTimeoutMs?: number;
  /** A statement that runs longer is cancelled by the server; 0: never. */
  statementTimeoutMs?: number;
  /** 0: waits for as long as it takes. */
  lockTimeoutMs?: number;
  idleInTransactionMs?: number;
  /** A connection that streams the log. */
  replication?: boolean;
  /** A client that vanished with its machine is noticed within half a minute: for who holds something others wait for. */
  noticeLoss?: boolean;
}

const CONNECT_TIMEOUT_MS = 3_000; // also bounds the wait for a free connection, so a full pool refuses instead of piling up
const STATEMENT_TIMEOUT_MS = 5_000;
const LOCK_TIMEOUT_MS = 3_000;
const IDLE_IN_TRANSACTION_MS = 10_000;
const KEEP_ALIVE_AFTER_MS = 10_000; // by default the system asks after two hours: an idle connection would not notice that its server is gone
const CLIENT_GRACE_MS = 1_000; // the server's own timeout should speak first; the client's is for a server that is gone

/**
 * What every connection sets for itself, whatever server, database or login have as their default: a user's PostgreSQL may have any. They go
 * with the first packet, which outranks ALTER DATABASE and ALTER ROLE. `synchronous_commit` is not here: see `ENTER`.
 */
export const SESSION_SETTINGS: Readonly<Record<string, string>> = {
  // The statements are written for it: they decide on locked rows, and nobody tries a serialization failure again.
  default_transaction_isolation: 'read committed',
  default_transaction_read_only: 'off',
  default_transaction_deferrable: 'off',
  // How values are written as text: the driver and the reader of the log take them apart again.
  DateStyle: 'ISO, MDY',
  IntervalStyle: 'postgres',
  TimeZone: 'UTC',
  bytea_output: 'hex',
  extra_float_digits: '1',
  // How text is read.
  standard_conforming_strings: 'on',
  array_nulls: 'on',
  transform_null_equals: 'off',
  // Every name in our SQL carries its schema: nothing that somebody put into `public` is ever called.
  search_path: 'pg_catalog, pg_temp',
  row_security: 'on',
  // Idle connections of a pool are kept by us, not ended by the server.
  idle_session_timeout: '0',
  jit: 'off',
};

const NOTICE_LOSS = { tcp_keepalives_idle: '10', tcp_keepalives_interval: '5', tcp_keepalives_count: '3' };

/** By this the connection knows that what it set has arrived. */
const MARK = 'holdfast.session';

/**
 * The first statement of every connection. What is acknowledged must be on the disk, so a weaker `synchronous_commit` is raised; `remote_apply`,
 * which waits for more, is kept, and that is why it cannot be set with the others. Nor can what PostgreSQL has since version 17. Row: arrived.
 */
const ENTER = `SELECT current_setting('${MARK}', true) IS NOT DISTINCT FROM 'on' AS arrived,
  CASE WHEN current_setting('synchronous_commit') NOT IN ('on', 'remote_apply') THEN set_config('synchronous_commit', 'on', false) END,
  CASE WHEN current_setting('transaction_timeout', true) <> '0' THEN set_config('transaction_timeout', '0', false) END`;

/** The driver's settings of one connection. In a URL's own parameters nothing may contradict them. */
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
    // In pg's JavaScript but not in its types: makes the server start a WAL sender that also takes SQL.
    ...(options.replication ? { replication: 'database' } : {}),
    options: [given, ...Object.entries(settings).map(([key, value]) => `-c ${key}=${escaped(value)}`)]
      .filter(Boolean)
      .join(' '),
  };
}

type Connected = ((error: Error) => void) | ((error: null, client: Client) => void);

/** A connection that has made its settings before anybody uses it. The only class of connections in the product. */
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
    // A server that dies now fails the statement below; without a listener it would end the process as well.
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

/** One connection, ready to use; whoever opens it ends it. */
export async function openClient(options: SessionOptions): Promise<SessionClient> {
  const client = new SessionClient(sessionConfig(options));
  // The failure itself arrives where somebody awaits; without a listener it would end the process.
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

/** Parameters of a URL with which it would outrank what is set here. Its `options` go before ours, which count. */
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
  if (!URL.canParse(text)) return { url: text, given: '' }; // a socket's address; the driver takes it as it is
  const url = new URL(text);
  const given = url.searchParams.get('options') ?? '';
  for (const name of OURS) url.searchParams.delete(name);
  return { url: url.href, given };
}

/** In the first packet spaces part the options. */
const escaped = (value: string) => value.replace(/[\\ ]/g, '\\$&');
