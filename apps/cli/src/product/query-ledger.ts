import { openClient, type SessionClient } from '@holdfast/postgres';
import { sql } from './sql/sql.generated';

const ASK_MS = 3_000;

export interface LedgerFacts {
  version: string;
  lag: number | null;
  /** The slot is active; null: there is no slot. */
  isRead: boolean | null;
}

/** `slot`: the slot of the change stream; null: any slot of this database. Returns null when the ledger is unreachable. */
export async function queryLedger(databaseUrl: string, slot: string | null): Promise<LedgerFacts | null> {
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
    // A suspended server would block the disconnect, too.
    await Promise.race([
      client?.end().catch(() => undefined),
      new Promise((done) => setTimeout(done, 200).unref()),
    ]);
  }
}
