// What to do about the change stream, as a pure decision: given what was seen and what was done before, which steps now.
// The rules come from what really happens (Kafka 4.3, Debezium 3.6): a dead worker's status still says RUNNING, a connector without a
// task says RUNNING, and so does one whose slot is lost, for half an hour.

/** A worker that is starting or stopping may be silent this long. */
export const SILENT_MS_MAX = 30_000;
/** Between RUNNING and its first task a connector validates and takes a snapshot of nothing: seconds, not this long. */
export const TASKLESS_MS_MAX = 30_000;
const RESTART_PAUSE_MS = [2_000, 5_000, 15_000, 60_000];
/** Tasks that ran this long are well: the next failure is restarted without the long pause. */
const WELL_MS = 120_000;
/** Half of max_slot_wal_keep_size (512 MB): there is time to act before the slot is lost. */
export const RETAINED_BYTES_MAX = 256 * 1024 * 1024;

/**
 * What was seen; or `busy`, when the worker is being started again and nothing was looked at.
 * @typedef {{busy: true} | SeenStream} Seen
 *
 * @typedef {object} SeenStream
 * @property {boolean} healthy GET /health said 200
 * @property {'missing'|'unknown'|{state: string, tasks: {id: number, state: string}[]}} connector
 * @property {'missing'|'unknown'|{walStatus: string, active: boolean, retainedBytes: number}} slot unknown: PostgreSQL does not answer
 *
 * @typedef {object} Memory
 * @property {number|null} silentSince
 * @property {number|null} tasklessSince
 * @property {number|null} runningSince
 * @property {number} restarts
 * @property {number} nextRestartAt
 *
 * @typedef {{do: 'kill-worker'|'register'|'restart-tasks'|'drop-slot'|'warn', why: string}} Step
 */

/** @type {Memory} */
export const NOTHING_KNOWN = {
  silentSince: null,
  tasklessSince: null,
  runningSince: null,
  restarts: 0,
  nextRestartAt: 0,
};

/** @param {Memory} before @param {Seen} seen @param {number} now @returns {{memory: Memory, steps: Step[]}} */
export function decide(before, seen, now) {
  // What the worker of before failed to do must not be held against the one that comes: it gets the whole time.
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

function connectorSteps(memory, connector, now) {
  if (connector === 'unknown') return [];
  // A standalone worker forgets its connectors when it ends.
  if (connector === 'missing') {
    memory.tasklessSince = null;
    return restart(memory, now, { do: 'register', why: 'the worker has no connector' });
  }
  // Somebody paused it on purpose.
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

/** With growing pauses: each restart costs PostgreSQL a connection and the log a stack trace. */
function restart(memory, now, step) {
  memory.runningSince = null;
  if (now < memory.nextRestartAt) return [];
  memory.nextRestartAt = now + RESTART_PAUSE_MS[Math.min(memory.restarts, RESTART_PAUSE_MS.length - 1)];
  memory.restarts += 1;
  return [step];
}

function slotSteps(slot) {
  if (typeof slot === 'string') return []; // missing: the connector makes it; unknown: PostgreSQL is down, which others tell
  // Dropped it is made again, with a new snapshot (snapshot.mode=when_needed). Nothing else helps, and it holds nothing any more.
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
