#!/usr/bin/env node
// Makes the login with which Debezium reads: it may replicate and read the published tables, nothing else. The migrations' role
// holdfast_cdc carries the grants but cannot log in.
//   DATABASE_URL=postgres://admin@… CDC_USER=holdfast_connect CDC_PASSWORD=… node infra/debezium/login.mjs
// Repeatable; a changed password is taken over. Runs after the migrations, with a login that may create roles that replicate.
import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { ClusterError } from '../../tools/cluster/errors.mjs';
import { ledgerClient } from '../../tools/cluster/ledger-client.mjs';
import { requiredSetting } from '../../tools/cluster/settings.mjs';

// The stream, the snapshot, validation, and their overlap while a worker is replaced.
const CONNECTIONS_MAX = 10;
// PostgreSQL's own numbers (scram_iterations, SCRAM_DEFAULT_SALT_LEN).
const SCRAM_ITERATIONS = 4096;
const SCRAM_SALT_BYTES = 16;
// Debezium's connections are its own; what this server, database or login has by default would end its snapshot or its heartbeat.
const DEFAULTS = {
  default_transaction_isolation: 'read committed',
  default_transaction_read_only: 'off',
  DateStyle: 'ISO',
  statement_timeout: '0',
  lock_timeout: '0',
  idle_in_transaction_session_timeout: '0',
  idle_session_timeout: '0',
};
const INSUFFICIENT_PRIVILEGE = '42501';

/** Throws `ClusterError` with what to do about it. */
export async function ensureCdcLogin({ databaseUrl, user, password }) {
  const client = ledgerClient(databaseUrl);
  try {
    await client.connect();
    const name = pg.escapeIdentifier(user);
    // Statements that fail, or that are slow, stand in PostgreSQL's log: the password is none of its business.
    const secret = `LOGIN PASSWORD ${pg.escapeLiteral(scramVerifier(password))}`;
    const { rowCount } = await client.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [user]);
    // One who only may create roles must not even say NOSUPERUSER of one that exists.
    if (rowCount) await client.query(`ALTER ROLE ${name} ${secret}`);
    else
      await client.query(
        `CREATE ROLE ${name} ${secret} REPLICATION NOSUPERUSER NOCREATEDB NOCREATEROLE CONNECTION LIMIT ${CONNECTIONS_MAX}`,
      );
    for (const [setting, value] of Object.entries(DEFAULTS))
      await client.query(`ALTER ROLE ${name} SET ${setting} = ${pg.escapeLiteral(value)}`);
    await client.query(`GRANT holdfast_cdc TO ${name}`);
  } catch (error) {
    throw new ClusterError(wordsOf(error, user), { cause: error });
  } finally {
    await client.end().catch(() => undefined);
  }
}

function wordsOf({ code, message, detail }, user) {
  const problem = `the login ${user}, with which Debezium reads the ledger's log, cannot be made: ${[message, detail].filter(Boolean).join('. ')}`;
  if (code !== INSUFFICIENT_PRIVILEGE) return problem;
  return `${problem} The login of DATABASE_URL needs CREATEROLE and REPLICATION (before PostgreSQL 16: SUPERUSER)`;
}

/**
 * What PostgreSQL keeps of a password, and takes in its place (RFC 5802, section 3, with SHA-256 as in RFC 7677; the form of pg_authid.rolpassword):
 * who reads it can check a password, and not log in.
 */
export function scramVerifier(password, salt = randomBytes(SCRAM_SALT_BYTES)) {
  // SASLprep of anything but unusual letters is NFKC.
  const salted = pbkdf2Sync(password.normalize('NFKC'), salt, SCRAM_ITERATIONS, 32, 'sha256');
  const hmac = (text) => createHmac('sha256', salted).update(text).digest();
  const storedKey = createHash('sha256').update(hmac('Client Key')).digest('base64');
  const serverKey = hmac('Server Key').toString('base64');
  return `SCRAM-SHA-256$${SCRAM_ITERATIONS}:${salt.toString('base64')}$${storedKey}:${serverKey}`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const user = requiredSetting('CDC_USER');
  ensureCdcLogin({
    databaseUrl: requiredSetting('DATABASE_URL'),
    user,
    password: requiredSetting('CDC_PASSWORD'),
  }).then(
    () => console.error(`Login ${user} may read the stream`),
    (error) => {
      console.error(error.message);
      process.exitCode = 1;
    },
  );
}
