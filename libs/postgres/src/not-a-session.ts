/** Errors of poolers that cannot keep settings for each client: PgBouncer, and the proxy of Amazon RDS. */
const REFUSALS = /unsupported startup parameter|command-line options/i;

/**
 * A pooler shares its connections between clients statement by statement, or drops their settings. The
 * product depends on dedicated sessions: role, time zone, durability, locks, and replication.
 */
export class NotASession extends Error {
  constructor(evidence: string) {
    super(
      `this is a connection pooler and not PostgreSQL itself (${evidence}). Holdfast keeps its own connections, with settings, locks and a ` +
        'stream of the log that belong to one connection, which a pooler takes away: name the PostgreSQL server directly, by its own host and port',
    );
    this.name = 'NotASession';
  }

  /** Null: a different error. */
  static behind(error: unknown): NotASession | null {
    if (!(error instanceof Error) || error instanceof NotASession) return null;
    return REFUSALS.test(error.message) ? new NotASession(`it says: ${error.message}`) : null;
  }
}
