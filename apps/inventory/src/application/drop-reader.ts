import {
  decodeCursor,
  type DropRecord,
  Drops,
  type DropSummary,
  encodeCursor,
  type ListDrops,
  type Page,
  type Shortage,
  type StockRow,
} from '@holdfast/contracts';
import { isDropId, LIMITS } from '@holdfast/kernel';
import { answered } from './answered';
import type { CountsReader } from './ports/counts-reader.port';
import type { DropRecords } from './ports/drop-records.port';
import type { Gate } from './ports/gate.port';

/** Public reads of drops. A draft is answered as unknown. */
export class DropReader extends Drops {
  constructor(
    private readonly records: DropRecords,
    private readonly counts: CountsReader,
    private readonly gate: Pick<Gate, 'shortageOf'>,
  ) {
    super();
  }

  override listDrops(query: ListDrops): Promise<Page<DropSummary>> {
    return answered('the list of drops', this.page(query));
  }

  override async getDrop(dropId: string): Promise<DropRecord | null> {
    if (!isDropId(dropId)) return null;
    const drop = await answered('the drop', this.records.find(dropId));
    return drop === null || drop.state === 'draft' ? null : drop;
  }

  override stockOf(dropId: string): Promise<StockRow[]> {
    return answered('the counts', this.counts.stockOf(dropId));
  }

  override shortageOf(dropId: string): Promise<Shortage | null> {
    return this.gate.shortageOf(dropId);
  }

  private async page({ state, cursor, limit }: ListDrops): Promise<Page<DropSummary>> {
    const after = cursor === undefined ? null : decodeCursor(cursor);
    const { drops, last } = await this.records.page({
      state: state ?? null,
      after: after && { createdAt: after.createdAt, dropId: after.id },
      limit: Math.min(limit, LIMITS.pageSizeMax),
    });
    const nextCursor = last && encodeCursor({ createdAt: last.createdAt, id: last.dropId });
    return { items: drops, nextCursor };
  }
}
