import { openClient, type SessionClient } from '@holdfast/postgres';
import { sql } from './sql/sql.generated';

const ASK_MS = 3_000;

export interface LedgerFacts {
  version: string;
  lag: number | null;
  /** Somebody reads the log at this moment; null: there is nothing to read it by. */
  isRead: boolean | null;
}

/** `slot`: by which the log is read; null means whichever this database has. Null as an answer: the ledger does not answer. */
export async function askLedger(databaseUrl: string, slot: string | null): Promise<LedgerFacts | null> {
  let client: SessionClient | undefined;
  try {
    client = await openClient({
      url: databaseUrl,
      name: 'holdfast-cli',
      connectTimeoutMs: ASK_MS,
      statementTimeoutMs: ASK_MS,
    });
    const { rows } = await client.query<{ version: string; lag: string | null; isRead: boolean | null }>(
      sql.changeStreamLag.text,
      [slot],
    );
    const { version, lag, isRead } = rows[0]!;
    return { version, lag: lag === null ? null : Math.max(0, Number(lag)), isRead };
  } catch {
    return null;
  } finally {
    // A server that is stopped would hold the goodbye up, too.
    await Promise.race([
      client?.end().catch(() => undefined),
      new Promise((done) => setTimeout(done, 200).unref()),
    ]);
  }
}
