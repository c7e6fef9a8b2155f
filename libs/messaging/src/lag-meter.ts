import type { ChangeRecord } from '@holdfast/contracts';
import type { Pool } from 'pg';

const BEAT_EVERY_MS = 500; // lag is known this finely; below the 3 s in which viewers must be told, above what one would notice in the log
const BEATS_OPEN_MAX = 1_000; // over ten minutes of a stream that stands still

/**
 * Measures how far the stream is behind: touches the heartbeat row and waits to see that touch arrive. Both ends are stamped here by one clock
 * that only runs forward, so a database whose clock differs from ours measures the same.
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
    if (typeof ts !== 'string') return;
    this.newestSeen = Math.max(this.newestSeen, isoToMicros(ts));
    this.settle();
  }

  private async touch(): Promise<void> {
    const sentAt = this.now();
    const touched = await this.db.query<{ micros: string }>(
      `UPDATE ${this.table} SET ts = clock_timestamp() WHERE id = 1
       RETURNING (extract(epoch FROM ts) * 1000000)::bigint AS micros`,
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

/** `2026-11-22T04:30:00.123456Z` in microseconds: Date alone would cut it to milliseconds. */
function isoToMicros(iso: string): number {
  const fraction = /\.(\d{1,6})/.exec(iso)?.[1] ?? '';
  const seconds = Math.floor(Date.parse(iso) / 1_000);
  return seconds * 1_000_000 + Number(fraction.padEnd(6, '0'));
}
