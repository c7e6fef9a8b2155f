import type { OrderPoint, OrderStats } from '@holdfast/contracts';

/** What became of the orders of a drop. */
export abstract class OrderFigures {
  abstract stats(dropId: string): Promise<OrderStats>;
  /** The steps in which an order was settled, in order of time; `to` is exclusive. */
  abstract series(query: {
    dropId: string;
    from: string;
    to: string;
    stepSeconds: number;
  }): Promise<OrderPoint[]>;
}
