import { median } from '@holdfast/kernel';

/** Fewer say nothing about the next one. */
export const PAST_DROPS_MIN = 3;
/** Shares of the crowd at which the past drops are compared. */
const GRID = 200;

/** Answered requests to place a hold in one past drop, second by second from its opening. */
export interface PastArrivals {
  dropId: string;
  perSecond: readonly number[];
}

/** What is expected of the next drop. */
export interface ExpectedArrivals {
  total: number;
  /** The fewest and most arrivals of the past drops. */
  totalMin: number;
  totalMax: number;
  perSecondMax: number;
  /** Second by second from the opening, rounded to a tenth. */
  perSecond: number[];
}

/**
 * How far forecasts were off that were made for each past drop from the others; medians, as shares. `perSecond`: sum of the absolute
 * differences of all seconds ÷ arrivals (joined to ten seconds each, since single seconds are chance); `total`, `peak`: of the arrivals
 * in all, and of the busiest ten seconds.
 */
export interface ForecastError {
  heldBack: number;
  perSecond: number;
  total: number;
  peak: number;
}

export interface ArrivalsForecast {
  expected: ExpectedArrivals;
  /** Null: too few past drops to hold one back. */
  error: ForecastError | null;
}

/**
 * Expected arrivals, from the past drops of a merchant: the median of their totals, spread over time as the median of their shapes (the median
 * moment at which each share of the crowd had come). Medians, so that one odd drop changes little. Null with fewer than
 * `PAST_DROPS_MIN` drops that had arrivals.
 */
export function forecastArrivals(past: readonly PastArrivals[]): ArrivalsForecast | null {
  const used = past.filter(({ perSecond }) => sum(perSecond) > 0);
  if (used.length < PAST_DROPS_MIN) return null;
  return { expected: expectedOf(used), error: errorOf(used) };
}

function expectedOf(past: readonly PastArrivals[]): ExpectedArrivals {
  const totals = past.map(({ perSecond }) => sum(perSecond));
  const total = middle(totals);
  const moments = past.map(({ perSecond }) => momentsOf(perSecond));
  const shape = Array.from({ length: GRID + 1 }, (_, at) => middle(moments.map((them) => them[at]!)));
  const perSecond = secondsOf(shape).map((share) => Math.round(share * total * 10) / 10);
  return {
    total: Math.round(total),
    totalMin: Math.round(Math.min(...totals)),
    totalMax: Math.round(Math.max(...totals)),
    perSecondMax: Math.max(...perSecond),
    perSecond,
  };
}

/** The moments, in seconds, at which 0, 1/GRID, … of all had come; within a second they come evenly. */
function momentsOf(perSecond: readonly number[]): number[] {
  const total = sum(perSecond);
  const moments: number[] = [];
  let before = 0;
  perSecond.forEach((arrivals, second) => {
    const after = before + arrivals;
    while (moments.length <= GRID && arrivals > 0 && (moments.length / GRID) * total <= after + 1e-9)
      moments.push(second + ((moments.length / GRID) * total - before) / arrivals);
    before = after;
  });
  return moments;
}

/** The share that comes in each second, from the moments of `momentsOf`. */
function secondsOf(moments: readonly number[]): number[] {
  const seconds = new Array<number>(Math.max(1, Math.ceil(moments[GRID]! - 1e-9))).fill(0);
  for (let at = 0; at < GRID; at += 1) {
    const from = moments[at]!;
    const to = moments[at + 1]!;
    for (let second = Math.floor(from); second < seconds.length && second <= to; second += 1) {
      const inside = Math.min(to, second + 1) - Math.max(from, second);
      if (to > from) seconds[second]! += Math.max(0, inside) / (to - from) / GRID;
      else if (second === Math.floor(from)) seconds[second]! += 1 / GRID;
    }
  }
  return seconds;
}

/** Each drop in turn is forecast from the others. */
function errorOf(past: readonly PastArrivals[]): ForecastError | null {
  if (past.length <= PAST_DROPS_MIN) return null;
  const errors = past.map((held) => differenceOf(expectedOf(past.filter((it) => it !== held)), held));
  return {
    heldBack: errors.length,
    perSecond: rounded(middle(errors.map((it) => it.perSecond))),
    total: rounded(middle(errors.map((it) => it.total))),
    peak: rounded(middle(errors.map((it) => it.peak))),
  };
}

const JOINED_SECONDS = 10;

/** A forecast against what came. */
export function differenceOf(
  expected: ExpectedArrivals,
  { perSecond }: Pick<PastArrivals, 'perSecond'>,
): Omit<ForecastError, 'heldBack'> {
  const real = joined(perSecond);
  const meant = joined(expected.perSecond);
  const total = sum(perSecond);
  const length = Math.max(real.length, meant.length);
  const differences = Array.from({ length }, (_, at) => Math.abs((real[at] ?? 0) - (meant[at] ?? 0)));
  const peak = Math.max(...real);
  return {
    perSecond: sum(differences) / total,
    total: Math.abs(expected.total - total) / total,
    peak: Math.abs(Math.max(...meant) - peak) / peak,
  };
}

function joined(perSecond: readonly number[]): number[] {
  const steps = new Array<number>(Math.max(1, Math.ceil(perSecond.length / JOINED_SECONDS))).fill(0);
  perSecond.forEach((arrivals, second) => (steps[Math.floor(second / JOINED_SECONDS)]! += arrivals));
  return steps;
}

const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
const rounded = (share: number) => Math.round(share * 1_000) / 1_000;

/** The median; of an even number of values the mean of the two in the middle. */
function middle(values: readonly number[]): number {
  if (values.length % 2 === 1) return median(values);
  const negated = values.map((value) => -value);
  return (median(values) - median(negated)) / 2;
}
