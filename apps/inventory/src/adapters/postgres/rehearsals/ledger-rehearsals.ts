import {
  decodeCursor,
  encodeCursor,
  type ListRehearsals,
  type Page,
  type Rehearsal,
  type RehearsalEvidence,
  type RehearsalRef,
  Rehearsals,
  type StartRehearsal,
  type StartRehearsalOutcome,
  type StopRehearsal,
} from '@holdfast/contracts';
import { isDropId, LIMITS } from '@holdfast/kernel';
import { asMerchant, orServiceUnavailable } from '@holdfast/postgres';
import type { Pool, PoolClient } from 'pg';
import { MerchantChanges } from '../merchants/merchant-changes';
import { type RehearsalRow, toRehearsal } from './rehearsal-rows';
import { sql } from './sql/sql.generated';
import { startRehearsal, type StartRefusal } from './start-rehearsal';

/** Rehearsals in the ledger, as merchants ask for them. Needs a pool in the role of merchants. */
export class LedgerRehearsals extends Rehearsals {
  private readonly changes: MerchantChanges;

  constructor(private readonly pool: Pool) {
    super();
    this.changes = new MerchantChanges(pool);
  }

  override async startRehearsal(command: StartRehearsal): Promise<StartRehearsalOutcome> {
    if (!isDropId(command.dropId)) return { kind: 'not-found' };
    const changed = await this.changes.run<Rehearsal, StartRefusal>(command, (client) =>
      startRehearsal(client, command),
    );
    switch (changed.kind) {
      case 'done':
        return { kind: 'started', rehearsal: changed.value, replayed: changed.replayed };
      case 'refused':
        return changed.reason;
      case 'key-reused':
        return changed;
    }
  }

  override listRehearsals({
    merchantId,
    dropId,
    cursor,
    limit,
  }: ListRehearsals): Promise<Page<Rehearsal> | null> {
    return this.inDrop({ merchantId, dropId }, async (client) => {
      const own = await client.query({ ...sql.unitsOfDrop, values: [dropId, merchantId] });
      if (own.rowCount === 0) return null;
      const after = cursor === undefined ? null : decodeCursor(cursor);
      const max = Math.min(limit, LIMITS.pageSizeMax);
      // One more than requested, to know whether there is a next page.
      const values = [merchantId, dropId, after?.createdAt ?? null, after?.id ?? null, max + 1];
      const found = await client.query<RehearsalRow & { requested_at: string }>({
        ...sql.listRehearsals,
        values,
      });
      const rows = found.rows.slice(0, max);
      const last = found.rows.length > max ? rows.at(-1) : undefined;
      return {
        items: rows.map(toRehearsal),
        nextCursor: last ? encodeCursor({ createdAt: last.requested_at, id: last.rehearsal_id }) : null,
      };
    });
  }

  override getRehearsal(ref: RehearsalRef): Promise<Rehearsal | null> {
    return this.inDrop(ref, (client) => find(client, ref));
  }

  override rehearsalReport(
    ref: RehearsalRef,
  ): Promise<{ rehearsal: Rehearsal; evidence: RehearsalEvidence | null } | null> {
    return this.inDrop(ref, async (client) => {
      const rehearsal = await find(client, ref);
      if (!rehearsal) return null;
      const { rows } = await client.query<{ evidence: RehearsalEvidence | null }>({
        ...sql.findEvidence,
        values: [ref.merchantId, ref.rehearsalId],
      });
      return { rehearsal, evidence: rows[0]?.evidence ?? null };
    });
  }

  override stopRehearsal({ merchantId, dropId, rehearsalId }: StopRehearsal): Promise<Rehearsal | null> {
    const ref = { merchantId, dropId, rehearsalId };
    return this.inDrop(ref, async (client) => {
      await client.query({ ...sql.stopRehearsal, values: [merchantId, dropId, rehearsalId] });
      return find(client, ref);
    });
  }

  /** Null at once for what is no drop's id, which may be of any length. */
  private async inDrop<T>(
    { merchantId, dropId }: { merchantId: string; dropId: string },
    work: (client: PoolClient) => Promise<T | null>,
  ): Promise<T | null> {
    if (!isDropId(dropId)) return null;
    return orServiceUnavailable(
      'rehearsals',
      asMerchant(this.pool, { schema: 'inventory', merchantId }, work),
    );
  }
}

async function find(
  client: PoolClient,
  { merchantId, dropId, rehearsalId }: RehearsalRef,
): Promise<Rehearsal | null> {
  const values = [merchantId, dropId, rehearsalId];
  const { rows } = await client.query<RehearsalRow>({ ...sql.findRehearsal, values });
  return rows[0] ? toRehearsal(rows[0]) : null;
}
