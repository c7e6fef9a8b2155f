import type { OrderPoint, OrderStats } from '@holdfast/contracts';
import { orServiceUnavailable } from '@holdfast/postgres';
import type { Pool } from 'pg';
import { OrderFigures } from '../../application/ports/order-figures.port';
import { sql } from './sql/sql.generated';

interface StatsRow {
  state: string;
  currency: string;
  orders: string;
  captured_minor: string;
  refunded_minor: string;
}

export class PgOrderFigures extends OrderFigures {
  constructor(private readonly pool: Pool) {
    super();
  }

  override async stats(dropId: string): Promise<OrderStats> {
    const found = this.pool.query<StatsRow>({ ...sql.orderStats, values: [dropId] });
    const { rows } = await orServiceUnavailable('orders', found);
    const stats: OrderStats = { orders: {}, captured: {}, refunded: {} };
    for (const row of rows) {
      add(stats.orders, row.state, row.orders);
      add(stats.captured, row.currency, row.captured_minor);
      add(stats.refunded, row.currency, row.refunded_minor);
    }
    return stats;
  }

  override async series({
    dropId,
    from,
    to,
    stepSeconds,
  }: {
    dropId: string;
    from: string;
    to: string;
    stepSeconds: number;
  }): Promise<OrderPoint[]> {
    const values = [dropId, from, to, `${stepSeconds} seconds`];
    const found = this.pool.query<{ t: Date; paid: number; failed: number }>({ ...sql.orderSeries, values });
    const { rows } = await orServiceUnavailable('orders', found);
    return rows.map(({ t, paid, failed }) => ({ t: t.toISOString(), paid, failed }));
  }
}

function add(sums: Record<string, number>, name: string, amount: string): void {
  sums[name] = (sums[name] ?? 0) + Number(amount);
}
