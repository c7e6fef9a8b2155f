import type { LinkRows } from '../../application/ports/accounts-store.port';
import { bytes, type Scoped } from './scoped';
import { sql } from './sql/sql.generated';

export class PgLinkRows implements LinkRows {
  constructor(private readonly scoped: Scoped) {}

  put(staffId: string, tokenHash: string, seconds: number): Promise<void> {
    return this.scoped.run(sql.putLink, [staffId, bytes(tokenHash), seconds]);
  }

  async find(tokenHash: string): Promise<string | null> {
    const row = await this.scoped.first<{ staff_id: string }>(sql.findLink, [bytes(tokenHash)]);
    return row && row.staff_id;
  }

  async use(tokenHash: string): Promise<boolean> {
    return (await this.scoped.first(sql.useLink, [bytes(tokenHash)])) !== null;
  }
}
