import {
  type AdjustStock,
  type AdjustStockOutcome,
  decodeCursor,
  encodeCursor,
  type Hold,
  InvalidCursor,
  type ListAdjustments,
  type ListDropHolds,
  MerchantStock,
  type OfMerchant,
  type Page,
  type ReleaseByMerchant,
  type ReleaseByMerchantOutcome,
  type StockAdjustment,
} from '@holdfast/contracts';
import { dropIdOf, isDropId } from '@holdfast/kernel';
import { answered } from './answered';
import { adjustStock } from './drops/adjust-stock';
import type { Lanes } from './lanes';
import type { StockRecords } from './ports/stock-records.port';

export interface MerchantStockParts {
  records: StockRecords;
  lanes: Lanes;
}

/** A merchant's operations on stock and holds. Changes go through the lane of the drop, if it is the merchant's. */
export class LedgerMerchantStock extends MerchantStock {
  constructor(private readonly parts: MerchantStockParts) {
    super();
  }

  override async ownsDrop(query: OfMerchant): Promise<boolean> {
    return isDropId(query.dropId) && (await answered('the drop', this.parts.records.owns(query)));
  }

  override adjustStock(command: AdjustStock): Promise<AdjustStockOutcome> {
    return adjustStock({ owns: (query) => this.ownsDrop(query), lanes: this.parts.lanes }, command);
  }

  override async listAdjustments({
    merchantId,
    dropId,
    cursor,
    limit,
  }: ListAdjustments): Promise<Page<StockAdjustment> | null> {
    if (!(await this.ownsDrop({ merchantId, dropId }))) return null;
    const after = cursor === undefined ? null : decodeCursor(cursor);
    const query = { merchantId, dropId, after, limit };
    const { items, last } = await answered('the adjustments', this.parts.records.adjustments(query));
    return { items, nextCursor: last && encodeCursor(last) };
  }

  override async listDropHolds({
    merchantId,
    dropId,
    state,
    customerId,
    cursor,
    limit,
  }: ListDropHolds): Promise<Page<Hold> | null> {
    if (!(await this.ownsDrop({ merchantId, dropId }))) return null;
    const { items, isLast } = await answered(
      'the holds',
      this.parts.records.holds({
        merchantId,
        dropId,
        state: state ?? null,
        customerId: customerId ?? null,
        after: cursor === undefined ? null : holdIdOf(cursor, dropId),
        limit,
      }),
    );
    return { items, nextCursor: isLast ? null : cursorOf(items.at(-1)!) };
  }

  override async releaseByMerchant(command: ReleaseByMerchant): Promise<ReleaseByMerchantOutcome> {
    const dropId = dropIdOf(command.holdId);
    if (dropId === undefined || !(await this.ownsDrop({ merchantId: command.merchantId, dropId })))
      return { kind: 'not-found' };
    return this.parts.lanes.submit(dropId, { kind: 'release-for-merchant', ...command });
  }
}

const cursorOf = ({ id }: Hold): string => Buffer.from(id).toString('base64url');

function holdIdOf(cursor: string, dropId: string): string {
  const holdId = Buffer.from(cursor, 'base64url').toString('latin1');
  if (dropIdOf(holdId) !== dropId || Buffer.from(holdId).toString('base64url') !== cursor)
    throw new InvalidCursor('not a cursor of this list');
  return holdId;
}
