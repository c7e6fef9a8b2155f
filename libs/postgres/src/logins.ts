import { escapeIdentifier, escapeLiteral } from 'pg';
import { ROLES, type Role } from './roles';
import { scramVerifier } from './scram';
import { openClient, type SessionClient } from './session';

/** The logins of the product: each may only set the roles of its service. */
export const LOGINS = {
  inventory: { name: 'holdfast_app_inventory', roles: [ROLES.inventory, ROLES.cdc] },
  checkout: { name: 'holdfast_app_checkout', roles: [ROLES.checkout, ROLES.sandbox] },
  accounts: { name: 'holdfast_app_accounts', roles: [ROLES.accounts] },
  /** Reads the WAL, in process or as Debezium. The only one with REPLICATION. */
  stream: { name: 'holdfast_connect', roles: [ROLES.cdc] },
  /** The command line. */
  operator: {
    name: 'holdfast_app_operator',
    roles: [ROLES.inventory, ROLES.sandbox, ROLES.accounts, ROLES.auditor],
  },
} as const satisfies Record<string, { name: string; roles: readonly Role[] }>;

export type LoginName = keyof typeof LOGINS;

/** Ledger URLs of the product's parts. */
export type LoginUrls = Record<LoginName, string>;

const NAMES = Object.keys(LOGINS) as LoginName[];
// Debezium sets no role, and a person at a prompt should not need to.
const INHERITS: ReadonlySet<LoginName> = new Set(['stream', 'operator']);
// The stream, its snapshot, validation, the watchdog, and the overlap while a worker is replaced.
const STREAM_CONNECTIONS_MAX = 10;
const STREAM_DEFAULTS = {
  default_transaction_isolation: 'read committed',
  default_transaction_read_only: 'off',
  DateStyle: 'ISO',
  statement_timeout: '0',
  lock_timeout: '0',
  idle_in_transaction_session_timeout: '0',
  idle_session_timeout: '0',
};
const INSUFFICIENT_PRIVILEGE = '42501';
const INVALID_AUTHORIZATION = /^28/;

export interface OwnLogins {
  urls: LoginUrls;
  /** Why the given login is used for all parts; null: each part has its own. */
  givenBecause: string | null;
}

/** The given login can neither create logins nor replace them. The message says what to grant. */
export class LoginTooWeak extends Error {}

export interface Login {
  name: string;
  password: string;
}

/** The default names of the logins; `suffix` distinguishes the products of one server. */
export function usualLogins(passwords: Record<LoginName, string>, suffix: string): Record<LoginName, Login> {
  const login = (name: LoginName) => ({ name: LOGINS[name].name + suffix, password: passwords[name] });
  return {
    inventory: login('inventory'),
    checkout: login('checkout'),
    accounts: login('accounts'),
    stream: login('stream'),
    operator: login('operator'),
  };
}

/**
 * Creates the logins or sets new passwords, if the given login may; otherwise the given login is used for all
 * parts, if it can. Call it after the migrations, which create the roles.
 */
export async function openLogins(url: string, logins: Record<LoginName, Login>): Promise<OwnLogins> {
  const client = await openClient({ url, name: 'holdfast-logins' });
  try {
    await makeLogins(client, logins);
  } catch (error) {
    if ((error as { code?: string }).code !== INSUFFICIENT_PRIVILEGE) throw error;
    await requireRights(client);
    return { urls: all(url), givenBecause: `it may not make logins (${(error as Error).message})` };
  } finally {
    await client.end();
  }
  const urls = Object.fromEntries(
    NAMES.map((part) => [part, withLogin(url, logins[part].name, logins[part].password)]),
  ) as LoginUrls;
  const refusal = await tryLogin(urls.inventory);
  return refusal === null
    ? { urls, givenBecause: null }
    : { urls: all(url), givenBecause: `the server does not let ${logins.inventory.name} in (${refusal})` };
}

/** The same URL with another login. */
export function withLogin(url: string, user: string, password: string): string {
  const other = new URL(url);
  for (const name of ['user', 'password']) other.searchParams.delete(name);
  if (other.hostname === '') {
    // A socket URL. It silently ignores a login before its host.
    other.searchParams.set('user', user);
    other.searchParams.set('password', password);
    return other.href;
  }
  other.username = user;
  other.password = encodeURIComponent(password);
  return other.href;
}

const all = (url: string) => Object.fromEntries(NAMES.map((name) => [name, url])) as LoginUrls;

/** All or none of them. */
async function makeLogins(client: SessionClient, logins: Record<LoginName, Login>): Promise<void> {
  await client.query('BEGIN');
  try {
    for (const part of NAMES) await makeLogin(client, part, logins[part]);
    await letIn(
      client,
      NAMES.map((part) => logins[part].name),
    );
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  }
}

/** Creates a login, or sets a new password. Its roles must exist. */
export async function makeLogin(
  client: SessionClient,
  part: LoginName,
  { name: login, password }: Login,
): Promise<void> {
  const role = escapeIdentifier(login);
  const { rows } = await client.query<{ powerful: boolean }>(
    `SELECT rolsuper OR rolcreaterole OR rolcreatedb OR rolbypassrls AS powerful FROM pg_roles WHERE rolname = $1`,
    [login],
  );
  if (rows[0]?.powerful)
    throw new LoginTooWeak(
      `the login ${login} is there already and may do more than its part of the product needs: take that from it, or drop it`,
    );
  const secret = `LOGIN PASSWORD ${escapeLiteral(scramVerifier(password))}`;
  // A login with only CREATEROLE may not even set NOSUPERUSER on an existing role.
  if (rows.length > 0) await client.query(`ALTER ROLE ${role} ${secret}`);
  else
    await client.query(
      `CREATE ROLE ${role} ${secret} NOSUPERUSER NOCREATEDB NOCREATEROLE ${INHERITS.has(part) ? 'INHERIT' : 'NOINHERIT'} ` +
        (part === 'stream' ? `REPLICATION CONNECTION LIMIT ${STREAM_CONNECTIONS_MAX}` : 'NOREPLICATION'),
    );
  await client.query(`GRANT ${LOGINS[part].roles.join(', ')} TO ${role}`);
  if (part !== 'stream') return;
  // Debezium opens its own connections; defaults of the server, database or login could end its snapshot or
  // its heartbeat.
  for (const [setting, value] of Object.entries(STREAM_DEFAULTS))
    await client.query(`ALTER ROLE ${role} SET ${setting} = ${escapeLiteral(value)}`);
}

/** Some servers grant CONNECT on a database only to named logins. */
async function letIn(client: SessionClient, logins: readonly string[]): Promise<void> {
  const { rows } = await client.query<{ login: string; database: string }>(
    `SELECT rolname AS login, current_database() AS database FROM pg_roles
     WHERE rolname = ANY($1) AND NOT has_database_privilege(oid, current_database(), 'CONNECT')`,
    [logins],
  );
  for (const { login, database } of rows)
    await client.query(
      `GRANT CONNECT ON DATABASE ${escapeIdentifier(database)} TO ${escapeIdentifier(login)}`,
    );
}

/**
 * Checks that the given login can be used for all parts. Throws `LoginTooWeak` with the GRANT statements
 * needed.
 */
async function requireRights(client: SessionClient): Promise<void> {
  const needed = [...new Set(NAMES.flatMap((name): readonly Role[] => LOGINS[name].roles))];
  const { rows } = await client.query<{ login: string; replicates: boolean; missing: string[] }>(
    `SELECT current_user AS login, (SELECT rolreplication OR rolsuper FROM pg_roles WHERE rolname = current_user) AS replicates,
       ARRAY(SELECT needed FROM unnest($1::text[]) AS needed WHERE NOT pg_has_role(current_user, needed,
         CASE WHEN current_setting('server_version_num')::int >= 160000 THEN 'SET' ELSE 'MEMBER' END)) AS missing`,
    [needed],
  );
  const { login, replicates, missing } = rows[0]!;
  const name = escapeIdentifier(login);
  const statements = [
    ...(missing.length > 0 ? [`GRANT ${missing.join(', ')} TO ${name};`] : []),
    ...(replicates ? [] : [`ALTER ROLE ${name} REPLICATION;`]),
  ];
  if (statements.length === 0) return;
  throw new LoginTooWeak(
    `the login ${login} of DATABASE_URL may neither make logins for the product (that takes CREATEROLE and REPLICATION, before PostgreSQL 16 ` +
      `SUPERUSER) nor do their work itself. Let a superuser of that server say: ${statements.join(' ')}`,
  );
}

/** Null if it can connect. A server may accept only some logins (pg_hba.conf). */
async function tryLogin(url: string): Promise<string | null> {
  try {
    const client = await openClient({ url, name: 'holdfast-logins', role: ROLES.inventory });
    await client.end();
    return null;
  } catch (error) {
    if (INVALID_AUTHORIZATION.test((error as { code?: string }).code ?? '')) return (error as Error).message;
    throw error;
  }
}
