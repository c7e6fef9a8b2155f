import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { openClient, type SessionClient } from './session';

/**
 * Class of the advisory locks (class, product) on a database. Processes of one product share the lock; it
 * excludes other products.
 */
const CLAIM_CLASS = 7_116_002;
/** Held while a claim is made, so that processes that start concurrently see each other. */
const CLAIM_GUARD = 7_116_003;
// PostgreSQL notices a killed process at once, by its closed connection, and a vanished machine after half a
// minute.
const WAIT_MS_MAX = 3_000;
const RETRY_DELAY_MS = 200;
const RECLAIM_DELAY_MS = 1_000;
const LOCK_NOT_AVAILABLE = '55P03';

export interface ClaimOptions {
  url: string;
  /** Shared by all processes of the product and by no other: its service key. */
  product: string;
  /** The process, for error messages of others, e.g. `standalone 4711@host`. */
  who: string;
  /**
   * Called with a reason if a claim that was lost with its connection cannot be restored, and with null once
   * it is.
   */
  onError?: (reason: string | null) => void;
}

/**
 * Another process has been making a claim for longer than we wait, so it probably hangs. The message says
 * what to do.
 */
export class ClaimBlocked extends Error {}

/** Another product uses this database. */
export class DatabaseTaken extends Error {
  constructor(readonly holders: readonly string[]) {
    super(`another Holdfast works on this database (${holders.join(', ')})`);
  }
}

/**
 * Keeps other products from using the database: they would share a replication slot, and each would miss the
 * changes that the other has read.
 */
export class DatabaseClaim {
  private released = false;
  private waiting = new AbortController();

  private constructor(
    private client: SessionClient | null,
    private readonly options: ClaimOptions,
  ) {
    if (client) this.watch(client);
    else void this.takeAgain();
  }

  /** For a server that is unreachable: claims the database as soon as it answers. */
  static later(options: ClaimOptions): DatabaseClaim {
    return new DatabaseClaim(null, options);
  }

  /** Throws `DatabaseTaken` and `ClaimBlocked`. */
  static async take(options: ClaimOptions): Promise<DatabaseClaim> {
    const end = performance.now() + WAIT_MS_MAX;
    for (;;) {
      try {
        return new DatabaseClaim(await claim(options), options);
      } catch (error) {
        if (!(error instanceof DatabaseTaken) || performance.now() > end) throw error;
        await pause(RETRY_DELAY_MS);
      }
    }
  }

  async release(): Promise<void> {
    this.released = true;
    this.waiting.abort();
    await this.client?.end().catch(() => undefined);
  }

  /** A restart of the server ends the claim. */
  private watch(client: SessionClient): void {
    client.once('end', () => {
      if (!this.released) void this.takeAgain();
    });
  }

  private async takeAgain(): Promise<void> {
    let reported = false;
    while (!this.released) {
      try {
        const client = (this.client = await claim(this.options));
        if (this.released) return void (await client.end());
        if (reported) this.options.onError?.(null);
        return this.watch(client);
      } catch (error) {
        // Other parts of the product report an unreachable server.
        if (error instanceof DatabaseTaken && !reported) this.options.onError?.(error.message);
        reported ||= error instanceof DatabaseTaken;
        await pause(RECLAIM_DELAY_MS, undefined, { ref: false, signal: this.waiting.signal }).catch(
          () => undefined,
        );
      }
    }
  }
}

/** The processes that use this database; empty: none. */
export async function holdersOf(client: SessionClient, except = -1): Promise<string[]> {
  const { rows } = await client.query<{ who: string }>(
    // Every login may read the application name of a connection, but not its address.
    `SELECT DISTINCT coalesce(a.application_name, 'unknown') AS who
     FROM pg_locks l LEFT JOIN pg_stat_activity a USING (pid)
     WHERE l.locktype = 'advisory' AND l.classid::bigint = $1 AND l.objsubid = 2 AND l.objid::bigint <> $2 AND l.granted
       AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database()) ORDER BY 1`,
    [CLAIM_CLASS, except],
  );
  return rows.map(({ who }) => who);
}

async function claim({ url, product, who }: ClaimOptions): Promise<SessionClient> {
  const client = await openClient({ url, name: `holdfast ${who}`.slice(0, 63), noticeLoss: true });
  try {
    const own = keyOf(product);
    await client.query('SELECT pg_advisory_lock($1)', [CLAIM_GUARD]);
    await client.query('SELECT pg_advisory_lock_shared($1::int, $2::int)', [CLAIM_CLASS, own]);
    const others = await holdersOf(client, own);
    if (others.length > 0) throw new DatabaseTaken(others);
    await client.query('SELECT pg_advisory_unlock($1)', [CLAIM_GUARD]);
    return client;
  } catch (error) {
    const blocked = (error as { code?: string }).code === LOCK_NOT_AVAILABLE;
    const reason = blocked ? await blockedBy(client).catch(() => error) : error;
    await client.end().catch(() => undefined); // also releases its locks
    throw reason;
  }
}

async function blockedBy(client: SessionClient): Promise<ClaimBlocked> {
  const { rows } = await client.query<{ who: string; pid: number }>(
    `SELECT coalesce(a.application_name, 'unknown') AS who, l.pid FROM pg_locks l LEFT JOIN pg_stat_activity a USING (pid)
     WHERE l.locktype = 'advisory' AND l.classid = 0 AND l.objid::bigint = $1 AND l.objsubid = 1 AND l.granted
       AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
    [CLAIM_GUARD],
  );
  const [holder] = rows;
  const who = holder
    ? `${holder.who}. Stop it, or end its connection: SELECT pg_terminate_backend(${holder.pid})`
    : 'it is gone now. Start again';
  return new ClaimBlocked(
    `another process began to take this database and did not finish within some seconds: ${who}`,
  );
}

/** A positive int4. */
const keyOf = (product: string) =>
  createHash('sha256').update(`holdfast product ${product}`).digest().readUInt32BE() >>> 1;
