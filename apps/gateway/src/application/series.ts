import {
  type OrderPoint,
  SERIES_POINTS_MAX,
  type SeriesPoint,
  type SeriesStep,
  STEP_SECONDS,
} from '@holdfast/contracts';

export interface SeriesRange {
  step: SeriesStep;
  /** Milliseconds since 1970, both on whole steps; `toMs` is exclusive. */
  fromMs: number;
  toMs: number;
}

export interface FullPoint extends Omit<SeriesPoint, 'p99Ms'> {
  paid: number;
  failed: number;
  p99Ms: number;
}

/**
 * Puts a wish on whole steps. Without a step: the finest one that fits. Null: it has more than 10,000 points, or ends before it begins.
 */
export function rangeOf(fromMs: number, toMs: number, wish: SeriesStep | undefined): SeriesRange | null {
  const steps = wish ? [wish] : (Object.keys(STEP_SECONDS) as SeriesStep[]);
  for (const step of steps) {
    const ms = STEP_SECONDS[step] * 1_000;
    const range = { step, fromMs: Math.floor(fromMs / ms) * ms, toMs: Math.ceil(toMs / ms) * ms };
    const points = (range.toMs - range.fromMs) / ms;
    if (points >= 0 && points <= SERIES_POINTS_MAX) return range;
  }
  return null;
}

/** Every step of the range; steps in which nothing happened are points of zero. */
export function fullSeries(
  { step, fromMs, toMs }: SeriesRange,
  points: readonly SeriesPoint[],
  orders: readonly OrderPoint[],
): FullPoint[] {
  const pointAt = new Map(points.map((point) => [Date.parse(point.t), point]));
  const ordersAt = new Map(orders.map((point) => [Date.parse(point.t), point]));
  const series: FullPoint[] = [];
  for (let ms = fromMs; ms < toMs; ms += STEP_SECONDS[step] * 1_000) {
    const point = pointAt.get(ms);
    const { paid = 0, failed = 0 } = ordersAt.get(ms) ?? {};
    series.push({
      t: new Date(ms).toISOString(),
      arrivals: point?.arrivals ?? 0,
      holds: point?.holds ?? 0,
      refusals: point?.refusals ?? {},
      paid,
      failed,
      released: point?.released ?? 0,
      expired: point?.expired ?? 0,
      readers: point?.readers ?? 0,
      p99Ms: point?.p99Ms ?? 0,
    });
  }
  return series;
}
