import type { OrderPoint, OrderStats, SeriesQuery } from '@holdfast/contracts';
import { asMerchant, orServiceUnavailable } from '@holdfast/postgres';
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

interface PointRow {
  t: Date;
  paid: number;
  failed: number;
}

/** Needs a pool in the role of merchants. */
export class PgOrderFigures extends OrderFigures {
  constructor(private readonly pool: Pool) {
    super();
  }

  override async stats({ merchantId, dropId }: { merchantId: string; dropId: string }): Promise<OrderStats> {
    const rows = await this.read<StatsRow>(merchantId, sql.orderStats, [dropId, merchantId]);
    const stats: OrderStats = { orders: {}, captured: {}, refunded: {} };
    for (const row of rows) {
      add(stats.orders, row.state, row.orders);
      add(stats.captured, row.currency, row.captured_minor);
      add(stats.refunded, row.currency, row.refunded_minor);
    }
    return stats;
  }

  override async series({ merchantId, dropId, from, to, stepSeconds }: SeriesQuery): Promise<OrderPoint[]> {
    const values = [dropId, from, to, `${stepSeconds} seconds`, merchantId];
    const rows = await this.read<PointRow>(merchantId, sql.orderSeries, values);
    return rows.map(({ t, paid, failed }) => ({ t: t.toISOString(), paid, failed }));
  }

  private async read<R extends object>(
    merchantId: string,
    statement: { name: string; text: string },
    values: unknown[],
  ): Promise<R[]> {
    const found = asMerchant(this.pool, { schema: 'checkout', merchantId }, (client) =>
      client.query<R>({ ...statement, values }),
    );
    return (await orServiceUnavailable('orders', found)).rows;
  }
}

function add(sums: Record<string, number>, name: string, amount: string): void {
  sums[name] = (sums[name] ?? 0) + Number(amount);
}
