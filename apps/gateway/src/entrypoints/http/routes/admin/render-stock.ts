import type { StockAdjustment } from '@holdfast/contracts';

// As the contract shows them, with their keys in one order: a replayed answer has to equal the first byte for byte.

export function renderAdjustment(adjustment: StockAdjustment): object {
  const { id, sku, delta, reason, actor, createdAt, stock } = adjustment;
  const { kind, id: actorId, label } = actor;
  return {
    id,
    sku,
    delta,
    reason,
    actor: { kind, id: actorId, label },
    createdAt,
    stock: stock && countsOf(stock),
  };
}

function countsOf(stock: NonNullable<StockAdjustment['stock']>): object {
  const { available, held, sold, total, version, asOf, stale } = stock;
  return { available, held, sold, total, version, asOf, stale };
}
