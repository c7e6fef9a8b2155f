import type { Hold, Order } from '@holdfast/contracts';

/**
 * The body of a hold. The only place that writes one, with its keys in one order: a replayed answer has to equal the first byte for byte.
 */
export function renderHold(hold: Hold): string {
  const { id, dropId, customerId, state, total, expiresAt, createdAt } = hold;
  const lines = hold.lines.map(({ sku, quantity, price }) => ({ sku, quantity, price: money(price) }));
  return JSON.stringify({ id, dropId, customerId, state, lines, total: money(total), expiresAt, createdAt });
}

export function renderOrder(order: Order): string {
  return JSON.stringify(order);
}

function money({ amountMinor, currency }: Hold['total']) {
  return { amountMinor, currency };
}
