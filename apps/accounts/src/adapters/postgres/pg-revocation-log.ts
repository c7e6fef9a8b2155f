import type { Revocation } from '@holdfast/contracts';
import { orServiceUnavailable } from '@holdfast/postgres';
import type { Pool } from 'pg';
import { RevocationLog } from '../../application/ports/revocation-log.port';
import { sql } from './sql/sql.generated';

export class PgRevocationLog extends RevocationLog {
  constructor(private readonly pool: Pool) {
    super();
  }

  async after(number: number, most: number): Promise<(Revocation & { number: number })[]> {
    const { rows } = await orServiceUnavailable(
      'revocations',
      this.pool.query<{ revocation_id: number; kind: Revocation['kind']; subject_id: string }>({
        ...sql.revocationsAfter,
        values: [number, most],
      }),
    );
    return rows.map(({ revocation_id, kind, subject_id }) => ({
      number: revocation_id,
      kind,
      id: subject_id,
    }));
  }
}
