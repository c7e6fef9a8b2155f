import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { openClient, type SessionClient } from './session';

/** Advisory locks of one product on its database: (class, the product). All its processes share it; no other product may come in. */
const CLAIM_CLASS = 7_116_002;
/** Held for the moment of a claim, so that two who start at once see each other. */
const CLAIM_GUARD = 7_116_003;
// A product that was killed is gone for the server as soon as its connection is; one whose machine vanished, half a minute later.
const PATIENCE_MS = 3_000;
const AGAIN_MS = 200;
const BACK_MS = 1_000;

export interface ClaimOptions {
  url: string;
  /** Known to every process of the product, and to no other: its service key. */
  product: string;
  /** Who asks, for the words of the next one, e.g. `standalone 4711@host`. */
  who: string;
  /** Told when the claim was lost with its connection and then could not be taken again, and when it was. */
  onTrouble?: (reason: string | null) => void;
}

/** Another product works on this database. */
export class DatabaseTaken extends Error {
  constructor(readonly holders: readonly string[]) {
    super(`another Holdfast works on this database (${holders.join(', ')})`);
  }
}

/** While this lives, no other product works on the database: they would share a slot of the log, and each would miss what the other read. */
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

  /** For a server that is away now: takes the database as soon as it is back. */
  static later(options: ClaimOptions): DatabaseClaim {
    return new DatabaseClaim(null, options);
  }

  /** Throws `DatabaseTaken`. */
  static async take(options: ClaimOptions): Promise<DatabaseClaim> {
    const end = performance.now() + PATIENCE_MS;
    for (;;) {
      try {
        return new DatabaseClaim(await claim(options), options);
      } catch (error) {
        if (!(error instanceof DatabaseTaken) || performance.now() > end) throw error;
        await pause(AGAIN_MS);
      }
    }
  }

  async release(): Promise<void> {
    this.released = true;
    this.waiting.abort();
    await this.client?.end().catch(() => undefined);
  }

  /** A server that was restarted has forgotten the claim. */
  private watch(client: SessionClient): void {
    client.once('end', () => {
      if (!this.released) void this.takeAgain();
    });
  }

  private async takeAgain(): Promise<void> {
    let told = false;
    while (!this.released) {
      try {
        const client = (this.client = await claim(this.options));
        if (this.released) return void (await client.end());
        if (told) this.options.onTrouble?.(null);
        return this.watch(client);
      } catch (error) {
        // That the server is away is told by everybody else.
        if (error instanceof DatabaseTaken && !told) this.options.onTrouble?.(error.message);
        told ||= error instanceof DatabaseTaken;
        await pause(BACK_MS, undefined, { ref: false, signal: this.waiting.signal }).catch(() => undefined);
      }
    }
  }
}

/** Who works on this database now; empty: nobody. */
export async function holdersOf(client: SessionClient, except = -1): Promise<string[]> {
  const { rows } = await client.query<{ who: string }>(
    // The name of a connection is for everybody to see, its address is not.
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
    await client.end().catch(() => undefined); // with what it holds
    throw error;
  }
}

/** A positive int4. */
const keyOf = (product: string) =>
  createHash('sha256').update(`holdfast product ${product}`).digest().readUInt32BE() >>> 1;
