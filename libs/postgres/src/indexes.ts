import { StartError } from '@holdfast/process';
import type { Query } from './functions';

/**
 * An index that is built beside a ledger in use. It is what the ledger lacks, not a step: it is built when it is
 * missing, so another definition needs another name.
 */
export interface IndexFile {
  name: string;
  /** What follows `CREATE INDEX CONCURRENTLY <name>`, e.g. `ON checkout.orders (drop_id)`. */
  definition: string;
}

export interface IndexSet {
  schema: string;
  /** Of tables of this schema. */
  indexes?: readonly IndexFile[];
}

const LOCK_NOT_AVAILABLE = '55P03';

/** Indexes that are not there, or that a failed build has left invalid. */
async function missing(query: Query, { schema, indexes = [] }: IndexSet): Promise<IndexFile[]> {
  const valid = await query<{ name: string }>(
    `SELECT c.relname AS name FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
     WHERE c.relnamespace = to_regnamespace($1) AND c.relname = ANY ($2::text[]) AND i.indisvalid`,
    [schema, indexes.map(({ name }) => name)],
  );
  const there = new Set(valid.map(({ name }) => name));
  return indexes.filter(({ name }) => !there.has(name));
}

export const pendingIndexes = async (query: Query, set: IndexSet): Promise<string[]> =>
  (await missing(query, set)).map(({ name }) => name);

/**
 * Builds what is missing, one index after the other, while others write to the tables. Not in a transaction; waits
 * for those that are running, up to the connection's `lock_timeout`. A crash leaves an invalid index, which is
 * dropped and built again by the next call. Only under a lock for which nobody waits in a statement: a build waits for
 * every statement that has a snapshot. Returns the names of those built.
 */
export async function buildIndexes(query: Query, set: IndexSet): Promise<string[]> {
  const built: string[] = [];
  for (const { name, definition } of await missing(query, set)) {
    try {
      await query(`DROP INDEX CONCURRENTLY IF EXISTS ${set.schema}.${name}`);
      await query(`CREATE INDEX CONCURRENTLY ${name} ${definition}`);
    } catch (error) {
      if ((error as { code?: string }).code !== LOCK_NOT_AVAILABLE) throw error;
      throw new StartError(
        `the index ${set.schema}.${name} could not be built, because a transaction on this database has been open for longer than the build waits: end it (the oldest xact_start in pg_stat_activity), then start again, which goes on where this ended`,
        { cause: error },
      );
    }
    built.push(name);
  }
  return built;
}
