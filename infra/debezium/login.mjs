#!/usr/bin/env node
// Makes the login with which Debezium reads: it may replicate and read the published tables, nothing else. The migrations' role
// holdfast_cdc carries the grants but cannot log in.
//   DATABASE_URL=postgres://admin@… CDC_USER=holdfast_connect CDC_PASSWORD=… node infra/debezium/login.mjs
// Repeatable; a changed password is taken over. Runs after the migrations, with a login that may create roles that replicate.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import pg from 'pg';

// The stream, the snapshot, validation, and their overlap while a worker is replaced.
const CONNECTIONS_MAX = 10;

export async function ensureCdcLogin({ databaseUrl, user, password }) {
  const client = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: 5_000 });
  await client.connect();
  try {
    const name = pg.escapeIdentifier(user);
    const options = `LOGIN REPLICATION NOSUPERUSER NOCREATEDB NOCREATEROLE CONNECTION LIMIT ${CONNECTIONS_MAX} PASSWORD ${pg.escapeLiteral(password)}`;
    const { rowCount } = await client.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [user]);
    await client.query(`${rowCount ? 'ALTER' : 'CREATE'} ROLE ${name} ${options}`);
    await client.query(`GRANT holdfast_cdc TO ${name}`);
  } finally {
    await client.end();
  }
}

function setting(name) {
  const file = process.env[`${name}_FILE`];
  const value = file ? readFileSync(file, 'utf8').trim() : process.env[name];
  if (value) return value;
  console.error(`set ${name} or ${name}_FILE`);
  process.exit(2);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const user = setting('CDC_USER');
  ensureCdcLogin({
    databaseUrl: setting('DATABASE_URL'),
    user,
    password: setting('CDC_PASSWORD'),
  }).then(
    () => console.error(`Login ${user} may read the stream`),
    (error) => {
      console.error(`the login ${user} could not be made: ${error.message}`);
      process.exitCode = 1;
    },
  );
}
