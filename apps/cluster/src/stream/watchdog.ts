import type { ConnectPart } from '../servers/connect-rest';

/**
 * Decides, as a pure function, what to do about the change stream, given what was observed and done before. The rules follow observed behaviour
 * (Kafka 4.3, Debezium 3.6): the status is still RUNNING for a dead worker, for a connector without a task and, for half an hour, for one whose
 * slot is lost.
 */
/** A worker that is starting or stopping may be silent this long. */
const SILENT_MS_MAX = 30_000;
/** Between RUNNING and its first task a connector validates and takes a snapshot of nothing: seconds, not this long. */
const TASKLESS_MS_MAX = 30_000;
const RESTART_PAUSE_MS = [2_000, 5_000, 15_000, 60_000];
/** Tasks that ran this long are healthy: after the next failure they are restarted without the long pause. */
const WELL_MS = 120_000;
/** Half of max_slot_wal_keep_size (512 MB): there is time to act before the slot is lost. */
const RETAINED_BYTES_MAX = 256 * 1024 * 1024;

export interface SeenStream {
  /** GET /health returned 200. */
  healthy: boolean;
  connector: 'missing' | 'unknown' | { state: string; tasks: readonly ConnectPart[] };
  /** Unknown: PostgreSQL does not answer. */
  slot: 'missing' | 'unknown' | { walStatus: string; active: boolean; retainedBytes: number };
}

/** Busy: the worker is being restarted, and nothing was checked. */
export type Seen = { busy: true } | ({ busy?: never } & SeenStream);

export interface Memory {
  silentSince: number | null;
  tasklessSince: number | null;
  runningSince: number | null;
  restarts: number;
  nextRestartAt: number;
}

export interface Step {
  do: 'kill-worker' | 'register' | 'restart-tasks' | 'drop-slot' | 'warn';
  why: string;
}

export const NOTHING_KNOWN: Memory = {
  silentSince: null,
  tasklessSince: null,
  runningSince: null,
  restarts: 0,
  nextRestartAt: 0,
};

export function decide(before: Memory, seen: Seen, now: number): { memory: Memory; steps: Step[] } {
  // The failures of the previous worker must not count against its successor, which gets the whole time.
  if (seen.busy)
    return { memory: { ...before, silentSince: null, tasklessSince: null, runningSince: null }, steps: [] };
  const memory = { ...before };
  const steps = slotSteps(seen.slot);
  if (!seen.healthy) {
    memory.silentSince ??= now;
    memory.runningSince = null;
    if (now - memory.silentSince < SILENT_MS_MAX) return { memory, steps };
    memory.silentSince = now; // the next worker gets the whole time again
    return {
      memory,
      steps: [...steps, { do: 'kill-worker', why: `it has not been healthy for ${SILENT_MS_MAX / 1000} s` }],
    };
  }
  memory.silentSince = null;
  return { memory, steps: [...steps, ...connectorSteps(memory, seen.connector, now)] };
}

function connectorSteps(memory: Memory, connector: SeenStream['connector'], now: number): Step[] {
  if (connector === 'unknown') return [];
  // A standalone worker forgets its connectors when it ends.
  if (connector === 'missing') {
    memory.tasklessSince = null;
    return restart(memory, now, { do: 'register', why: 'the worker has no connector' });
  }
  // An operator paused it on purpose.
  if (['PAUSED', 'STOPPED'].includes(connector.state))
    return [{ do: 'warn', why: `the connector is ${connector.state}` }];
  const failed = [connector, ...connector.tasks].filter(({ state }) => state === 'FAILED').length;
  memory.tasklessSince = connector.tasks.length > 0 ? null : (memory.tasklessSince ?? now);
  if (failed > 0)
    return restart(memory, now, { do: 'restart-tasks', why: 'the connector or its task has failed' });
  if (memory.tasklessSince !== null) {
    if (now - memory.tasklessSince < TASKLESS_MS_MAX) return [];
    memory.tasklessSince = now;
    return restart(memory, now, {
      do: 'restart-tasks',
      why: `it has had no task for ${TASKLESS_MS_MAX / 1000} s`,
    });
  }
  memory.runningSince ??= now;
  if (now - memory.runningSince >= WELL_MS) memory.restarts = 0;
  return [];
}

/** With growing pauses: each restart costs a connection to PostgreSQL and a stack trace in the log. */
function restart(memory: Memory, now: number, step: Step): Step[] {
  memory.runningSince = null;
  if (now < memory.nextRestartAt) return [];
  memory.nextRestartAt = now + RESTART_PAUSE_MS[Math.min(memory.restarts, RESTART_PAUSE_MS.length - 1)]!;
  memory.restarts += 1;
  return [step];
}

function slotSteps(slot: SeenStream['slot']): Step[] {
  if (typeof slot === 'string') return []; // missing: the connector creates it; unknown: PostgreSQL is down, which is reported elsewhere
  // Once dropped it is recreated with a new snapshot (snapshot.mode=when_needed). Nothing else helps, and a lost slot keeps nothing.
  if (slot.walStatus === 'lost')
    return [{ do: 'drop-slot', why: 'PostgreSQL has thrown away what the slot still needed' }];
  if (slot.retainedBytes < RETAINED_BYTES_MAX) return [];
  return [
    {
      do: 'warn',
      why: `the slot keeps ${Math.round(slot.retainedBytes / 1024 / 1024)} MB of PostgreSQL's log`,
    },
  ];
}
