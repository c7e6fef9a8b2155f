import type { AdjustStock, AdjustStockOutcome, OfMerchant } from '@holdfast/contracts';
import { movementIdOf } from '@holdfast/kernel';
import type { Lanes } from '../lanes';

/**
 * Adds units to a SKU, or removes units that are neither held nor sold, with a reason. The movement's id is
 * derived from the request's key, so a repeated request changes nothing.
 */
export async function adjustStock(
  { owns, lanes }: { owns: (query: OfMerchant) => Promise<boolean>; lanes: Pick<Lanes, 'submit'> },
  { dropId, ...command }: AdjustStock,
): Promise<AdjustStockOutcome> {
  // No merchant puts a batch between those of another one's launch. The lane decides once more, under the lock of the drop.
  if (!(await owns({ merchantId: command.merchantId, dropId }))) return { kind: 'not-found' };
  const movementId = movementIdOf(dropId, command.request.key);
  return lanes.submit(dropId, { kind: 'adjust', movementId, ...command });
}
