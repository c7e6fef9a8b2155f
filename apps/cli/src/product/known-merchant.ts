import type { Pool } from 'pg';
import { LedgerMerchants } from '../../../inventory/src/adapters/postgres/drops/ledger-merchants';
import { CliFailure } from '../output/cli-failure';

/** The merchant of this id; undefined when none is named. Fails when there is no such merchant. */
export async function knownMerchant(pool: Pool, id: string | undefined): Promise<string | undefined> {
  if (id === undefined) return undefined;
  const merchants = await new LedgerMerchants(pool).list();
  if (merchants.some((merchant) => merchant.id === id)) return id;
  throw new CliFailure(
    `Merchant ${JSON.stringify(id)} not found. Run \`npx holdfast merchant list\` to see all merchants.`,
  );
}
