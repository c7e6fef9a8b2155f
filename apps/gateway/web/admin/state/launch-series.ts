import { signal } from '@preact/signals';
import type { Answer, NoAnswer } from '../../shared/answer';
import type { Send } from './api';
import type { LaunchTick } from './launch-stream';
import type { SeriesPoint } from './types';

/** What the charts show of one moment, each a second. */
export interface ChartPoint {
  /** Seconds since 1970. */
  t: number;
  arrivals: number;
  holds: number;
  refusals: number;
  paid: number;
  failed: number;
  readers: number;
  p99Ms: number;
}

export type Range = 'recent' | 'whole';

interface Api {
  call<T>(request: Send<T>): Promise<Answer<T>>;
}

const RECENT_MS = 10 * 60_000;
const COUNTED_MS = 2_000; // a second is counted when every gateway has sent it; the ticks go on from there
const POINTS_MAX = 10_000;
const STEP_SECONDS = { '1s': 1, '10s': 10, '1m': 60, '1h': 3_600 } as const;

/** The figures of a drop over time: what the product has kept, and each tick of the stream after it. */
export class LaunchSeries {
  readonly points = signal<readonly ChartPoint[] | null>(null);
  readonly failure = signal<NoAnswer | null>(null);
  readonly range = signal<Range>('recent');
  private asked = 0;

  constructor(
    private readonly dropId: string,
    private readonly api: Api,
    /** The server's time in milliseconds; undefined while it is not known. */
    private readonly now: () => number | undefined,
  ) {}

  async load(range: Range = this.range.value): Promise<void> {
    const turn = (this.asked += 1);
    this.range.value = range;
    const params = { path: { dropId: this.dropId }, query: this.query(range) };
    const answer = await this.api.call((it) => it.GET('/v1/admin/drops/{dropId}/series', { params }));
    if (turn !== this.asked) return;
    if (answer.kind !== 'ok') return void (this.failure.value = answer);
    const { step, points } = answer.body;
    this.failure.value = null;
    this.points.value = points.map((it) => chartPoint(it, STEP_SECONDS[step]));
  }

  /** The stream goes on where the kept figures end. Sums of a whole drop are asked for again instead. */
  add({ asOf, rates, readers, p99Ms, stale }: LaunchTick): void {
    const points = this.points.value;
    if (!points || stale || this.range.value !== 'recent') return;
    const t = Math.floor(Date.parse(asOf) / 1_000);
    if (t <= (points.at(-1)?.t ?? 0)) return;
    const refusals = sum(rates.refusals);
    const { arrivals, holds, paid, failed } = rates;
    const from = t - RECENT_MS / 1_000;
    const kept = points.filter((it) => it.t >= from).slice(1 - POINTS_MAX);
    this.points.value = [...kept, { t, arrivals, holds, refusals, paid, failed, readers, p99Ms }];
  }

  private query(range: Range) {
    const now = this.now();
    if (range === 'whole' || now === undefined) return {};
    const to = Math.floor(now / 1_000) * 1_000 - COUNTED_MS;
    const text = (ms: number) => new Date(ms).toISOString();
    return { from: text(to - RECENT_MS), to: text(to), step: '1s' as const };
  }
}

function chartPoint(point: SeriesPoint, seconds: number): ChartPoint {
  const { t, arrivals, holds, refusals, paid, failed, readers, p99Ms } = point;
  return {
    t: Date.parse(t) / 1_000,
    arrivals: arrivals / seconds,
    holds: holds / seconds,
    refusals: sum(refusals) / seconds,
    paid: paid / seconds,
    failed: failed / seconds,
    readers,
    p99Ms,
  };
}

const sum = (counts: Record<string, number>) => Object.values(counts).reduce((all, it) => all + it, 0);
