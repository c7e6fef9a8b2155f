import { DataSource, type MigrationInterface } from 'typeorm';
import { ROLES } from './roles';
import { openClient, SessionClient, sessionConfig } from './session';

/** The migrations of one service: its schema and its classes in order. */
export interface MigrationSet {
  /** Schema that the service owns; its list of applied migrations is the table `<schema>.migration`. */
  schema: string;
  migrations: (new () => MigrationInterface)[];
}

export interface MigrationStatus {
  schema: string;
  applied: string[];
  pending: string[];
}

/** Any number will do, as long as all products agree: two that start at once must not migrate at once. */
const MIGRATION_LOCK = 7_116_001;

/** Roles live in the whole server and not in one database, so two databases may create them at the same moment. */
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
END $$`;

// Others may be migrating, and an index on millions of rows takes minutes.
const PATIENT = { statementTimeoutMs: 0, lockTimeoutMs: 0, idleInTransactionMs: 0 };
// Every service's statements end within seconds; whoever holds a table for longer is in the way, and is named by the error.
const TABLE_LOCK_MS_MAX = 30_000;

/**
 * Brings the database up to date: roles, schemas, then each set in order, each migration in its own transaction.
 * Safe when two processes start at once (one waits for the other). Says what it applied. A login that may not migrate will do when nothing is
 * pending. Throws what PostgreSQL says when the login may not create roles or schemas.
 */
export async function migrate(url: string, sets: readonly MigrationSet[]): Promise<MigrationStatus[]> {
  // It waits idle while the migrations run on their own connection.
  const guard = await openClient({ url, name: 'holdfast-migrate', ...PATIENT });
  try {
    await guard.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    if (await isDoneForAPlainLogin(guard, sets))
      return sets.map(({ schema }) => ({ schema, applied: [], pending: [] }));
    await guard.query(CREATE_ROLES);
    await guard.query(GRANT_CREATE);
    const done: MigrationStatus[] = [];
    for (const set of sets) {
      await createSchema(guard, set.schema);
      done.push(await applySet(url, set));
    }
    return done;
  } finally {
    await guard.end();
  }
}

const GRANT_CREATE = `
DO $$ BEGIN
  IF NOT has_database_privilege('${ROLES.migrator}', current_database(), 'CREATE') THEN
    EXECUTE format('GRANT CREATE ON DATABASE %I TO ${ROLES.migrator}', current_database());
  END IF;
END $$`;

/** As the owner-to-be: a login that is only a member of it need not be allowed to create anything itself. */
async function createSchema(guard: SessionClient, schema: string): Promise<void> {
  const { rows } = await guard.query('SELECT to_regnamespace($1) IS NOT NULL AS there', [schema]);
  if (rows[0]?.there) return;
  await guard.query(`SET ROLE ${ROLES.migrator}`);
  await guard.query(`CREATE SCHEMA ${schema}`);
  await guard.query('RESET ROLE');
}

/** Somebody else has migrated, and this login can see that: then it needs no right to do so itself. */
async function isDoneForAPlainLogin(guard: SessionClient, sets: readonly MigrationSet[]): Promise<boolean> {
  const { rows } = await guard.query<{ plain: boolean; sees: boolean }>(
    `SELECT NOT bool_or(rolname = '${ROLES.migrator}') AS plain, coalesce(bool_or(rolname = '${ROLES.auditor}'), false) AS sees
     FROM pg_roles WHERE rolname IN ('${ROLES.migrator}', '${ROLES.auditor}') AND pg_has_role(current_user, oid, 'MEMBER')`,
  );
  if (!rows[0]?.plain || !rows[0].sees) return false;
  await guard.query(`SET ROLE ${ROLES.auditor}`);
  const status = await readStatus(guard, sets);
  await guard.query('RESET ROLE');
  return status.every(({ pending }) => pending.length === 0);
}

/** What is applied and what is pending, changing nothing. */
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
  const status: MigrationStatus[] = [];
  for (const { schema, migrations } of sets) {
    const table = `${schema}.migration`;
    const there = await client.query('SELECT to_regclass($1) IS NOT NULL AS yes', [table]);
    const rows = there.rows[0].yes
      ? (await client.query(`SELECT name FROM ${table} ORDER BY timestamp`)).rows
      : [];
    const applied = rows.map((row: { name: string }) => row.name);
    const pending = migrations
      .map((migration) => new migration().name ?? '')
      .filter((name) => !applied.includes(name));
    status.push({ schema, applied, pending });
  }
  return status;
}

async function applySet(url: string, { schema, migrations }: MigrationSet): Promise<MigrationStatus> {
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
    migrations,
    migrationsTableName: 'migration',
    migrationsTransactionMode: 'each',
    installExtensions: false,
    extra: { ...session, max: 1, Client: SessionClient },
  });
  await source.initialize();
  try {
    const applied = await source.runMigrations();
    return { schema, applied: applied.map(({ name }) => name), pending: [] };
  } finally {
    await source.destroy();
  }
}
