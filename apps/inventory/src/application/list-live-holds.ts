import type { Hold, ListHolds, Page } from '@holdfast/contracts';
import { LIMITS } from '@holdfast/kernel';
import { decodeHoldCursor, encodeHoldCursor } from './hold-cursor';
import type { Ledger } from './ports/ledger.port';

/** One page of a customer's live holds. Read from the ledger itself: who placed a hold finds it here at once. Throws `InvalidCursor`. */
export async function listLiveHolds(
  ledger: Ledger,
  { customerId, dropId, cursor, limit }: ListHolds,
): Promise<Page<Hold>> {
  const { holds, last } = await ledger.liveHolds({
    customerId,
    dropId: dropId ?? null,
    after: cursor === undefined ? null : decodeHoldCursor(cursor),
    limit: Math.min(limit, LIMITS.pageSizeMax),
  });
  return { items: holds, nextCursor: last ? encodeHoldCursor(last) : null };
}
