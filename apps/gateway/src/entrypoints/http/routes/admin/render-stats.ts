import type { DropTotals } from '../../../../application/drop-figures';

/** `stats` of the contract. */
export function renderStats({ stats, orders }: DropTotals): object {
  const { asOf, items, holds, refusals, currency, soldOutAt, readers } = stats;
  const money = (amountMinor: number) => ({ amountMinor, currency });
  const captured = orders.captured[currency] ?? 0;
  const refunded = orders.refunded[currency] ?? 0;
  return {
    asOf,
    items,
    holds,
    refusals,
    orders: orders.orders,
    revenue: { captured: money(captured), refunded: money(refunded), net: money(captured - refunded) },
    conversion: holds.placed === 0 ? 0 : holds.confirmed / holds.placed,
    soldOutAt,
    readers,
  };
}
