import type { ProductRow } from './product-rows';

/** `left-out`: by its status. `hidden`: not to be found in the shop, or a gift card; the operator may import it all the same. */
export type Offer = 'on-offer' | 'hidden' | 'left-out';

/** Words for yes, as shops and spreadsheets write them. Anything else counts as no: what a merchant hides must never go on sale by a typing slip. */
const YES = new Set(['true', 'yes', 'y', '1']);

/** Whether a product may be sold, by all its rows: it is enough that one of them hides it. */
export function offerOf(rows: readonly ProductRow[]): Offer {
  const words = (column: Parameters<ProductRow['get']>[0]) =>
    rows.map((row) => row.get(column).toLowerCase()).filter((word) => word !== '');
  const statuses = words('status');
  if (statuses.some((status) => status !== 'active' && status !== 'unlisted')) return 'left-out';
  const unpublished = [...words('published'), ...words('publishedOnline')].some((word) => !YES.has(word));
  const giftCard = words('giftCard').some((word) => YES.has(word));
  return statuses.includes('unlisted') || unpublished || giftCard ? 'hidden' : 'on-offer';
}
