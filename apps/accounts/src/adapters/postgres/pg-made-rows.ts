import type { MadeRows } from '../../application/ports/accounts-store.port';
import type { Scoped } from './scoped';
import { sql } from './sql/sql.generated';

export class PgMadeRows implements MadeRows {
  constructor(private readonly scoped: Scoped) {}

  async fingerprintOf(id: string): Promise<string | null> {
    const row = await this.scoped.first<{ fingerprint: string }>(sql.findMade, [id]);
    return row && row.fingerprint;
  }

  insert(id: string, fingerprint: string): Promise<void> {
    return this.scoped.run(sql.insertMade, [id, fingerprint]);
  }
}
