import {
  type DropTimeline,
  InvalidCursor,
  joinTimeline,
  ORDER_KINDS,
  type OrderTimeline,
  TIMELINE_RANKS,
  type TimelineEntry,
  type TimelineKey,
  type TimelineQuery,
} from '@holdfast/contracts';

/** Entries that match a filter may be rare: so often both services are asked for one page. A page that is not full by then goes on with its cursor. */
const ROUNDS_MAX = 8;

export interface TimelinePage {
  entries: TimelineEntry[];
  /** Null: nothing newer is known yet. */
  next: TimelineKey | null;
}

/** A drop's timeline from the services that have parts of it. */
export class Timeline {
  constructor(
    private readonly drops: Pick<DropTimeline, 'dropTimeline'>,
    private readonly orders: Pick<OrderTimeline, 'orderTimeline'>,
  ) {}

  /** Null: not a drop of this merchant. Throws `ServiceUnavailable`. */
  async page(query: TimelineQuery): Promise<TimelinePage | null> {
    const entries: TimelineEntry[] = [];
    let { after } = query;
    for (let round = 0; round < ROUNDS_MAX; round += 1) {
      const limit = query.limit - entries.length;
      const found = await this.parts({ ...query, after, limit });
      if (!found) return null;
      const part = joinTimeline(found, limit);
      entries.push(...part.entries);
      if (part.isLast) return { entries, next: null };
      after = part.upTo;
      if (entries.length === query.limit) break;
    }
    return { entries, next: after };
  }

  private async parts(query: TimelineQuery) {
    // One after the other: only inventory knows whose the drop is, and reading its orders makes its payments wait for a moment.
    const ofDrop = await this.drops.dropTimeline(query);
    if (!ofDrop) return null;
    const needsOrders = query.kind === undefined || query.kind.startsWith('order.');
    return needsOrders ? [ofDrop, await this.orders.orderTimeline(query)] : [ofDrop];
  }
}

const KEY = /^((\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\.\d{6}Z) ([0-9]) (\d{1,9}) ([0-9a-zA-Z_.-]{0,200})$/;

/** Of each rank: what its statements can take. */
const N_MAX: Partial<Record<number, number>> = {
  [TIMELINE_RANKS.drop]: 0,
  [TIMELINE_RANKS.stock]: 0,
  [TIMELINE_RANKS.placed]: 999_999_999,
  [TIMELINE_RANKS.order]: ORDER_KINDS.length,
  [TIMELINE_RANKS.ended]: 999_999_999,
};

/** Opaque, as every cursor; of an entry it is its id, too. */
export function encodeKey({ at, rank, id, n }: TimelineKey): string {
  return Buffer.from(`${at} ${rank} ${n} ${id}`).toString('base64url');
}

/** Throws `InvalidCursor` for anything that `encodeKey` cannot have made: a forged one never causes a database error. */
export function decodeKey(cursor: string): TimelineKey {
  const [, at, second, rank, n, id] = KEY.exec(Buffer.from(cursor, 'base64url').toString('latin1')) ?? [];
  const ms = at === undefined ? NaN : Date.parse(at);
  if (!(ms >= 0) || new Date(ms).toISOString().slice(0, 19) !== second)
    throw new InvalidCursor('not a cursor of this list');
  const key: TimelineKey = { at: at!, rank: Number(rank), n: Number(n), id: id! };
  const nMax = N_MAX[key.rank];
  if (nMax === undefined || key.n > nMax || encodeKey(key) !== cursor)
    throw new InvalidCursor('not a cursor of this list');
  return key;
}
