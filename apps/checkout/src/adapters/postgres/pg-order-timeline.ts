import {
  ORDER_KINDS,
  OrderTimeline,
  startOfMoment,
  TIMELINE_RANKS,
  type TimelineEntry,
  type TimelineKey,
  type TimelinePart,
  type TimelineQuery,
} from '@holdfast/contracts';
import { isDropId } from '@holdfast/kernel';
import { asMerchant, Horizons, orServiceUnavailable } from '@holdfast/postgres';
import type { Pool } from 'pg';
import { sql } from './sql/sql.generated';

interface Row {
  at: string;
  order_id: string;
  /** Counts from 1, in the order of `ORDER_KINDS`. */
  what: number;
  reason: string | null;
  customer_id: string;
  hold_id: string;
  lines: { sku: string; quantity: number }[];
  /** Null but in the row that tells how far was looked. */
  scanned: number | null;
}

const RANK = TIMELINE_RANKS.order;
/** With a filter, one statement looks at no more events than this. */
const SCAN_MAX = 5_000;
const FIRST_AT = '1970-01-01T00:00:00.000000Z';
/** After every id. */
const LAST_ID = '~';

/**
 * What happened to the orders of a drop, in the order of time. Needs a pool in the role of merchants. Whose the drop is is not known here: the caller
 * has asked inventory before, because who reads makes the payments of the drop wait for a moment.
 */
export class PgOrderTimeline extends OrderTimeline {
  constructor(
    private readonly pool: Pool,
    private readonly horizons = new Horizons(),
  ) {
    super();
  }

  override async orderTimeline(query: TimelineQuery): Promise<TimelinePart> {
    const { merchantId, dropId } = query;
    if (!isDropId(dropId)) return nothingUpTo(FIRST_AT);
    const read = (horizon: string) => this.readUpTo(horizon, query);
    return this.horizons.read(dropId, () => this.horizon(merchantId, dropId), read);
  }

  private async readUpTo(horizon: string, query: TimelineQuery): Promise<TimelinePart> {
    const { merchantId, dropId, after, limit, customerId, kind } = query;
    const what = kind === undefined ? null : ORDER_KINDS.indexOf(kind as 'order.created') + 1;
    if (what === 0) return nothingUpTo(horizon);
    const scanMax = customerId === undefined && what === null ? limit + 1 : SCAN_MAX;
    const from = startIn(after);
    const rows = await this.rows<Row>(merchantId, sql.orderTimeline.text, [
      ...[dropId, merchantId, from.at, from.id, from.n, horizon, scanMax, limit + 1],
      ...[customerId ?? null, what],
    ]);
    const end = rows.find(({ scanned }) => scanned !== null);
    const found = rows.filter(({ scanned }) => scanned === null);
    const entries = found.slice(0, limit).map(toEntry);
    if (found.length > limit) return { entries, upTo: entries.at(-1)!.key, isLast: false };
    if (end && end.scanned! >= scanMax) return { entries, upTo: keyOf(end), isLast: false };
    return { ...nothingUpTo(horizon), entries };
  }

  /** In a transaction of its own, which lets go of the events at its end. */
  private async horizon(merchantId: string, dropId: string): Promise<string> {
    const [row] = await this.rows<{ horizon: string }>(merchantId, sql.timelineHorizon.text, [dropId]);
    return row!.horizon;
  }

  private async rows<R extends object>(merchantId: string, text: string, values: unknown[]): Promise<R[]> {
    const found = asMerchant(this.pool, { schema: 'checkout', merchantId }, (client) =>
      client.query<R>(text, values),
    );
    return (await orServiceUnavailable('the timeline', found)).rows;
  }
}

const keyOf = ({ at, order_id, what }: Row): TimelineKey => ({ at, rank: RANK, id: order_id, n: what });

const nothingUpTo = (horizon: string): TimelinePart => ({
  entries: [],
  upTo: startOfMoment(horizon),
  isLast: true,
});

function startIn(after: TimelineKey | null): Pick<TimelineKey, 'at' | 'id' | 'n'> {
  if (!after) return { at: FIRST_AT, id: '', n: 0 };
  if (after.rank === RANK) return after;
  return after.rank < RANK ? { at: after.at, id: '', n: 0 } : { at: after.at, id: LAST_ID, n: 0 };
}

function toEntry(row: Row): TimelineEntry {
  const { lines } = row;
  const kind = ORDER_KINDS[row.what - 1]!;
  return {
    key: keyOf(row),
    kind,
    customerId: row.customer_id,
    holdId: row.hold_id,
    orderId: row.order_id,
    // An order is one entry, so that its SKU is told only if it is the only one.
    sku: lines.length === 1 ? lines[0]!.sku : null,
    quantity: lines.reduce((sum, { quantity }) => sum + quantity, 0),
    outcome: kind === 'order.created' ? 'pending' : kind.slice('order.'.length),
    reason: row.reason,
    actor: { kind: 'shopper', id: row.customer_id },
  };
}
