import type { RehearsalEvidence, RehearsalSecond } from '@holdfast/contracts';
import { type AnswerSpan, Latencies, type LoadResult } from '@holdfast/load';
import type { InjectedFault } from './ports/faults.port';
import type { PartSample } from './ports/part-watch.port';
import { recoveredAfterMs } from './recovery';

/** The seconds of the load, each with the processors that the parts used in it, as shares of the machine. */
export function secondsOf(load: LoadResult, samples: readonly PartSample[], cpus: number): RehearsalSecond[] {
  const cpuAt = new Map(
    samples.map(({ atMs, cpu }) => [Math.floor((atMs - load.beganAtMs) / 1_000), cpu] as const),
  );
  return load.seconds.map((second) => ({
    ...second,
    cpu: Object.fromEntries(
      Object.entries(cpuAt.get(second.second) ?? {}).map(([part, used]) => [part, rounded(used / cpus)]),
    ),
  }));
}

export function faultsOf(load: LoadResult, faults: readonly InjectedFault[]): RehearsalEvidence['faults'] {
  const since = (ms: number) => ms - load.beganAtMs;
  return faults.map(({ target, how, fromMs, toMs }) => ({
    target,
    how,
    fromSecond: rounded(since(fromMs) / 1_000),
    toSecond: rounded(since(toMs) / 1_000),
    recoveredAfterMs: recoveredAfterMs(load.seconds, { fromMs: since(fromMs), toMs: since(toMs) }),
  }));
}

/**
 * The steps of a load without the answers that a fault held up: whose time, from when they were due, touches the fault, the
 * recovery, or as long again, in which the queue of that time is worked off. All of them where no answer is left.
 */
export function stepsBesides(load: LoadResult, faults: RehearsalEvidence['faults']): LoadResult['steps'] {
  const windows = faults.map(({ fromSecond, toSecond, recoveredAfterMs }) => {
    const [fromMs, toMs] = [fromSecond * 1_000, toSecond * 1_000 + (recoveredAfterMs ?? Infinity)];
    return { fromMs, untilMs: toMs + (toMs - fromMs) };
  });
  const isBesides = ({ dueMs, ms }: AnswerSpan) =>
    windows.every(({ fromMs, untilMs }) => dueMs + ms <= fromMs || dueMs >= untilMs);
  const steps = { ...load.steps };
  for (const step of ['hold', 'pay'] as const) {
    const all = new Latencies();
    for (const span of load.spans[step]) if (isBesides(span)) all.add(span.ms);
    if (windows.length > 0 && all.count > 0) steps[step] = all.summary();
  }
  return steps;
}

const rounded = (value: number) => Math.round(value * 1_000) / 1_000;
