import type { AdminDrop, ListedDrop } from './types';

export interface Totals {
  available: number;
  held: number;
  sold: number;
  total: number;
}

/** Of all SKUs of a drop together; in a list, which has only the first ones, the server has added them up. */
export function totalsOf(drop: AdminDrop | ListedDrop | null): Totals {
  if (drop && 'totals' in drop) return drop.totals;
  const totals = { available: 0, held: 0, sold: 0, total: 0 };
  for (const { stock } of drop?.items ?? []) {
    totals.available += stock.available;
    totals.held += stock.held;
    totals.sold += stock.sold;
    totals.total += stock.total;
  }
  return totals;
}
