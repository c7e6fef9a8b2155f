import type { RehearsalEvidence, RehearsalSecond } from '@holdfast/contracts';

/** Charts are a few hundred pixels wide: more points than this are not seen, and make the file large. */
const POINTS_MAX = 160;

/** The seconds of a run, joined into `step` seconds each where it was long. */
export interface TimeLine {
  from: number;
  /** Exclusive. */
  to: number;
  step: number;
  /** A point for each step, seconds without a record included. */
  points: readonly (readonly RehearsalSecond[])[];
}

/** Null: there is nothing to show over time. */
export function timeLineOf({ seconds }: Pick<RehearsalEvidence, 'seconds'>): TimeLine | null {
  if (seconds.length === 0) return null;
  const numbers = seconds.map(({ second }) => second);
  const from = numbers.reduce((a, b) => Math.min(a, b));
  const to = numbers.reduce((a, b) => Math.max(a, b)) + 1;
  // Of a long rehearsal only every second, fourth, … second may be kept: each point has one of them.
  const every = Math.ceil((to - from) / seconds.length);
  const step = Math.max(every, Math.ceil((to - from) / POINTS_MAX));
  const points: RehearsalSecond[][] = Array.from({ length: Math.ceil((to - from) / step) }, () => []);
  for (const it of seconds) points[Math.floor((it.second - from) / step)]!.push(it);
  return { from, to, step, points };
}

/** The mean of a count over the recorded seconds of each point. Null: none is recorded. */
export function perSecond(
  { points }: TimeLine,
  read: (second: RehearsalSecond) => number,
): (number | null)[] {
  return points.map((seconds) =>
    seconds.length === 0 ? null : seconds.reduce((sum, it) => sum + read(it), 0) / seconds.length,
  );
}

/** The worst second of each point: a mean would hide it. Null: nothing was measured. */
export function worst(
  { points }: TimeLine,
  read: (second: RehearsalSecond) => number | null | undefined,
): (number | null)[] {
  return points.map((seconds) => {
    const values = seconds.map(read).filter((it) => it !== null && it !== undefined);
    return values.length === 0 ? null : values.reduce((a, b) => Math.max(a, b));
  });
}

/** The largest value; null when there is none. */
export function peak(values: readonly (number | null)[]): number | null {
  return values.reduce((a, b) => (b === null ? a : a === null ? b : Math.max(a, b)), null);
}
