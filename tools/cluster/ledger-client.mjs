// The connections of the plain tools to PostgreSQL. The product's own are made by libs/postgres/src/session.ts, which these cannot import; what
// matters to reading is set here as it is there (tools/cluster/ledger-client.spec.ts).
import pg from 'pg';

export const SETTINGS = {
  default_transaction_isolation: 'read committed',
  default_transaction_read_only: 'off',
  DateStyle: 'ISO, MDY',
  TimeZone: 'UTC',
  standard_conforming_strings: 'on',
  search_path: 'pg_catalog, pg_temp',
  idle_session_timeout: '0',
};

/**
 * One connection, not yet open.
 * @param {string} databaseUrl
 * @param {{timeoutMs?: number}} [how] of the connecting, and of each statement
 */
export function ledgerClient(databaseUrl, { timeoutMs = 5_000 } = {}) {
  const url = new URL(databaseUrl);
  const given = url.searchParams.get('options') ?? '';
  url.searchParams.delete('options');
  const settings = { ...SETTINGS, statement_timeout: String(timeoutMs), lock_timeout: String(timeoutMs) };
  const own = Object.entries(settings).map(([name, value]) => `-c ${name}=${value.replace(/ /g, '\\ ')}`);
  const client = new pg.Client({
    connectionString: url.href,
    application_name: 'holdfast-tools',
    connectionTimeoutMillis: timeoutMs,
    query_timeout: timeoutMs,
    options: [given, ...own].join(' ').trim(),
  });
  client.on('error', () => undefined); // the server went away: the query tells
  return client;
}
