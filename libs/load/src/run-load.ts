import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { addNote, type ClientNote, newClientLog, readNote } from '@holdfast/audit';
import { type Child, describeExit, Interrupted } from '@holdfast/process';
import { Figures, type Note } from './figures';
import { findK6 } from './find-k6';
import { followFile } from './follow-file';
import { bottleneckOf } from './generator';
import { outFiles, startK6 } from './k6-process';
import type { LoadResult, LoadSecond } from './load-result';
import { completed } from './model/arrivals';
import { LOAD_LIMITS, type LoadPlan } from './model/load-plan';
import { ProcessorWatch } from './processor-watch';

/** k6 says with this code that a promise was broken. */
const THRESHOLDS_CROSSED = 99;
/** After the last arrival: the last visits, payments that are settled late, the report. */
const GRACE_MS = 90_000;
const LOG_SHOWN = 3_000; // characters

export interface RunOptions {
  /** Aborted: k6 is ended within 3 s and `Interrupted` is thrown. */
  signal: AbortSignal;
  say: (line: string) => void;
  /** Called for each second in order, about a second after it is over. */
  onSecond?: (second: LoadSecond) => void;
  /** Path of k6, if it was looked for already. */
  program?: string;
}

/** What `summarise` of k6/lib/summary.ts writes, as far as it is used here. */
interface Summary {
  counts: Record<string, number>;
  promises: LoadResult['promises'];
}

/**
 * Sends the shoppers of a plan with k6 and adds up what they were answered. Throws `Interrupted`, or an Error when
 * k6 cannot be found or fails itself; broken promises are part of the result.
 */
export async function runLoad(wanted: LoadPlan, options: RunOptions): Promise<LoadResult> {
  const plan = completed(wanted);
  const { signal, say, onSecond = () => undefined } = options;
  const program = options.program ?? (await findK6({ say, signal }));
  if (signal.aborted) throw new Interrupted();
  const log = newClientLog();
  const figures = new Figures(onSecond, { ...LOAD_LIMITS, ...plan.limits }.lateP99Ms);
  const child = await startK6(program, plan);
  const processor = new ProcessorWatch(child.pid, plan.seconds, () => figures.beganAtMs);
  const stopFollowing = followFile(outFiles(plan.out).notes, (line) => {
    const note = readNote<Note>(line);
    if (!note) return;
    addNote(log, note as ClientNote);
    figures.add(note);
  });
  try {
    await untilExit(child, plan, signal);
  } finally {
    processor.stop();
    stopFollowing();
    figures.end();
  }
  const { counts, promises } = JSON.parse(readFileSync(outFiles(plan.out).summary, 'utf8')) as Summary;
  return resultOf({ plan, counts, promises, log, figures, processor });
}

async function untilExit(child: Child, { seconds, out }: LoadPlan, signal: AbortSignal): Promise<void> {
  const end = () => void child.stop();
  signal.addEventListener('abort', end, { once: true });
  if (signal.aborted) end();
  const limitMs = seconds * 1_000 + GRACE_MS;
  const late = setTimeout(() => child.kill(), limitMs);
  try {
    const exit = await child.exited;
    if (signal.aborted) throw new Interrupted();
    if (exit.code === 0 || exit.code === THRESHOLDS_CROSSED) return;
    const log = readFileSync(outFiles(out).log, { encoding: 'utf8', flag: 'a+' });
    throw new Error(
      `k6 ended with ${describeExit(exit)} instead of a result (it is killed after ${limitMs / 1_000} s). The end of its log:\n${`${log}${child.lastLog()}`.slice(-LOG_SHOWN)}`,
    );
  } finally {
    clearTimeout(late);
    signal.removeEventListener('abort', end);
  }
}

type Finished = Pick<LoadResult, 'counts' | 'promises' | 'log'> & {
  plan: LoadPlan;
  figures: Figures;
  processor: ProcessorWatch;
};

function resultOf({ plan, counts, promises, log, figures, processor }: Finished): LoadResult {
  const count = (name: string) => counts[name] ?? 0;
  const limits = { ...LOAD_LIMITS, ...plan.limits };
  const steps = figures.stepLatencies();
  const bottleneck = bottleneckOf({
    figures,
    shoppers: plan.shoppers,
    seconds: processor.seconds,
    cpuSeconds: processor.used,
    cpus: cpus().length,
    limits,
    // A product that is slow with any of these keeps the virtual users from the shoppers who are due next.
    productInTime: (['session', 'drop', 'hold'] as const).every(
      (step) => (steps[step]?.p99Ms ?? 0) <= limits.holdP99Ms,
    ),
  });
  return {
    beganAtMs: figures.beganAtMs,
    counts,
    refused: figures.refused,
    errors: count('server_faults') + count('odd_answers') + count('gave_up'),
    steps,
    spans: figures.spans,
    seconds: figures.seconds,
    soldOutAfterMs: figures.soldOutAfterMs,
    liveAgeP99Ms: figures.liveAgeP99Ms,
    promises,
    log,
    generator: {
      dropped: Math.max(0, plan.shoppers - figures.came),
      cpu: Math.round((processor.used / Math.max(1, processor.seconds)) * 100) / 100,
      lateP99Ms: figures.late.at(99) ?? 0,
      bottleneck,
    },
  };
}
