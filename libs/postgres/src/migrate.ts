import { setTimeout as pause } from 'node:timers/promises';
import { StartError } from '@holdfast/process';
// Loaded when it is first used, as .swcrc says: a command or a test that migrates nothing does not spend a
// third of its start on it.
import { DataSource, MigrationExecutor, type MigrationInterface, type QueryRunner } from 'typeorm';
import { applyFunctions, type FunctionSet, pendingFunctions, type Query } from './functions';
import { buildIndexes, type IndexSet, pendingIndexes } from './indexes';
import { ROLES, ROLES_WITHIN } from './roles';
import { openClient, SessionClient, sessionConfig } from './session';

/**
 * A change of tables, types, indexes or rows, applied once. Frozen as soon as a ledger has it, so it must not
 * use files that may change.
 */
export interface Migration {
  /** A word and a timestamp of 13 digits, as TypeORM requires, e.g. `Returns1790000000008`. */
  name: string;
  statements: readonly string[];
}

/**
 * The database objects of one service: tables by numbered migrations, functions by files that are applied
 * when they change, indexes of large tables by their definitions.
 */
export interface MigrationSet extends FunctionSet, IndexSet {
  /**
   * The service's schema. Applied migrations are listed in its table `migration`, function files in
   * `function_file`.
   */
  schema: string;
  migrations: readonly Migration[];
}

/** Names of migrations, function files and indexes. */
export interface MigrationStatus {
  schema: string;
  applied: string[];
  pending: string[];
}

/** Arbitrary numbers, the same for all products. Held until everything is done. */
const UPGRADE_LOCK = 7_116_004;
/**
 * Held while tables and functions change. Up to release 6f40bf4 it was the only lock, and a process that starts waits for
 * it in a statement; so it is not held while indexes are built, which would wait for that statement.
 */
const MIGRATION_LOCK = 7_116_001;

const INSUFFICIENT_PRIVILEGE = '42501';

/**
 * Roles belong to the server and not to a database, so products of two databases may create them
 * concurrently.
 */
const CREATE_ROLES = `
DO $$
DECLARE
  role_name text;
  -- From 16 on a login that may create roles administers what it creates, and is no more than that until it is granted the role, too.
  usable text := CASE WHEN current_setting('server_version_num')::int >= 160000 THEN 'SET' ELSE 'MEMBER' END;
BEGIN
  FOREACH role_name IN ARRAY ARRAY[${Object.values(ROLES)
    .map((role) => `'${role}'`)
    .join(', ')}] LOOP
    BEGIN
      IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = role_name) THEN
        EXECUTE format('CREATE ROLE %I NOLOGIN', role_name);
      END IF;
      IF NOT pg_has_role(current_user, role_name, usable) THEN
        EXECUTE format('GRANT %I TO %I', role_name, current_user);
      END IF;
    EXCEPTION
      -- Another database of this server made the same role at the same time: that is what we wanted.
      WHEN duplicate_object OR unique_violation THEN NULL;
    END;
  END LOOP;
${Object.entries(ROLES_WITHIN)
  .map(
    ([outer, inner]) => `
  IF NOT pg_has_role('${outer}', '${inner}', 'MEMBER') THEN
    GRANT ${inner} TO ${outer};
  END IF;`,
  )
  .join('')}
END $$`;

// Another process may be migrating, and an index on millions of rows takes minutes.
const PATIENT = { statementTimeoutMs: 0, lockTimeoutMs: 0, idleInTransactionMs: 0 };
// Statements of services take seconds; a session that locks a table for longer blocks the migration, and the
// error reports it.
const TABLE_LOCK_MS_MAX = 30_000;
// An index that is built beside them waits for those that run, a dump for instance, and blocks nobody meanwhile.
const INDEX_LOCK_MS_MAX = 600_000;
const LOCK_RETRY_MS = 100;

/**
 * Brings the database up to date: roles, schemas, then each set in order, its migrations and functions in one
 * transaction; then the indexes of all sets, beside what is running.
 * Safe if several processes start concurrently (they wait for each other). Returns what it applied. If
 * nothing is pending, a login that may not migrate suffices. An older version changes nothing on a ledger
 * with migrations that it does not know; if only functions differ, it restores its own. Throws `StartError`
 * if something is pending and the login only has the roles of a product, otherwise PostgreSQL's error.
 */
export async function migrate(url: string, sets: readonly MigrationSet[]): Promise<MigrationStatus[]> {
  // This connection is idle while the migrations run on another one.
  const guard = await openClient({ url, name: 'holdfast-migrate', ...PATIENT });
  try {
    await lock(guard, UPGRADE_LOCK);
    await lock(guard, MIGRATION_LOCK);
    const pending = await pendingForAPlainLogin(guard, sets);
    if (pending?.length === 0) return sets.map(nothingDone);
    await guard.query(CREATE_ROLES).catch((error: Error & { code?: string }) => {
      if (pending === null || error.code !== INSUFFICIENT_PRIVILEGE) throw error;
      throw new StartError(
        `this login may not migrate, and the database differs from this version in ${pending.join(', ')}: run \`holdfast migrate\` of this version with an administrator's login`,
        { cause: error },
      );
    });
    await guard.query(GRANT_CREATE);
    const done = await applySets(guard, url, sets);
    await guard.query('SELECT pg_advisory_unlock($1)', [MIGRATION_LOCK]);
    for (const { set, status, isChanged } of done)
      if (isChanged && !(await isUpToDate(guard, set)))
        status.applied.push(...(await buildMissing(url, set)));
    return done.map(({ status }) => status);
  } finally {
    await guard.end();
  }
}

/**
 * Until the connection ends or gives it back. Asks again and again: a statement that waits for the lock has a snapshot,
 * for whose end the build of an index waits, while its process has the lock.
 */
async function lock(guard: SessionClient, key: number): Promise<void> {
  for (;;) {
    const { rows } = await guard.query<{ mine: boolean }>('SELECT pg_try_advisory_lock($1) AS mine', [key]);
    if (rows[0]?.mine) return;
    await pause(LOCK_RETRY_MS);
  }
}

async function applySets(guard: SessionClient, url: string, sets: readonly MigrationSet[]) {
  const done: { set: MigrationSet; status: MigrationStatus; isChanged: boolean }[] = [];
  for (const set of sets) {
    await createSchema(guard, set.schema);
    const isChanged = !(await isUpToDate(guard, set));
    done.push({ set, status: isChanged ? await applySet(url, set) : nothingDone(set), isChanged });
  }
  return done;
}

const nothingDone = ({ schema }: MigrationSet): MigrationStatus => ({ schema, applied: [], pending: [] });

/** As at most starts of a product, which then need not load TypeORM. */
async function isUpToDate(guard: SessionClient, set: MigrationSet): Promise<boolean> {
  await guard.query(`SET ROLE ${ROLES.migrator}`);
  const [status] = await readStatus(guard, [set]);
  await guard.query('RESET ROLE');
  return status?.pending.length === 0;
}

const GRANT_CREATE = `
DO $$ BEGIN
  IF NOT has_database_privilege('${ROLES.migrator}', current_database(), 'CREATE') THEN
    EXECUTE format('GRANT CREATE ON DATABASE %I TO ${ROLES.migrator}', current_database());
  END IF;
END $$`;

/** As the future owner: a login that is only a member of it may have no CREATE privilege itself. */
async function createSchema(guard: SessionClient, schema: string): Promise<void> {
  const { rows } = await guard.query('SELECT to_regnamespace($1) IS NOT NULL AS there', [schema]);
  if (rows[0]?.there) return;
  await guard.query(`SET ROLE ${ROLES.migrator}`);
  await guard.query(`CREATE SCHEMA ${schema}`);
  await guard.query('RESET ROLE');
}

/** For a login that may not migrate but can read the state: what is pending. Otherwise null. */
async function pendingForAPlainLogin(
  guard: SessionClient,
  sets: readonly MigrationSet[],
): Promise<string[] | null> {
  const { rows } = await guard.query<{ plain: boolean; sees: boolean }>(
    `SELECT NOT bool_or(rolname = '${ROLES.migrator}') AS plain, coalesce(bool_or(rolname = '${ROLES.auditor}'), false) AS sees
     FROM pg_roles WHERE rolname IN ('${ROLES.migrator}', '${ROLES.auditor}') AND pg_has_role(current_user, oid, 'MEMBER')`,
  );
  if (!rows[0]?.plain || !rows[0].sees) return null;
  await guard.query(`SET ROLE ${ROLES.auditor}`);
  const status = await readStatus(guard, sets);
  await guard.query('RESET ROLE');
  return status.flatMap(({ schema, pending }) => pending.map((name) => `${schema} ${name}`));
}

/** Reads what is applied and what is pending. */
export async function migrationStatus(
  url: string,
  sets: readonly MigrationSet[],
): Promise<MigrationStatus[]> {
  const client = await openClient({ url, name: 'holdfast-migrate' });
  try {
    return await readStatus(client, sets);
  } finally {
    await client.end();
  }
}

async function readStatus(client: SessionClient, sets: readonly MigrationSet[]): Promise<MigrationStatus[]> {
  const query: Query = async (text, values) => (await client.query(text, values)).rows;
  const status: MigrationStatus[] = [];
  for (const set of sets) {
    const table = `${set.schema}.migration`;
    const [found] = await query<{ there: boolean }>('SELECT to_regclass($1) IS NOT NULL AS there', [table]);
    const rows = found?.there
      ? await query<{ name: string }>(`SELECT name FROM ${table} ORDER BY timestamp`)
      : [];
    const applied = rows.map(({ name }) => name);
    const pending = set.migrations.map(({ name }) => name).filter((name) => !applied.includes(name));
    if (!isNewer(applied, set))
      pending.push(...(await pendingFunctions(query, set)), ...(await pendingIndexes(query, set)));
    status.push({ schema: set.schema, applied, pending });
  }
  return status;
}

/**
 * Whether the ledger has a migration that this version does not know; its functions then belong to a newer
 * version, too.
 */
function isNewer(applied: readonly string[], { migrations }: MigrationSet): boolean {
  const known = new Set(migrations.map(({ name }) => name));
  return applied.some((name) => !known.has(name));
}

/** The indexes of a set whose migrations are applied. Returns the names of those built. */
async function buildMissing(url: string, set: MigrationSet): Promise<string[]> {
  const client = await openClient({
    url,
    name: 'holdfast-migrate',
    role: ROLES.migrator,
    ...PATIENT,
    lockTimeoutMs: INDEX_LOCK_MS_MAX,
  });
  try {
    return await buildIndexes(async (text, values) => (await client.query(text, values)).rows, set);
  } finally {
    await client.end();
  }
}

async function applySet(url: string, set: MigrationSet): Promise<MigrationStatus> {
  const { schema } = set;
  const { connectionString, ...session } = sessionConfig({
    url,
    name: 'holdfast-migrate',
    role: ROLES.migrator,
    ...PATIENT,
    lockTimeoutMs: TABLE_LOCK_MS_MAX,
  });
  const source = new DataSource({
    type: 'postgres',
    url: connectionString,
    schema,
    migrations: set.migrations.map(classOf),
    migrationsTableName: 'migration',
    installExtensions: false,
    extra: { ...session, max: 1, Client: SessionClient },
  });
  await source.initialize();
  const runner = source.createQueryRunner();
  try {
    await runner.startTransaction();
    const applied = await applyAll(source, runner, set);
    await runner.commitTransaction();
    return { schema, applied, pending: [] };
  } catch (error) {
    await runner.rollbackTransaction().catch(() => undefined); // the connection itself may have failed
    throw error;
  } finally {
    await runner.release();
    await source.destroy();
  }
}

/**
 * Runs in the runner's transaction. Migrations first: functions need the tables, and a migration may drop a
 * function that blocks it.
 */
async function applyAll(source: DataSource, runner: QueryRunner, set: MigrationSet): Promise<string[]> {
  const query: Query = (text, values) => runner.query(text, values);
  const executor = new MigrationExecutor(source, runner);
  executor.transaction = 'all';
  const migrations = (await executor.executePendingMigrations()).map(({ name }) => name);
  const executed = await executor.getExecutedMigrations();
  if (
    isNewer(
      executed.map(({ name }) => name),
      set,
    )
  )
    return migrations;
  const files = await pendingFunctions(query, set);
  if (migrations.length + files.length > 0) await applyFunctions(query, set);
  return [...migrations, ...files];
}

/** In TypeORM's form. */
function classOf({ name, statements }: Migration): new () => MigrationInterface {
  return class implements MigrationInterface {
    name = name;

    async up(runner: QueryRunner): Promise<void> {
      for (const statement of statements) await runner.query(statement);
    }

    async down(): Promise<void> {
      throw new Error('the ledger is never migrated down: restore a backup instead');
    }
  };
}
