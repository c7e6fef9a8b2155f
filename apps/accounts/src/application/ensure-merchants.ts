import { type ChangeOrigin, newStaffId } from '@holdfast/contracts';
import type { OperatorDesk } from './operator-desk';
import type { AccountsStore } from './ports/accounts-store.port';
import { invited } from './staff-service';

export interface KnownMerchant {
  id: string;
  name: string;
  /** Its owner gets the address that the documentation names. */
  isFirst: boolean;
}

/** The owner whom the first merchant of an installation begins with. */
export const FIRST_OWNER = 'owner@holdfast.test';
const OWNER_NAME = 'Owner';
const SYSTEM: ChangeOrigin = {
  actor: { kind: 'system', id: 'holdfast', label: 'Holdfast' },
  requestId: null,
  address: null,
};

/**
 * At each start: the merchants of the ledger of stock are merchants here, and each merchant has an owner, who comes in by `staff link`. Safe in two processes
 * at once: the primary key lets one insert a merchant, and its locked row lets one give it an owner.
 */
export async function ensureMerchants(
  store: AccountsStore,
  desk: OperatorDesk,
  known: readonly KnownMerchant[],
): Promise<void> {
  for (const { id, name } of known) await desk.createMerchant(id, name, SYSTEM);
  const first = known.find(({ isFirst }) => isFirst)?.id;
  for (const id of await store.merchantIds()) await ensureOwner(store, id, id === first);
}

function ensureOwner(store: AccountsStore, merchantId: string, isFirst: boolean): Promise<void> {
  // Addresses are unique on an installation; `.test` belongs to nobody (RFC 6761, section 6.2).
  const own = `owner+${merchantId}@holdfast.test`;
  return store.within(merchantId, async (tx) => {
    await tx.merchant.lock();
    if ((await tx.staff.countOwnersBesides('')) > 0) return;
    for (const email of isFirst ? [FIRST_OWNER, own] : [own]) {
      const person = await tx.staff.insert({
        staffId: newStaffId(),
        email,
        name: OWNER_NAME,
        role: 'owner',
        passwordHash: null,
      });
      if (!person) continue; // somebody's already
      await tx.record(invited(person), SYSTEM);
      return;
    }
  });
}
