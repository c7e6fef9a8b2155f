import type { ChangeRecord } from '@holdfast/contracts';
import type { Pool } from 'pg';

const BEAT_EVERY_MS = 500; // lag is known this finely; below the 3 s in which viewers must be told, above what one would notice in the log
const BEATS_OPEN_MAX = 1_000; // over ten minutes of a stream that stands still

/**
 * Measures how far the stream is behind: touches the heartbeat row and waits to see that touch arrive. Both ends are stamped here by one clock
 * that only runs forward, so a database whose clock differs from ours measures the same; what the row says only tells touches apart, and their order.
 */
export class LagMeter {
  private readonly open: { micros: number; sentAt: number }[] = [];
  private newestSeen = 0;
  private caughtUpAt: number | null = null;
  private timer: NodeJS.Timeout | undefined;
  private beating: Promise<void> | null = null;

  constructor(
    private readonly db: Pool,
    private readonly table: string,
    private readonly topic: string,
    private readonly now: () => number = () => performance.now(),
  ) {}

  get lagMs(): number | null {
    return this.caughtUpAt === null ? null : this.now() - this.caughtUpAt;
  }

  start(): void {
    this.timer = setInterval(() => this.beat(), BEAT_EVERY_MS);
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.beating;
  }

  /** Touches the row now; a touch that is still under way is enough. */
  beat(): void {
    this.beating ??= this.touch()
      // A database that is away makes no beats: that is what the growing lag says.
      .catch(() => undefined)
      .finally(() => (this.beating = null));
  }

  /** To be told of every batch once it has been applied. */
  applied(records: readonly ChangeRecord[]): void {
    const last = records.findLast((record) => record.topic === this.topic);
    const ts = last?.value?.after?.['ts'];
    const micros = typeof ts === 'string' ? isoToMicros(ts) : Number.NaN;
    if (Number.isNaN(micros)) return;
    this.newestSeen = Math.max(this.newestSeen, micros);
    this.settle();
  }

  private async touch(): Promise<void> {
    const sentAt = this.now();
    const touched = await this.db.query<{ micros: string }>(
      `${heartbeatTouch(this.table)} RETURNING (extract(epoch FROM ts) * 1000000)::bigint AS micros`,
    );
    this.open.push({ micros: Number(touched.rows[0]!.micros), sentAt });
    if (this.open.length > BEATS_OPEN_MAX) this.open.shift();
    this.settle();
  }

  /** A touch is settled by its own arrival or by that of a later one, which the log keeps behind it. */
  private settle(): void {
    while (this.open[0] && this.open[0].micros <= this.newestSeen)
      this.caughtUpAt = this.open.shift()!.sentAt;
  }
}

/**
 * How everybody touches the row; infra/debezium/connector.json has the same. A touch is later than the one before it even when the database's clock
 * was set back: else all touches would look like old ones that have arrived, and a dead stream like one that keeps up.
 */
export function heartbeatTouch(table: string): string {
  return `UPDATE ${table} SET ts = greatest(clock_timestamp(), ts + interval '1 microsecond') WHERE id = 1`;
}

/** `2026-11-22T04:30:00.123456Z` in microseconds: Date alone would cut it to milliseconds. */
function isoToMicros(iso: string): number {
  const fraction = /\.(\d{1,6})/.exec(iso)?.[1] ?? '';
  const seconds = Math.floor(Date.parse(iso) / 1_000);
  return seconds * 1_000_000 + Number(fraction.padEnd(6, '0'));
}
