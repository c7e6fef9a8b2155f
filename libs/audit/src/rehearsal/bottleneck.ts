/** The load of one moment, as far as it could be measured. */
export interface LoadSample {
  /** Processors in use, by part: `gateway`, `inventory`, `postgres`, `k6`, …; `other`: by what is not of the product. */
  cpu: Readonly<Record<string, number>>;
  /** Delay of the event loop, p99, by process. */
  eventLoopMs?: Readonly<Record<string, number>>;
  /** How far the live view is behind the ledger. */
  streamLagMs?: number | null;
  /** Commands wait for their lane (p99). */
  laneWaitMs?: number | null;
  /** One batch of a lane, its commit included (p99). */
  batchMs?: number | null;
  /** Backends that wait for the WAL to reach the disk, of those that work. */
  walFlushShare?: number | null;
  /** Statements wait for a connection of their pool (p99). */
  poolWaitMs?: number | null;
  /** The payment provider's answers (p99). */
  providerMs?: number | null;
}

export interface Bottleneck {
  what: string;
  evidence: string;
}

interface Machine {
  cpus: number;
}

interface Candidate extends Bottleneck {
  /** 1 and above: saturated. */
  load: number;
}

/** A Node.js process works on one processor, and a little more with its garbage collection. */
const PROCESS_FULL = 0.9;
const MACHINE_FULL = 0.92;
const WAITS = {
  eventLoopMs: 200,
  streamLagMs: 1_000,
  laneWaitMs: 500,
  batchMs: 250,
  poolWaitMs: 250,
  providerMs: 1_000,
} as const;
const WAL_FULL = 0.5;
/** Of the machine: what other programs use is missing to the product. */
const OTHERS_FULL = 0.4;
const OTHER = 'other';
const SERVERS = new Set(['postgres', 'redis', 'kafka', 'connect', 'proxy', 'k6', OTHER]);

/**
 * Names what saturates first, from measured figures. Waiting comes before working: a full processor is named
 * only when nothing is known to wait for something else. When nothing is saturated it says what was busiest.
 */
export function bottleneck(samples: readonly LoadSample[], { cpus }: Machine): Bottleneck | null {
  if (samples.length === 0) return null;
  const busy = busiestOf(samples);
  const candidates = [...waits(busy), ...processors(busy, cpus)];
  const saturated = candidates.filter(({ load }) => load >= 1);
  const worst = saturated.toSorted((a, b) => b.load - a.load)[0];
  if (worst) return { what: worst.what, evidence: worst.evidence };
  const most = candidates.toSorted((a, b) => b.load - a.load)[0];
  return most
    ? { what: 'nothing', evidence: `Nothing was saturated; nearest to it: ${most.evidence}` }
    : null;
}

/** The tenth of the time with the most work: an average would hide a rush of five seconds in a minute. */
function busiestOf(samples: readonly LoadSample[]): readonly LoadSample[] {
  const count = Math.max(1, Math.ceil(samples.length / 10));
  return samples.toSorted((a, b) => total(b) - total(a)).slice(0, count);
}

const total = ({ cpu }: LoadSample) => Object.values(cpu).reduce((sum, it) => sum + it, 0);

function waits(samples: readonly LoadSample[]): Candidate[] {
  const of = (name: keyof LoadSample) => median(samples.flatMap((it) => numberOf(it[name])));
  const ms = (name: Exclude<keyof typeof WAITS, 'eventLoopMs'>, what: string, says: string): Candidate[] => {
    const value = of(name);
    if (value === null) return [];
    return [{ what, evidence: `${says} ${Math.round(value)} ms`, load: value / WAITS[name] }];
  };
  const wal = of('walFlushShare');
  return [
    ...ms('laneWaitMs', 'the lanes of inventory', 'A hold waited for its lane for'),
    ...ms('batchMs', 'the ledger', 'A batch of holds took the ledger'),
    ...ms('poolWaitMs', 'connections to the ledger', 'A statement waited for a connection for'),
    ...ms('streamLagMs', 'the change stream', 'Live counts were behind the ledger by'),
    ...ms('providerMs', 'the payment provider', 'The payment provider answered after'),
    ...(wal === null
      ? []
      : [
          {
            what: 'the disk of the ledger',
            evidence: `${Math.round(wal * 100)} % of the ledger's work waited for the WAL to reach the disk`,
            load: wal / WAL_FULL,
          },
        ]),
    ...eventLoops(samples),
  ];
}

function eventLoops(samples: readonly LoadSample[]): Candidate[] {
  const parts = new Set(samples.flatMap(({ eventLoopMs }) => Object.keys(eventLoopMs ?? {})));
  return [...parts].flatMap((part) => {
    const value = median(samples.flatMap(({ eventLoopMs }) => numberOf(eventLoopMs?.[part])));
    if (value === null) return [];
    const evidence = `The event loop of ${part} was late by ${Math.round(value)} ms (p99)`;
    return [{ what: `the event loop of ${part}`, evidence, load: value / WAITS.eventLoopMs }];
  });
}

function processors(samples: readonly LoadSample[], cpus: number): Candidate[] {
  const parts = new Set(samples.flatMap(({ cpu }) => Object.keys(cpu)));
  const used = [...parts].map((part) => ({
    part,
    processors: median(samples.flatMap(({ cpu }) => numberOf(cpu[part]))) ?? 0,
  }));
  const single = used
    .filter(({ part }) => !SERVERS.has(part))
    .map(({ part, processors }) => ({
      what: `the processor of ${part}`,
      evidence: `${part} used ${percent(processors)} of the one processor that it can use`,
      load: processors / PROCESS_FULL,
    }));
  const others = (used.find(({ part }) => part === OTHER)?.processors ?? 0) / cpus;
  const busiest = used.toSorted((a, b) => b.processors - a.processors)[0];
  const all = (median(samples.map(total)) ?? 0) / cpus;
  if (!busiest) return single;
  return [
    ...single,
    {
      what: 'other programs on this machine',
      evidence: `Programs that are not of the product used ${percent(others)} of ${cpus} processors`,
      load: others / OTHERS_FULL,
    },
    {
      what: 'the processors of this machine',
      evidence: `All parts together used ${percent(all)} of ${cpus} processors, ${busiest.part} most: ${percent(busiest.processors / cpus)}`,
      load: all / MACHINE_FULL,
    },
  ];
}

const percent = (share: number) => `${Math.round(share * 100)} %`;
const numberOf = (value: unknown) => (typeof value === 'number' ? [value] : []);

function median(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}
