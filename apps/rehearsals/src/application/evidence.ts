import type { RehearsalEvidence, RehearsalSecond } from '@holdfast/contracts';
import type { LoadResult } from '@holdfast/load';
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
    recoveredAfterMs: recoveredAfterMs(load.seconds, since(toMs)),
  }));
}

const rounded = (value: number) => Math.round(value * 1_000) / 1_000;
