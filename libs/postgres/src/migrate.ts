import { Client } from 'pg';
import { DataSource, type MigrationInterface } from 'typeorm';
import { ROLES } from './roles';

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

/**
 * Brings the database up to date: roles, schemas, then each set in order, each migration in its own transaction.
 * Safe when two processes start at once (one waits for the other). Says what it applied.
 * Throws what PostgreSQL says when the login may not create roles or schemas.
 */
export async function migrate(url: string, sets: readonly MigrationSet[]): Promise<MigrationStatus[]> {
  const guard = new Client({ connectionString: url });
  // It waits idle while the migrations run on their own connection; a server that dies then must not end the process from here.
  guard.on('error', () => undefined);
  await guard.connect();
  try {
    await guard.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await guard.query(CREATE_ROLES);
    await guard.query(
      `DO $$ BEGIN EXECUTE format('GRANT CREATE ON DATABASE %I TO ${ROLES.migrator}', current_database()); END $$`,
    );
    const done: MigrationStatus[] = [];
    for (const set of sets) {
      await guard.query(`CREATE SCHEMA IF NOT EXISTS ${set.schema} AUTHORIZATION ${ROLES.migrator}`);
      done.push(await applySet(url, set));
    }
    return done;
  } finally {
    await guard.end();
  }
}

/** What is applied and what is pending, changing nothing. */
export async function migrationStatus(
  url: string,
  sets: readonly MigrationSet[],
): Promise<MigrationStatus[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
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
  } finally {
    await client.end();
  }
}

async function applySet(url: string, { schema, migrations }: MigrationSet): Promise<MigrationStatus> {
  const source = new DataSource({
    type: 'postgres',
    url,
    schema,
    migrations,
    migrationsTableName: 'migration',
    migrationsTransactionMode: 'each',
    installExtensions: false,
    extra: { max: 1, options: `-c role=${ROLES.migrator}` },
  });
  await source.initialize();
  try {
    const applied = await source.runMigrations();
    return { schema, applied: applied.map(({ name }) => name), pending: [] };
  } finally {
    await source.destroy();
  }
}
