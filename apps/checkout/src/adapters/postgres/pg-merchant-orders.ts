import type { Page } from '@holdfast/contracts';
import { asMerchant, orServiceUnavailable } from '@holdfast/postgres';
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
 * Orders of merchants in PostgreSQL. Needs a pool in the role of merchants. The lists are not prepared under a name: they are rare, and a plan for their very values is worth more than
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
        ? await this.orders(merchantId, sql.listMerchantOrders.text, values)
        : await this.orders(merchantId, sql.searchMerchantOrders.text, [...values, ...rangesOf(startsWith)]);
    return pageOfOrders(rows, limit);
  }

  override async get(merchantId: string, dropId: string, orderId: string): Promise<OrderRecord | null> {
    const [order] = await this.orders(merchantId, sql.getMerchantOrder.text, [dropId, orderId, merchantId]);
    return order ?? null;
  }

  private async orders(merchantId: string, text: string, values: unknown[]): Promise<OrderRecord[]> {
    const found = asMerchant(this.pool, { schema: 'checkout', merchantId }, (client) =>
      client.query<{ image: OrderImage }>(text, values),
    );
    const { rows } = await orServiceUnavailable('orders', found);
    return rows.map(({ image }) => toRecord(image));
  }
}

/** The range of texts that begin like this, and of the drops whose orders' ids do. */
function rangesOf(startsWith: string): string[] {
  const text = startsWith.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
  const [drop, ...rest] = text.split('-');
  return [text, text + LAST, drop!, rest.length > 0 ? drop! : drop! + LAST];
}
