import { randomBytes } from 'node:crypto';
import { Client } from 'pg';

/** The server that the test run started (or was given). */
export function testServerUrl(): string {
  const url = process.env['HOLDFAST_TEST_DATABASE_URL'];
  if (!url)
    throw new Error('HOLDFAST_TEST_DATABASE_URL is not set: the test setup starts the server and sets it');
  return url;
}

/**
 * Creates a database for one test file, empty or a copy of `template`, and returns its URL. It is kept if a
 * test fails.
 */
export async function createDatabase(label: string, template = 'template1'): Promise<string> {
  const name = `t_${label.replace(/[^a-z0-9]+/gi, '_').toLowerCase()}_${randomBytes(4).toString('hex')}`;
  await onServer((client) => client.query(`CREATE DATABASE ${name} TEMPLATE ${template}`));
  return urlOf(name);
}

// Arbitrary. Test files that start together create the template once.
const TEMPLATE_LOCK = 7_116_900;

/**
 * Creates the database `name` unless it exists, and fills it with `fill`; returns its name, for
 * `createDatabase`.
 */
export async function ensureTemplate(name: string, fill: (url: string) => Promise<void>): Promise<string> {
  await onServer(async (client) => {
    await client.query('SELECT pg_advisory_lock($1)', [TEMPLATE_LOCK]);
    const there = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
    if (there.rows.length > 0) return;
    const draft = `${name}_draft`;
    await client.query(`DROP DATABASE IF EXISTS ${draft} WITH (FORCE)`);
    await client.query(`CREATE DATABASE ${draft}`);
    await fill(urlOf(draft));
    await client.query(`ALTER DATABASE ${draft} RENAME TO ${name}`); // only once it is complete
  });
  return name;
}

export async function dropDatabase(url: string): Promise<void> {
  const name = new URL(url).pathname.slice(1);
  await onServer((client) => client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`));
}

function urlOf(name: string): string {
  const url = new URL(testServerUrl());
  url.pathname = `/${name}`;
  return url.toString();
}

async function onServer(work: (client: Client) => Promise<unknown>): Promise<void> {
  const client = new Client({ connectionString: testServerUrl() });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}
