import { randomBytes } from 'node:crypto';
import { Client } from 'pg';

/** The server that the test run started (or was given). */
export function testServerUrl(): string {
  const url = process.env['HOLDFAST_TEST_DATABASE_URL'];
  if (!url)
    throw new Error('HOLDFAST_TEST_DATABASE_URL is not set: the test setup starts the server and sets it');
  return url;
}

/** Makes an empty database of its own for one test file, and returns its URL. It is kept when the test fails. */
export async function createDatabase(label: string): Promise<string> {
  const name = `t_${label.replace(/[^a-z0-9]+/gi, '_').toLowerCase()}_${randomBytes(4).toString('hex')}`;
  await onServer(`CREATE DATABASE ${name}`);
  const url = new URL(testServerUrl());
  url.pathname = `/${name}`;
  return url.toString();
}

export async function dropDatabase(url: string): Promise<void> {
  await onServer(`DROP DATABASE IF EXISTS ${new URL(url).pathname.slice(1)} WITH (FORCE)`);
}

async function onServer(statement: string): Promise<void> {
  const client = new Client({ connectionString: testServerUrl() });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
