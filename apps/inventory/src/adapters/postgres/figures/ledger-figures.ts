import {
  type AddTicks,
  type DropLife,
  type DropStats,
  Figures,
  p99Of,
  READERS_COUNT_SECONDS,
  type RecentTicksQuery,
  type SentTick,
  type SeriesPoint,
  type SeriesQuery,
} from '@holdfast/contracts';
import { asMerchant, orServiceUnavailable } from '@holdfast/postgres';
import type { Pool } from 'pg';
import { TICKS_TAKEN_SECONDS } from '../../../application/tick-folding';
import { sql } from './sql/sql.generated';

interface StatsRow {
  as_of: Date;
  items: DropStats['items'];
  placed: string;
  confirmed: string;
  released: string;
  expired: string;
  active: string;
  refusals: Record<string, number>;
  currency: string;
  sold_out_at: Date | null;
  readers: number;
}

interface Statement {
  name: string;
  text: string;
}

/** Figures in the ledger's database: holds from the holds themselves, answers from the ticks of the gateways. */
export class LedgerFigures extends Figures {
  /** `merchants`: in the role of merchants, who read. `service`: gateways count for all drops. */
  constructor(private readonly pools: { merchants: Pool; service: Pool }) {
    super();
  }

  override async addTicks({ source, ticks }: AddTicks): Promise<{ kind: 'added' }> {
    const values = [
      source,
      ticks.map(({ dropId }) => dropId),
      ticks.map(({ second }) => new Date(second * 1_000).toISOString()),
      ticks.map(({ arrivals }) => arrivals),
      ticks.map(({ refusals }) => JSON.stringify(refusals)),
      ticks.map(({ latencies }) => JSON.stringify(latencies)),
      ticks.map(({ readers }) => readers),
      intervalOf(TICKS_TAKEN_SECONDS),
    ];
    await orServiceUnavailable('figures', this.pools.service.query({ ...sql.addTicks, values }));
    return { kind: 'added' };
  }

  override async recentTicks({ merchantId, dropId, sinceSecond }: RecentTicksQuery) {
    const since = new Date(sinceSecond * 1_000).toISOString();
    const values = [dropId, since, intervalOf(READERS_COUNT_SECONDS)];
    const rows = await this.read<TickRow>(merchantId, sql.recentTicks, values);
    if (rows.length === 0) return null;
    const ticks = rows.filter(({ source }) => source !== null);
    return ticks.map(({ second, ...tick }) => ({ ...tick, second: second.getTime() / 1_000 }));
  }

  override async dropStats({ merchantId, dropId }: { merchantId: string; dropId: string }) {
    const row = await this.one<StatsRow>(merchantId, sql.dropStats, [
      dropId,
      intervalOf(READERS_COUNT_SECONDS),
    ]);
    return row && toStats(row);
  }

  override async dropLife({ merchantId, dropId }: { merchantId: string; dropId: string }) {
    const row = await this.one<{ first_at: Date | null; now: Date }>(merchantId, sql.dropLife, [dropId]);
    const life: DropLife | null = row && {
      firstAt: row.first_at && row.first_at.toISOString(),
      now: row.now.toISOString(),
    };
    return life;
  }

  override async dropSeries(query: SeriesQuery): Promise<SeriesPoint[]> {
    const { merchantId, dropId, from, to, stepSeconds } = query;
    const values = [dropId, from, to, intervalOf(stepSeconds)];
    return (await this.read<SeriesRow>(merchantId, sql.dropSeries, values)).map(toPoint);
  }

  private async one<R extends object>(merchantId: string, statement: Statement, values: unknown[]) {
    return (await this.read<R>(merchantId, statement, values))[0] ?? null;
  }

  private async read<R extends object>(merchantId: string, statement: Statement, values: unknown[]) {
    const found = asMerchant(this.pools.merchants, { schema: 'inventory', merchantId }, (client) =>
      client.query<R>({ ...statement, values: [merchantId, ...values] }),
    );
    return (await orServiceUnavailable('figures', found)).rows;
  }
}

const intervalOf = (seconds: number) => `${seconds} seconds`;

/** Of a drop without ticks everything is null. */
type TickRow = Omit<SentTick, 'second'> & { second: Date };

type Counts = Record<string, number>;

interface SeriesRow extends Pick<SeriesPoint, 'arrivals' | 'holds' | 'released' | 'expired' | 'readers'> {
  t: Date;
  refusals: Counts;
  latencies: Counts;
}

function toPoint({ t, latencies, ...sums }: SeriesRow): SeriesPoint {
  return { ...sums, t: t.toISOString(), p99Ms: p99Of(latencies) };
}

function toStats(row: StatsRow): DropStats {
  return {
    asOf: row.as_of.toISOString(),
    items: row.items,
    holds: {
      placed: Number(row.placed),
      confirmed: Number(row.confirmed),
      released: Number(row.released),
      expired: Number(row.expired),
      active: Number(row.active),
    },
    refusals: row.refusals,
    currency: row.currency,
    soldOutAt: row.sold_out_at && row.sold_out_at.toISOString(),
    readers: row.readers,
  };
}
