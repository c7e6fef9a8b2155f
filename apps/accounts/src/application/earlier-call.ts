import type { MerchantTransaction } from './ports/accounts-store.port';

/** Whether a request with an Idempotency-Key made this id before: with the same body, or with another one. */
export async function earlierCall(
  tx: MerchantTransaction,
  { id, fingerprint }: { id: string; fingerprint: string | null },
): Promise<'none' | 'same' | 'key-reused'> {
  const known = fingerprint === null ? null : await tx.made.fingerprintOf(id);
  if (known === null) return 'none';
  return known === fingerprint ? 'same' : 'key-reused';
}
