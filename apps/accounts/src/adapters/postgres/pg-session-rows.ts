import type { SessionRows, TokenOfSession } from '../../application/ports/accounts-store.port';
import { bytes, type Scoped } from './scoped';
import { sql } from './sql/sql.generated';

interface SessionRow extends Ending {
  session_id: string;
  staff_id: string;
}

interface TokenRow {
  generation: number;
  successor: string | null;
  replaced_for_seconds: number | null;
}

interface Ending {
  expires_at: Date;
}

export class PgSessionRows implements SessionRows {
  constructor(private readonly scoped: Scoped) {}

  async insert(it: {
    sessionId: string;
    staffId: string;
    tokenHash: string;
    seconds: number;
  }): Promise<string> {
    const values = [it.sessionId, it.staffId, it.seconds, bytes(it.tokenHash)];
    return (await this.scoped.first<Ending>(sql.insertSession, values))!.expires_at.toISOString();
  }

  async endOf(staffId: string, sessionId: string): Promise<string | null> {
    const row = await this.scoped.first<Ending>(sql.findSession, [staffId, sessionId]);
    return row && row.expires_at.toISOString();
  }

  async lockToken(tokenHash: string): Promise<TokenOfSession | null> {
    const session = await this.scoped.first<SessionRow>(sql.lockSessionOfToken, [bytes(tokenHash)]);
    if (!session) return null;
    const { session_id: sessionId, staff_id: staffId, expires_at } = session;
    const token = await this.scoped.first<TokenRow>(sql.findRefreshToken, [sessionId, bytes(tokenHash)]);
    if (!token) return null;
    return {
      sessionId,
      staffId,
      generation: token.generation,
      successor: token.successor,
      replacedForSeconds: token.replaced_for_seconds,
      sessionEndsAt: expires_at.toISOString(),
    };
  }

  async replaceToken(
    { sessionId, generation }: TokenOfSession,
    { tokenHash, sealed, kept }: { tokenHash: string; sealed: string; kept: number },
  ): Promise<void> {
    const values = [sessionId, generation, bytes(tokenHash), sealed, kept];
    const made = await this.scoped.first(sql.replaceRefreshToken, values);
    if (!made) throw new Error('a refresh token was replaced although its session was locked');
  }

  end(sessionId: string): Promise<void> {
    return this.scoped.run(sql.endSession, [sessionId]);
  }

  endAllOf(staffId: string, { except, keep = 0 }: { except?: string; keep?: number } = {}): Promise<void> {
    return this.scoped.run(sql.endSessionsOfStaff, [staffId, except ?? null, keep]);
  }
}
