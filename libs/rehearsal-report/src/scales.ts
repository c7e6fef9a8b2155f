/** An upright axis. */
export interface Scale {
  ticks: readonly number[];
  /** Pixels from above. */
  at(value: number): number;
}

const TICKS = 4;

/** From 0 to a round number at or above `highest`. */
export function linearScale(highest: number, bottom: number, top: number): Scale {
  const step = roundStep(highest / TICKS);
  const end = Math.max(step, Math.ceil(highest / step - 1e-9) * step);
  const ticks = Array.from({ length: Math.round(end / step) + 1 }, (_, at) => at * step);
  return { ticks, at: (value) => bottom - (Math.min(Math.max(value, 0), end) / end) * (bottom - top) };
}

/** By powers of ten from 1, so that a fault of seconds does not hide the milliseconds before it. */
export function logScale(highest: number, bottom: number, top: number): Scale {
  const decades = Math.max(1, Math.ceil(Math.log10(Math.max(highest, 2)) - 1e-9));
  const ticks = Array.from({ length: decades + 1 }, (_, at) => 10 ** at);
  const height = (value: number) => Math.log10(Math.min(Math.max(value, 1), 10 ** decades)) / decades;
  return { ticks, at: (value) => bottom - height(value) * (bottom - top) };
}

/** 1, 2 or 5 times a power of ten, at or above `least`. */
function roundStep(least: number): number {
  if (!(least > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(least));
  return [1, 2, 5, 10].map((it) => it * power).find((it) => it >= least - 1e-9) ?? power * 10;
}

const SECOND_STEPS = [1, 2, 5, 10, 20, 30, 60, 120, 300, 600] as const;
const SECOND_TICKS_MAX = 6;

export function secondTicks(from: number, to: number): { second: number; label: string }[] {
  const step = SECOND_STEPS.find((it) => (to - from) / it <= SECOND_TICKS_MAX) ?? 600;
  const inMinutes = step >= 60;
  const first = Math.ceil(from / step) * step;
  const ticks = [];
  for (let second = first; second <= to; second += step)
    ticks.push({ second, label: inMinutes ? `${second / 60} min` : `${second} s` });
  return ticks;
}
