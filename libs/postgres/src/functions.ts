import { createHash } from 'node:crypto';
import { ROLES } from './roles';

/**
 * An SQL file that is applied again when any file of its set has changed: CREATE OR REPLACE FUNCTION, or
 * GRANT.
 */
export interface FunctionFile {
  name: string;
  text: string;
}

export interface FunctionSet {
  /** Has the table of applied files. */
  schema: string;
  /** Schemas that contain the functions of the files and no others. */
  functionSchemas: readonly string[];
  /** In the order in which they are applied. */
  functions: readonly FunctionFile[];
  /** Grants EXECUTE. Applied last, after all other privileges have been revoked. */
  grants: FunctionFile;
}

/** Runs one statement and returns its rows. */
export type Query = <R>(text: string, values?: unknown[]) => Promise<R[]>;

/** Files to apply, and applied files to remove. */
export async function pendingFunctions(query: Query, set: FunctionSet): Promise<string[]> {
  const { schema } = set;
  const pending = new Map(filesOf(set).map(({ name, text }) => [name, hashOf(text)]));
  const [table] = await query<{ there: boolean }>('SELECT to_regclass($1) IS NOT NULL AS there', [
    tableOf(schema),
  ]);
  if (!table?.there) return [...pending.keys()];
  for (const { file, hash } of await query<{ file: string; hash: string }>(
    `SELECT file, hash FROM ${tableOf(schema)}`,
  )) {
    if (pending.get(file) === hash) pending.delete(file);
    else pending.set(file, '');
  }
  return [...pending.keys()];
}

/**
 * Synchronizes the functions of the set's schemas with its files, in the caller's transaction. Functions are
 * replaced in place, so they are always available; if PostgreSQL cannot do that (other OUT columns, other
 * parameter names), all functions are dropped and created again. Functions used by a trigger, a constraint,
 * an index or a view are never dropped, only replaced.
 */
export async function applyFunctions(query: Query, set: FunctionSet): Promise<void> {
  const schemas = [set.functionSchemas];
  const before = await query<FunctionVersion>(VERSIONS, schemas);
  await query('SAVEPOINT functions');
  try {
    for (const { text } of set.functions) await query(text);
  } catch {
    await query('ROLLBACK TO SAVEPOINT functions');
    await drop(query, await query<{ name: string }>(DROPPABLE, schemas));
    for (const { text } of set.functions) await query(text);
  }
  // Functions without a file belong to an older version.
  const was = new Set(before.map(({ version }) => version));
  const now = await query<FunctionVersion>(VERSIONS, schemas);
  await drop(
    query,
    now.filter(({ version }) => was.has(version)),
  );
  await revokeAll(query, set);
  await query(set.grants.text);
  await remember(query, set);
}

interface FunctionVersion {
  name: string;
  /** Changes with each CREATE OR REPLACE, even with the same text. */
  version: string;
}

const OF_SCHEMAS = 'p.pronamespace IN (SELECT to_regnamespace(s) FROM unnest($1::text[]) s)';
const VERSIONS = `SELECT p.oid::regprocedure::text AS name, p.oid || ' ' || p.xmin AS version FROM pg_proc p WHERE ${OF_SCHEMAS}`;

/** All functions except those on which other objects depend, directly or indirectly. */
const DROPPABLE = `
WITH RECURSIVE kept (oid) AS (
  SELECT d.refobjid FROM pg_depend d WHERE d.refclassid = 'pg_proc'::regclass AND d.classid <> 'pg_proc'::regclass
  UNION
  SELECT d.refobjid FROM pg_depend d JOIN kept ON d.objid = kept.oid
  WHERE d.classid = 'pg_proc'::regclass AND d.refclassid = 'pg_proc'::regclass
)
SELECT p.oid::regprocedure::text AS name FROM pg_proc p WHERE ${OF_SCHEMAS} AND p.oid NOT IN (SELECT oid FROM kept)`;

/** In one statement, because functions may depend on each other. */
async function drop(query: Query, functions: readonly { name: string }[]): Promise<void> {
  if (functions.length > 0) await query(`DROP ROUTINE ${functions.map(({ name }) => name).join(', ')}`);
}

/** Revokes all privileges from all grantees, including PUBLIC's default. */
async function revokeAll(query: Query, { functionSchemas }: FunctionSet): Promise<void> {
  const roles = Object.values(ROLES).filter((role) => role !== ROLES.migrator);
  for (const schema of functionSchemas)
    await query(`REVOKE ALL ON ALL ROUTINES IN SCHEMA ${schema} FROM PUBLIC, ${roles.join(', ')}`);
}

async function remember(query: Query, set: FunctionSet): Promise<void> {
  const table = tableOf(set.schema);
  await query(`CREATE TABLE IF NOT EXISTS ${table} (
    file text PRIMARY KEY, hash text NOT NULL, applied_at timestamptz NOT NULL DEFAULT clock_timestamp())`);
  await query(`GRANT SELECT ON ${table} TO ${ROLES.auditor}`);
  await query(`DELETE FROM ${table}`);
  await query(`INSERT INTO ${table} (file, hash) SELECT * FROM unnest($1::text[], $2::text[])`, [
    filesOf(set).map(({ name }) => name),
    filesOf(set).map(({ text }) => hashOf(text)),
  ]);
}

const filesOf = ({ functions, grants }: FunctionSet) => [...functions, grants];
const tableOf = (schema: string) => `${schema}.function_file`;
const hashOf = (text: string) => createHash('sha256').update(text).digest('hex');
