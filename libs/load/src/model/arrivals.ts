// k6 reads this file as it is: it must import types only.
import type { LoadPlan, Scenario } from './load-plan';

/** How busy a moment is: `at` is a share of the whole time, `rate` a share of the busiest; lines in between. */
type Shape = readonly { at: number; rate: number }[];

const CONSTANT: Shape = [
  { at: 0, rate: 1 },
  { at: 1, rate: 1 },
];
/** Two thirds come in the first third; at the peak about 2.3 times as many a second as on average. */
const SPIKE: Shape = [
  { at: 0, rate: 0.3 },
  { at: 0.05, rate: 1 },
  { at: 0.3, rate: 1 },
  { at: 0.4, rate: 0.35 },
  { at: 0.6, rate: 0.15 },
  { at: 1, rate: 0.05 },
];
const SHAPES: Record<Exclude<Scenario, 'replay'>, Shape> = {
  spike: SPIKE,
  bots: SPIKE,
  ramp: [
    { at: 0, rate: 0 },
    { at: 1, rate: 1 },
  ],
  /** Everybody waits for the opening. */
  queue: [
    { at: 0, rate: 1 },
    { at: 0.1, rate: 1 },
    { at: 0.1, rate: 0 },
    { at: 1, rate: 0 },
  ],
  soak: CONSTANT,
  rate: CONSTANT,
};

type Arriving = Pick<LoadPlan, 'scenario' | 'shoppers' | 'seconds' | 'perSecond' | 'arrivals'>;

/** The plan with the shoppers and seconds that follow from `perSecond` or `arrivals`. */
export function completed<T extends Arriving>(plan: T): T {
  if (plan.scenario === 'replay') {
    const arrivals = plan.arrivals ?? [];
    return { ...plan, seconds: arrivals.length, shoppers: Math.round(sum(arrivals)) };
  }
  if (plan.scenario !== 'rate' || plan.perSecond === undefined) return plan;
  return { ...plan, shoppers: Math.round(plan.perSecond * plan.seconds) };
}

/** How many shoppers are due in each second; all together `shoppers` of the completed plan. */
export function arrivalsOf(plan: Arriving): number[] {
  const { scenario, seconds, shoppers, arrivals = [] } = completed(plan);
  if (scenario === 'replay') return wholeNumbers(runningSums(arrivals));
  const shape = SHAPES[scenario];
  const whole = areaUntil(shape, 1);
  const until = (second: number) => (shoppers * areaUntil(shape, second / seconds)) / whole;
  return wholeNumbers(Array.from({ length: seconds }, (_, second) => until(second + 1)));
}

function areaUntil(shape: Shape, share: number): number {
  let area = 0;
  for (let i = 1; i < shape.length; i += 1) {
    const [from, to] = [shape[i - 1]!, shape[i]!];
    const lasts = to.at - from.at;
    const part = lasts === 0 ? 0 : Math.min(1, Math.max(0, (share - from.at) / lasts));
    area += lasts * part * (from.rate + ((to.rate - from.rate) * part) / 2);
  }
  return area;
}

const sum = (values: readonly number[]) => values.reduce((all, value) => all + value, 0);

function runningSums(values: readonly number[]): number[] {
  let all = 0;
  return values.map((value) => (all += value));
}

/** Differences of rounded sums: no rounding error adds up. */
function wholeNumbers(sums: readonly number[]): number[] {
  return sums.map((until, i) => Math.round(until) - Math.round(sums[i - 1] ?? 0));
}
