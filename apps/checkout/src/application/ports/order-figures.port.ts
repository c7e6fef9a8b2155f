import type { OrderPoint, OrderStats, SeriesQuery } from '@holdfast/contracts';

/** What became of the orders of a merchant's drop; of another merchant's drop there are none. */
export abstract class OrderFigures {
  abstract stats(of: { merchantId: string; dropId: string }): Promise<OrderStats>;
  /** The steps in which an order was settled, in order of time; `to` is exclusive. */
  abstract series(query: SeriesQuery): Promise<OrderPoint[]>;
}
