import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createDatabase } from '@holdfast/testing';
import { onDatabase } from './drops';
import { REPOSITORY } from './repository';

const FOLDER = join(REPOSITORY, 'test/fixtures/ledger');

/** A dump keeps the times of its day: what was live then is live now. */
export const TODAY = `UPDATE inventory.hold SET expires_at = clock_timestamp() + interval '1 hour' WHERE state = 'held'`;

/** The stored ledger of a commit; `README.md` beside it says what is in it. */
export function readDump(commit: string): string {
  return readFileSync(join(FOLDER, `${commit}.sql`), 'utf8');
}

/** What the services of a commit send to PostgreSQL, by file. */
export function readStatements(commit: string): Record<string, string> {
  return JSON.parse(readFileSync(join(FOLDER, `${commit}.statements.json`), 'utf8')) as Record<
    string,
    string
  >;
}

/** A database with the ledger of a commit, on a server that has the roles of the product already. */
export async function createOldLedger(commit: string): Promise<string> {
  const url = await createDatabase(`old_${commit}`);
  const withoutRoles = readDump(commit).replaceAll(/^(CREATE|ALTER) ROLE .*;$/gm, '');
  await onDatabase(url, async (client) => {
    await client.query(withoutRoles);
    await client.query(TODAY);
  });
  return url;
}
