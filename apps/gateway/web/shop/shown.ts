import { formatCount } from '../shared/money';
import type { Band, Counts, Item, ListedDrop, Shown } from '../shared/types';

// What a shopper sees of some units: the numbers, a word for them, or only whether there are any.

export const NOTHING_YET: Shown = { available: 0, held: 0, sold: 0, version: 0 };

export function shownInItem({ stock, soldOut }: Item): Shown {
  if ('available' in stock || 'band' in stock) return stock;
  return { soldOut: soldOut ?? false, version: stock.version };
}

export function isGone(shown: Shown): boolean {
  if ('available' in shown) return shown.available === 0;
  return 'band' in shown ? shown.band === 'none' : shown.soldOut;
}

/** Null: the shop does not tell its numbers. */
export function countsIn(shown: Shown): Counts | null {
  return 'available' in shown ? shown : null;
}

const BAND_WORDS: Record<Band, string> = {
  plenty: 'Plenty left',
  few: 'Few left',
  last: 'Last ones',
  none: 'Sold out',
};
export const BANDS_FROM_MOST: readonly Band[] = ['plenty', 'few', 'last', 'none'];

/** Little enough to say so with emphasis: the last three, or ten of a larger number. */
export function isLow(shown: Shown): boolean {
  if ('band' in shown) return shown.band === 'last';
  if (!('available' in shown)) return false;
  const { available, held, sold } = shown;
  return available > 0 && (available <= 3 || (available <= 10 && available < held + sold));
}

/** In words: what a shopper wants to know of them. */
export function stockWords(shown: Shown): string {
  if ('band' in shown) return BAND_WORDS[shown.band];
  if (!('available' in shown)) return shown.soldOut ? 'Sold out' : 'Available';
  const { available, held } = shown;
  if (available === 0) return held > 0 ? `Sold out · ${formatCount(held)} on hold` : 'Sold out';
  return isLow(shown) ? `Only ${formatCount(available)} left` : `${formatCount(available)} left`;
}

/** Several items together, where the numbers are not shown. `best`: the fullest of their bands. */
export function wordsForAll(gone: boolean, best: Band | null): string {
  if (gone) return 'Sold out';
  return best ? BAND_WORDS[best] : 'Available';
}

/** The totals of a drop in a list. */
export function totalsWords({ totals, soldOut }: ListedDrop): string {
  if ('available' in totals)
    return totals.available === 0 ? 'Sold out' : `${formatCount(totals.available)} left`;
  if ('band' in totals) return BAND_WORDS[totals.band];
  return soldOut ? 'Sold out' : 'Available';
}
