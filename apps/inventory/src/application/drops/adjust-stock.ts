import type { AdjustStock, AdjustStockOutcome } from '@holdfast/contracts';
import { movementIdOf } from '@holdfast/kernel';
import type { KnownDrops } from '../known-drops';
import type { Lanes } from '../lanes';

/**
 * Adds units to a SKU, or removes units that are neither held nor sold, with a reason. The movement's id is
 * derived from the request's key, so a repeated request changes nothing.
 */
export async function adjustStock(
  { known, lanes }: { known: Pick<KnownDrops, 'has'>; lanes: Pick<Lanes, 'submit'> },
  { dropId, ...command }: AdjustStock,
): Promise<AdjustStockOutcome> {
  // No lane for an invented id; whether the drop is the merchant's is decided in the lane.
  if (!(await known.has(dropId))) return { kind: 'not-found' };
  const movementId = movementIdOf(dropId, command.request.key);
  return lanes.submit(dropId, { kind: 'adjust', movementId, ...command });
}
