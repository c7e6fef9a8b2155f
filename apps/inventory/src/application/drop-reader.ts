import {
  decodeCursor,
  type DropRecord,
  type DropSummary,
  encodeCursor,
  type ListDrops,
  type Page,
} from '@holdfast/contracts';
import { LIMITS } from '@holdfast/kernel';
import type { DropRecords } from './ports/drop-records.port';

/** The shape of a drop's id; anything else, such as a NUL that the database would choke on, is simply not found. */
const DROP_ID = /^[a-z][0-9a-z]{2,31}$/;

/** What shoppers may know of drops. A draft does not exist for them. */
export class DropReader {
  constructor(private readonly records: DropRecords) {}

  /** Newest first. Throws `InvalidCursor`; `ServiceUnavailable` when the ledger does not answer. */
  async listDrops({ state, cursor, limit }: ListDrops): Promise<Page<DropSummary>> {
    const after = cursor === undefined ? null : decodeCursor(cursor);
    const { drops, last } = await this.records.page({
      state: state ?? null,
      after: after && { createdAt: after.createdAt, dropId: after.id },
      limit: Math.min(limit, LIMITS.pageSizeMax),
    });
    const nextCursor = last && encodeCursor({ createdAt: last.createdAt, id: last.dropId });
    return { items: drops, nextCursor };
  }

  /** Null when unknown or a draft. Throws `ServiceUnavailable` when the ledger does not answer. */
  async getDrop(dropId: string): Promise<DropRecord | null> {
    if (!DROP_ID.test(dropId)) return null;
    const drop = await this.records.find(dropId);
    return drop === null || drop.state === 'draft' ? null : drop;
  }
}
