import type { Actor, StockAdjustment } from '@holdfast/contracts';
import { publicVersion } from '@holdfast/kernel';

/** A row of `inventory.movement` as `inventory.movement_image` returns it. */
export interface MovementImage {
  movement_id: string;
  sku: string;
  delta: number;
  reason: string;
  actor: string;
  made_by: Actor | null;
  created_ms: number;
  /** [total, available, held, sold, epoch, version] */
  stock_after: [number, number, number, number, number, number] | null;
}

/** The actor of rows from before the audit, which have one word: `operator`, who is the command line. */
const wordActor = (word: string): Actor => ({ kind: 'operator', id: 'cli', label: word });

/** An adjustment as staff see it, with the counts just after it. */
export function toAdjustment(image: MovementImage): StockAdjustment {
  const createdAt = new Date(image.created_ms).toISOString();
  return {
    id: image.movement_id,
    sku: image.sku,
    delta: image.delta,
    reason: image.reason,
    actor: image.made_by ?? wordActor(image.actor),
    createdAt,
    stock: image.stock_after && stockOf(image.stock_after, createdAt),
  };
}

function stockOf(image: NonNullable<MovementImage['stock_after']>, asOf: string): StockAdjustment['stock'] {
  const [total, available, held, sold, epoch, version] = image;
  return { available, held, sold, total, version: publicVersion({ epoch, version }), asOf, stale: false };
}
