import type { Page } from '@holdfast/contracts';
import { orServiceUnavailable } from '@holdfast/postgres';
import type { Pool } from 'pg';
import {
  MerchantOrderRecords,
  type MerchantOrdersQuery,
} from '../../application/ports/merchant-order-records.port';
import type { OrderRecord } from '../../domain/order';
import { type OrderImage, toRecord } from './order-image';
import { pageOfOrders, positionOf } from './order-page';
import { sql } from './sql/sql.generated';

const NEWEST = { createdAt: 'infinity', id: '' };
/** Greater in the order of bytes than whatever follows a beginning. */
const LAST = '\u{10FFFF}';

/**
 * Orders of merchants in PostgreSQL. The lists are not prepared under a name: they are rare, and a plan for their very values is worth more than
 * the time of planning.
 */
export class PgMerchantOrders extends MerchantOrderRecords {
  constructor(private readonly pool: Pool) {
    super();
  }

  override async page(query: MerchantOrdersQuery): Promise<Page<OrderRecord>> {
    const { merchantId, dropId, state, startsWith, limit } = query;
    const { createdAt, id } = positionOf(query.cursor) ?? NEWEST;
    const values = [merchantId, dropId, state, createdAt, id, limit + 1];
    const rows =
      startsWith === null
        ? await this.orders(sql.listMerchantOrders.text, values)
        : await this.orders(sql.searchMerchantOrders.text, [...values, ...rangesOf(startsWith)]);
    return pageOfOrders(rows, limit);
  }

  override async get(merchantId: string, dropId: string, orderId: string): Promise<OrderRecord | null> {
    const [order] = await this.orders(sql.getMerchantOrder.text, [dropId, orderId, merchantId]);
    return order ?? null;
  }

  override async dropsWithoutMerchant(after: string, limit: number): Promise<string[]> {
    const { rows } = await this.run<{ drop_id: string }>(sql.dropsWithoutMerchant.text, [after, limit]);
    return rows.map((row) => row.drop_id);
  }

  override async fill(dropId: string, merchantId: string, limit: number): Promise<number> {
    return (await this.run(sql.fillMerchant.text, [dropId, merchantId, limit])).rowCount ?? 0;
  }

  private async orders(text: string, values: unknown[]): Promise<OrderRecord[]> {
    const { rows } = await this.run<{ image: OrderImage }>(text, values);
    return rows.map(({ image }) => toRecord(image));
  }

  private run<R extends object>(text: string, values: unknown[]) {
    return orServiceUnavailable('orders', this.pool.query<R>(text, values));
  }
}

/** The range of texts that begin like this, and of the drops whose orders' ids do. */
function rangesOf(startsWith: string): string[] {
  const text = startsWith.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
  const [drop, ...rest] = text.split('-');
  return [text, text + LAST, drop!, rest.length > 0 ? drop! : drop! + LAST];
}
