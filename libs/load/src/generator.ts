import type { Figures } from './figures';
import type { LoadLimits } from './model/load-plan';

/** Above this share of all processors there is none left for the product beside it. */
const CPU_SHARE_MAX = 0.85;
/** A machine should spend at most this share of its processors on the generator. */
const CPU_SHARE_FAIR = 0.5;

export interface GeneratorRun {
  figures: Pick<Figures, 'late' | 'came' | 'onTimePerSecondMax'>;
  shoppers: number;
  /** While shoppers arrived. */
  seconds: number;
  /** Processor seconds of k6 in `seconds`. */
  cpuSeconds: number;
  cpus: number;
  limits: Pick<LoadLimits, 'droppedPercentMax' | 'lateP99Ms'>;
  /** True when the product answered in time: missing shoppers are then no fault of its slowness. */
  productInTime: boolean;
}

/** Says why the generator, and not the product, set the pace of a run; null: it did not. */
export function bottleneckOf(run: GeneratorRun): string | null {
  const { figures, shoppers, seconds, cpuSeconds, cpus, limits } = run;
  const cpu = cpuSeconds / Math.max(1, seconds);
  const reasons: string[] = [];
  const late = figures.late.at(99) ?? 0;
  if (late > limits.lateP99Ms)
    reasons.push(`its shoppers began ${Math.round(late)} ms late (p99, at most ${limits.lateP99Ms} ms)`);
  if (cpu > cpus * CPU_SHARE_MAX)
    reasons.push(
      `it used ${cpu.toFixed(1)} of ${cpus} processors (at most ${(cpus * CPU_SHARE_MAX).toFixed(1)})`,
    );
  const dropped = Math.max(0, shoppers - figures.came);
  if (run.productInTime && dropped * 100 > shoppers * limits.droppedPercentMax)
    reasons.push(
      `it could not send ${dropped} of ${shoppers} shoppers (at most ${limits.droppedPercentMax} %)`,
    );
  if (reasons.length === 0) return null;
  return `the load generator was the bottleneck: ${reasons.join('; ')}. ${honestRate(run)}`;
}

function honestRate({ figures, seconds, cpuSeconds, cpus }: GeneratorRun): string {
  const byCpu = cpuSeconds > 0 ? (figures.came / cpuSeconds) * cpus * CPU_SHARE_FAIR : Infinity;
  const seen = figures.onTimePerSecondMax;
  const rate = Math.floor(Math.min(byCpu, seen > 0 ? seen : figures.came / Math.max(1, seconds)));
  return `This machine can honestly test about ${Math.max(1, rate)} new shoppers a second: send fewer, or for longer, or run k6 on another machine.`;
}
