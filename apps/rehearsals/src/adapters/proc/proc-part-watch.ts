import { arch, cpus, platform, release, totalmem } from 'node:os';
import type { LoadSample } from '@holdfast/audit';
import { productVersion, readRunState, type RunningComponent, type RunState } from '@holdfast/process';
import { type Machine, type PartSample, PartWatch } from '../../application/ports/part-watch.port';
import { isWithin, type ProcessEntry, readProcesses, withChildren } from './process-tree';
import { scrape } from './scrape';

const SAMPLE_MS = 1_000;
const SAMPLES_MAX = 2_400; // the longest rehearsal
const SCRAPED = new Set(['standalone', 'gateway', 'inventory', 'checkout']);

/** Measures the processes of run.json, and the load generator, from /proc and their metrics. */
export class ProcPartWatch extends PartWatch {
  constructor(private readonly dataDir: string) {
    super();
  }

  machine(): Machine {
    const processors = cpus();
    return {
      cpus: processors.length,
      cpuModel: processors[0]?.model.trim() ?? 'unknown',
      memoryBytes: totalmem(),
      platform: `${platform()} ${release()} ${arch()}`,
      node: process.version,
      product: productVersion(),
    };
  }

  start() {
    const samples: PartSample[] = [];
    let before = this.take();
    let sampling: Promise<void> | null = null;
    const sample = async () => {
      const now = this.take();
      const { atMs, cpu, byProcess } = usedSince(before, now);
      before = now;
      if (samples.length >= SAMPLES_MAX) return;
      samples.push({ atMs, cpu, load: { cpu: byProcess, ...(await this.scrapeAll(now.run)) } });
    };
    const timer = setInterval(() => {
      // A sample that could not be taken is missing; it must not end the process.
      sampling ??= sample()
        .catch(() => undefined)
        .finally(() => (sampling = null));
    }, SAMPLE_MS);
    return {
      stop: async () => {
        clearInterval(timer);
        await sampling;
        return samples;
      },
    };
  }

  private take(): Look {
    const processes = readProcesses();
    const run = readState(this.dataDir);
    return { atMs: Date.now(), run, parts: partsOf(run, processes), processes };
  }

  private async scrapeAll(run: RunState | null): Promise<Omit<LoadSample, 'cpu'>> {
    const scraped = (run?.components ?? []).filter(({ kind }) => SCRAPED.has(kind));
    const answers = await Promise.all(
      scraped.map(async ({ name, healthUrl, address }) => {
        const origin = new URL(healthUrl ?? address).origin;
        return [name, await scrape(origin, {})] as const;
      }),
    );
    const eventLoopMs: Record<string, number> = {};
    const most: Record<string, number> = {};
    for (const [name, figures] of answers) {
      const late = figures?.get('nodejs_eventloop_lag_p99_seconds');
      if (late !== undefined) eventLoopMs[name] = late * 1_000;
      for (const [figure, value] of figures ?? []) most[figure] = Math.max(most[figure] ?? 0, value || 0);
    }
    const ms = (figure: string) => (most[figure] === undefined ? null : most[figure] * 1_000);
    return {
      eventLoopMs,
      streamLagMs: ms('holdfast_stream_lag_seconds'),
    };
  }
}

interface Part {
  name: string;
  kind: string;
  pids: number[];
}

interface Look {
  atMs: number;
  run: RunState | null;
  parts: Part[];
  processes: Map<number, ProcessEntry>;
}

function readState(dataDir: string): RunState | null {
  try {
    return readRunState(dataDir);
  } catch {
    return null;
  }
}

function partsOf(run: RunState | null, processes: Map<number, ProcessEntry>): Part[] {
  const own = (run?.components ?? []).flatMap(({ name, kind, pid }: RunningComponent) =>
    pid === null ? [] : [{ name, kind, pids: pidsOf(kind, pid, processes) }],
  );
  const generator = [...processes.values()].filter(
    ({ name, pid }) => name === 'k6' && isWithin(processes, pid, process.pid),
  );
  return [...own, { name: 'k6', kind: 'k6', pids: generator.map(({ pid }) => pid) }];
}

/** PostgreSQL works in a process for each connection, nginx in its workers. */
function pidsOf(kind: string, pid: number, processes: Map<number, ProcessEntry>): number[] {
  return kind === 'postgres' || kind === 'proxy' ? withChildren(processes, pid) : [pid];
}

function usedSince(before: Look, now: Look) {
  const seconds = Math.max(0.001, (now.atMs - before.atMs) / 1_000);
  const cpu: Record<string, number> = {};
  const byProcess: Record<string, number> = {};
  for (const { name, kind, pids } of now.parts) {
    const used = pids.reduce((sum, pid) => {
      const [a, b] = [before.processes.get(pid), now.processes.get(pid)];
      return sum + (b ? Math.max(0, b.cpuSeconds - (a?.cpuSeconds ?? 0)) : 0);
    }, 0);
    byProcess[name] = used / seconds;
    cpu[kind] = (cpu[kind] ?? 0) + used / seconds;
  }
  return { atMs: now.atMs, cpu, byProcess };
}
