import type { OfMerchant } from '@holdfast/contracts';
import { asMerchant, orServiceUnavailable } from '@holdfast/postgres';
import type { Pool, QueryResultRow } from 'pg';
import {
  type AdjustmentPosition,
  type DropHoldsQuery,
  StockRecords,
} from '../../../application/ports/stock-records.port';
import { type HoldImage, toHold } from '../ledger-hold';
import { type MovementImage, toAdjustment } from '../ledger-movement';
import { sql } from './sql/sql.generated';

const FIRST: AdjustmentPosition = { createdAt: '-infinity', id: '' };

/** Needs a pool in the role of merchants. */
export class LedgerStockRecords extends StockRecords {
  constructor(private readonly pool: Pool) {
    super();
  }

  override async owns({ merchantId, dropId }: OfMerchant): Promise<boolean> {
    return (await this.read(merchantId, sql.ownsDrop, [dropId, merchantId])).length === 1;
  }

  override async adjustments({
    merchantId,
    dropId,
    after,
    limit,
  }: OfMerchant & { after: AdjustmentPosition | null; limit: number }) {
    const { createdAt, id } = after ?? FIRST;
    // One more than requested, to know whether there is a next page.
    const found = await this.read<{ movement: MovementImage; created_at: string }>(
      merchantId,
      sql.listAdjustments,
      [dropId, merchantId, createdAt, id, limit + 1],
    );
    const rows = found.slice(0, limit);
    const end = found.length > limit ? rows.at(-1) : undefined;
    return {
      items: rows.map(({ movement }) => toAdjustment(movement)),
      last: end ? { createdAt: end.created_at, id: end.movement.movement_id } : null,
    };
  }

  override async holds({ merchantId, dropId, state, customerId, after, limit }: DropHoldsQuery) {
    const page = [after ?? '', limit + 1];
    const found = await (customerId === null
      ? this.read<{ hold: HoldImage }>(merchantId, sql.listDropHolds, [dropId, merchantId, state, ...page])
      : this.read<{ hold: HoldImage }>(merchantId, sql.listCustomerHolds, [
          dropId,
          merchantId,
          state,
          customerId,
          ...page,
        ]));
    return {
      items: found.slice(0, limit).map(({ hold }) => toHold(hold)),
      isLast: found.length <= limit,
    };
  }

  private async read<R extends QueryResultRow>(
    merchantId: string,
    statement: { name: string; text: string },
    values: unknown[],
  ): Promise<R[]> {
    const found = asMerchant(this.pool, { schema: 'inventory', merchantId }, (client) =>
      client.query<R>({ ...statement, values }),
    );
    return (await orServiceUnavailable('drops', found)).rows;
  }
}
