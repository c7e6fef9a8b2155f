/** Poolers refuse what they cannot keep apart: PgBouncer, and the proxy of Amazon RDS. */
const REFUSALS = /unsupported startup parameter|command-line options/i;

/**
 * Something between us and the server hands out its connections statement by statement, or forgets what they were set to. Everything here
 * depends on a session of its own: role, time zone, durability, locks, and the log that is read.
 */
export class NotASession extends Error {
  constructor(evidence: string) {
    super(
      `this is a connection pooler and not PostgreSQL itself (${evidence}). Holdfast keeps its own connections, with settings, locks and a ` +
        'stream of the log that belong to one connection, which a pooler takes away: name the PostgreSQL server directly, by its own host and port',
    );
    this.name = 'NotASession';
  }

  /** Null: another failure. */
  static behind(error: unknown): NotASession | null {
    if (!(error instanceof Error) || error instanceof NotASession) return null;
    return REFUSALS.test(error.message) ? new NotASession(`it says: ${error.message}`) : null;
  }
}
