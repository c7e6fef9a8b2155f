import { ROLES, withLedger } from '@holdfast/postgres';
import { Argon2Passwords } from '../../../accounts/src/adapters/argon2/argon2-passwords';
import { PgAccountsStore } from '../../../accounts/src/adapters/postgres/pg-accounts-store';
import { ensureMerchants } from '../../../accounts/src/application/ensure-merchants';
import { OperatorDesk } from '../../../accounts/src/application/operator-desk';
import { LedgerMerchants } from '../../../inventory/src/adapters/postgres/drops/ledger-merchants';

/**
 * Accounts and the ledger of drops know the same merchants afterwards, and each has an owner: at each start, since a ledger of before accounts has
 * merchants without, and a crash can come between the two. No query sees both schemas. Safe in two processes at once.
 */
export async function shareMerchants(urls: { inventory: string; accounts: string }): Promise<void> {
  const inLedger = <T>(work: (merchants: LedgerMerchants) => Promise<T>) =>
    withLedger(urls.inventory, ROLES.inventory, (pool) => work(new LedgerMerchants(pool)));
  const known = await inLedger((merchants) => merchants.list());
  const all = await withAccounts(urls.accounts, async (desk, store) => {
    await ensureMerchants(store, desk, known);
    return desk.listMerchants();
  });
  const missing = all.filter(({ id }) => !known.some((it) => it.id === id));
  if (missing.length === 0) return;
  await inLedger(async (merchants) => {
    for (const { id, name } of missing) await merchants.insert(id, name);
  });
}

/** What the operator does with accounts, directly on the ledger. */
export function withAccounts<T>(
  url: string,
  work: (desk: OperatorDesk, store: PgAccountsStore) => Promise<T>,
): Promise<T> {
  return withLedger(url, ROLES.accounts, (pool) => {
    const store = new PgAccountsStore(pool);
    return work(new OperatorDesk(store, new Argon2Passwords()), store);
  });
}
