import type { LoadResult, LoadSecond } from '@holdfast/load';
import { CannotRehearse } from './outcome';
import type { PlannedFault } from './fault-plan';
import type { Faults, InjectedFault } from './ports/faults.port';
import type { Load, LoadGenerator } from './ports/load-generator.port';
import type { PartSample, PartWatch } from './ports/part-watch.port';

export interface MainLoad {
  load: LoadResult;
  samples: PartSample[];
  faults: InjectedFault[];
}

interface Parts {
  generator: LoadGenerator;
  faults: Faults;
  watch: PartWatch;
}

interface Options {
  planned: readonly PlannedFault[];
  signal: AbortSignal;
  onSecond: (second: LoadSecond) => void;
}

/** Runs the shoppers, measures the parts meanwhile, and disturbs them when the time has come. No fault outlives it. */
export async function runMainLoad(parts: Parts, wanted: Load, options: Options): Promise<MainLoad> {
  const { planned, signal, onSecond } = options;
  const waiting = [...planned];
  const over = new AbortController();
  const injected: Promise<InjectedFault>[] = [];
  const recording = parts.watch.start();
  try {
    const load = await parts.generator.run(wanted, {
      signal,
      onSecond: (second) => {
        onSecond(second);
        // A second is reported when it is over.
        while (!signal.aborted && waiting.length > 0 && second.second + 1 >= waiting[0]!.atSecond) {
          const { target, forMs } = waiting.shift()!;
          const fault = parts.faults.inject(target, forMs, AbortSignal.any([signal, over.signal]));
          fault.catch(() => undefined); // awaited below
          injected.push(fault);
        }
      },
    });
    over.abort();
    // Else a rehearsal with this fault would be one without it.
    if (waiting.length > 0)
      throw new CannotRehearse(
        `all shoppers had left before the fault of ${waiting.map(({ target }) => target).join(', ')}: rehearse with more seconds`,
      );
    const faults = await Promise.all(injected);
    return { load, faults, samples: await recording.stop() };
  } finally {
    over.abort();
    await Promise.allSettled(injected);
    await recording.stop();
  }
}
