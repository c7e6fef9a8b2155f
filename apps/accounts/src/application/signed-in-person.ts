import type { ChangeOrigin, RequestOrigin, StaffCaller } from '@holdfast/contracts';
import type { AccountsStore, MerchantTransaction, StaffRecord } from './ports/accounts-store.port';

/** A person whose session is live. */
export interface LivePerson {
  person: StaffRecord;
  sessionEndsAt: string;
}

/** The caller with the row locked; null: the session has ended since the access token was made. */
export async function lockCaller(
  tx: MerchantTransaction,
  { staffId, sessionId }: StaffCaller,
): Promise<LivePerson | null> {
  const person = await tx.staff.lock(staffId);
  const sessionEndsAt = person && (await tx.sessions.endOf(staffId, sessionId));
  return person && sessionEndsAt ? { person, sessionEndsAt } : null;
}

/** The same without the lock, for what takes time before anything is changed. */
export function findCaller(
  store: AccountsStore,
  { merchantId, staffId, sessionId }: StaffCaller,
): Promise<StaffRecord | null> {
  return store.within(merchantId, async (tx) =>
    (await tx.sessions.endOf(staffId, sessionId)) ? tx.staff.find(staffId) : null,
  );
}

/** People change their own account. */
export function byPerson({ staffId, email }: StaffRecord, from: RequestOrigin): ChangeOrigin {
  return { ...from, actor: { kind: 'staff', id: staffId, label: email } };
}

/** Guesses of who is signed in are counted apart from those at the sign-in: strangers who guess there must not lock out a signed-in browser. */
export const guessesOf = ({ staffId }: StaffRecord): string => `signed in ${staffId}`;
