import type { Pool } from 'pg';
import { StaleAccounts } from '../../application/ports/stale-accounts.port';
import { REVOCATION_SECONDS, UNKNOWN_ADDRESSES_MAX } from '../../domain/limits';
import { LOGIN_BACKOFF } from '../../domain/login-backoff';
import { sql } from './sql/sql.generated';

const PURGE_BATCH_MAX = 5_000; // more than a minute of logins can bring: two passwords at a time are forty a second at most

export class PgStaleAccounts extends StaleAccounts {
  constructor(
    private readonly pool: Pool,
    private readonly unknownAddressesMax = UNKNOWN_ADDRESSES_MAX,
  ) {
    super();
  }

  async purge(): Promise<number> {
    const { forgetAfterSeconds } = LOGIN_BACKOFF;
    const values = [PURGE_BATCH_MAX, REVOCATION_SECONDS, forgetAfterSeconds, this.unknownAddressesMax];
    const { rows } = await this.pool.query<{ gone: number }>({ ...sql.purge, values });
    return rows[0]!.gone;
  }
}
