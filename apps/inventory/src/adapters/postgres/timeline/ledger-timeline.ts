import {
  DROP_KINDS,
  DropTimeline,
  HOLD_KINDS,
  joinTimeline,
  startOfMoment,
  TIMELINE_RANKS,
  type TimelineEntry,
  type TimelineKey,
  type TimelinePart,
  type TimelineQuery,
} from '@holdfast/contracts';
import { isDropId } from '@holdfast/kernel';
import { asMerchant, Horizons, orServiceUnavailable } from '@holdfast/postgres';
import type { Pool, PoolClient } from 'pg';
import { sql as merchantsSql } from '../merchants/sql/sql.generated';
import { sql } from './sql/sql.generated';

interface Row {
  /** Null: the row that tells how far was looked. */
  kind: TimelineEntry['kind'] | null;
  at: string | null;
  id: string;
  n: number;
  customer_id: string | null;
  sku: string | null;
  quantity: number | null;
  reason: string | null;
  actor: TimelineEntry['actor'] | null;
  scanned: number | null;
}

type Statement = { name: string; text: string };

/** With a filter, one statement looks at no more holds than this: about ten milliseconds. */
const SCAN_MAX = 5_000;
const FIRST_AT = '1970-01-01T00:00:00.000000Z';
/** After every id. */
const LAST_ID = '~';

/** A drop's holds, adjustments and changes in the order of time. The lists are planned for their very values: they are rare. */
export class LedgerTimeline extends DropTimeline {
  constructor(
    private readonly pool: Pool,
    private readonly horizons = new Horizons(),
  ) {
    super();
  }

  override async dropTimeline(query: TimelineQuery): Promise<TimelinePart | null> {
    const { merchantId, dropId } = query;
    if (!isDropId(dropId)) return null;
    // Before anything that takes a lock: who asks for a drop of others makes nobody wait.
    if (!(await this.owns(merchantId, dropId))) return null;
    // In a transaction of its own: that of the horizon has let go of the drop's row.
    const read = (horizon: string) =>
      this.run(merchantId, (client) => new Sources(client, query, horizon).read());
    return this.horizons.read(dropId, () => this.horizon(merchantId, dropId), read);
  }

  private owns(merchantId: string, dropId: string): Promise<boolean> {
    return this.run(merchantId, async (client) => {
      const { rows } = await client.query(merchantsSql.ownsDrop.text, [dropId, merchantId]);
      return rows.length > 0;
    });
  }

  private horizon(merchantId: string, dropId: string): Promise<string> {
    return this.run(merchantId, async (client) => {
      const { rows } = await client.query<{ horizon: string }>(sql.timelineHorizon.text, [dropId]);
      return rows[0]!.horizon;
    });
  }

  private run<T>(merchantId: string, work: (client: PoolClient) => Promise<T>): Promise<T> {
    const done = asMerchant(this.pool, { schema: 'inventory', merchantId }, work);
    return orServiceUnavailable('the timeline', done);
  }
}

/** The sources of one page, read one after the other in one transaction. */
class Sources {
  constructor(
    private readonly client: PoolClient,
    private readonly query: TimelineQuery,
    private readonly horizon: string,
  ) {}

  async read(): Promise<TimelinePart> {
    const { query, horizon } = this;
    const { limit, kind, customerId } = query;
    const wanted = (of: string) => kind === undefined || kind === of;
    const isOfNobody = customerId === undefined;
    const parts: TimelinePart[] = [];
    if (isOfNobody && DROP_KINDS.some(wanted)) parts.push(await this.changes(query, horizon));
    if (isOfNobody && wanted('stock.adjusted')) parts.push(await this.adjustments(query, horizon));
    if (wanted('hold.placed'))
      parts.push(await this.holds(sql.timelinePlaced, TIMELINE_RANKS.placed, query, horizon));
    if (HOLD_KINDS.slice(1).some(wanted))
      parts.push(await this.holds(sql.timelineEnded, TIMELINE_RANKS.ended, query, horizon));
    const nothing: TimelinePart = { entries: [], upTo: startOfMoment(horizon), isLast: true };
    return joinTimeline([nothing, ...parts], limit);
  }

  private async holds(
    statement: Statement,
    rank: number,
    { merchantId, dropId, after, limit, customerId, kind }: TimelineQuery,
    horizon: string,
  ): Promise<TimelinePart> {
    const isFiltered = customerId !== undefined || (kind !== undefined && kind !== 'hold.placed');
    const scanMax = isFiltered ? SCAN_MAX : limit + 1;
    const from = startIn(rank, after);
    const state = kind === undefined || kind === 'hold.placed' ? null : kind.slice('hold.'.length);
    const values = [dropId, merchantId, from.at, from.id, from.n, horizon, scanMax, limit + 1];
    const rows = await this.rows<Row>(statement, [...values, customerId ?? null, state]);
    return partOf(rows, { rank, limit, horizon, scanMax });
  }

  private async changes(query: TimelineQuery, horizon: string): Promise<TimelinePart> {
    const { merchantId, dropId, after, limit, kind } = query;
    const rank = TIMELINE_RANKS.drop;
    const from = startIn(rank, after);
    const actions = kind === undefined ? DROP_KINDS : [kind];
    const values = [dropId, merchantId, from.at, from.id, horizon, actions, limit + 1];
    return partOf(await this.rows<Row>(sql.timelineChanges, values), { rank, limit, horizon });
  }

  private async adjustments(query: TimelineQuery, horizon: string): Promise<TimelinePart> {
    const { merchantId, dropId, after, limit } = query;
    const rank = TIMELINE_RANKS.stock;
    const from = startIn(rank, after);
    const values = [dropId, merchantId, from.at, from.id, horizon, limit + 1];
    return partOf(await this.rows<Row>(sql.timelineStock, values), { rank, limit, horizon });
  }

  private async rows<R extends object>({ text }: Statement, values: unknown[]): Promise<R[]> {
    return (await this.client.query<R>(text, values)).rows;
  }
}

/** Where a source of this rank goes on. */
function startIn(rank: number, after: TimelineKey | null): Pick<TimelineKey, 'at' | 'id' | 'n'> {
  if (!after) return { at: FIRST_AT, id: '', n: 0 };
  if (after.rank === rank) return after;
  return after.rank < rank ? { at: after.at, id: '', n: 0 } : { at: after.at, id: LAST_ID, n: 0 };
}

interface Bounds {
  rank: number;
  limit: number;
  horizon: string;
  scanMax?: number;
}

function partOf(rows: readonly Row[], { rank, limit, horizon, scanMax = Infinity }: Bounds): TimelinePart {
  const keyOf = ({ at, id, n }: Row): TimelineKey => ({ at: at!, rank, id, n });
  const found = rows.filter(({ kind }) => kind !== null);
  const end = rows.find(({ kind }) => kind === null);
  const entries = found.slice(0, limit).map((row) => toEntry(row, keyOf(row)));
  if (found.length > limit) return { entries, upTo: entries.at(-1)!.key, isLast: false };
  // Everything of the last hold was looked at.
  if (end && (end.scanned ?? 0) >= scanMax)
    return { entries, upTo: { ...keyOf(end), n: 999_999_999 }, isLast: false };
  return { entries, upTo: startOfMoment(horizon), isLast: true };
}

function toEntry(row: Row, key: TimelineKey): TimelineEntry {
  const kind = row.kind!;
  const isHold = kind.startsWith('hold.');
  return {
    key,
    kind,
    customerId: row.customer_id,
    holdId: isHold ? row.id : null,
    orderId: null,
    sku: row.sku,
    quantity: row.quantity,
    outcome: outcomeOf(kind),
    reason: row.reason,
    actor: row.actor ?? actorOf(kind, row),
  };
}

/** The state that the thing had then. */
function outcomeOf(kind: TimelineEntry['kind']): string | null {
  if (kind === 'hold.placed') return 'held';
  return kind.startsWith('hold.') ? kind.slice('hold.'.length) : null;
}

function actorOf(kind: TimelineEntry['kind'], { customer_id }: Row): TimelineEntry['actor'] {
  return kind === 'hold.expired'
    ? { kind: 'system', id: 'clock', label: 'clock' }
    : { kind: 'shopper', id: customer_id ?? '' };
}
