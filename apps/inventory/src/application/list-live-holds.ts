import type { Hold, ListHolds, Page } from '@holdfast/contracts';
import { LIMITS } from '@holdfast/kernel';
import { decodeHoldCursor, encodeHoldCursor } from './hold-cursor';
import type { Ledger } from './ports/ledger.port';

/**
 * One page of a customer's live holds, read from the ledger, so that a new hold is listed at once. Throws
 * `InvalidCursor`.
 */
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
