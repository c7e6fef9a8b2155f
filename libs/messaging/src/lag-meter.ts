import type { ChangeRecord } from '@holdfast/contracts';
import { PeriodicWorker } from '@holdfast/kernel';
import type { Pool } from 'pg';

// The resolution of the lag: well below the 3 s in which viewers must be told, and rare enough not to burden
// the log.
const BEAT_EVERY_MS = 500;
const BEATS_OPEN_MAX = 1_000; // more than ten minutes of a stalled stream: the rest is merged

/**
 * Measures how far the stream is behind: updates the heartbeat row and waits for that update to arrive. Both
 * ends are timed by this process's monotonic clock, so the database's clock does not matter; the row's value
 * only identifies updates and their order.
 */
export class LagMeter {
  private readonly open: { micros: number; sentAt: number }[] = [];
  private newestSeen = 0;
  private caughtUpAt: number | null = null;
  private readonly worker = new PeriodicWorker({
    everyMs: BEAT_EVERY_MS,
    run: () => this.touch(),
    onError: () => undefined, // an unreachable database shows as growing lag
  });

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
    this.worker.start();
  }

  stop(): Promise<void> {
    return this.worker.stop();
  }

  /** Updates the row now. */
  beat(): void {
    this.worker.wake();
  }

  /** Call it with every batch after it has been applied. */
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

  /** An update is settled by its own arrival or by that of a later one, since the log keeps their order. */
  private settle(): void {
    while (this.open[0] && this.open[0].micros <= this.newestSeen)
      this.caughtUpAt = this.open.shift()!.sentAt;
  }
}

/**
 * The update of the row; infra/debezium/connector.json has the same. Its value grows even when the database's
 * clock was set back: else new updates would look like old ones that have arrived, and a dead stream like one
 * that keeps up.
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
