// Looks after the change stream every few seconds: reads worker, connector and slot, decides by watchdog.mjs, acts and says so.
import { connector, register } from '../../infra/debezium/register.mjs';
import { isHealthy } from './connect.mjs';
import { ledgerClient } from './ledger-client.mjs';
import { askRest } from './logins.mjs';
import { NOTHING_KNOWN, decide } from './watchdog.mjs';

const EVERY_MS = 5_000;
const ASK_MS = 3_000;
// A warning that stays true is worth a line now and then, not one each look.
const WARN_AGAIN_MS = 60_000;

/**
 * @param {{connectUrl: string, databaseUrl: string, overrides?: Record<string, string>, kill: () => void,
 *   busy?: () => boolean, say?: (line: string) => void, everyMs?: number}} what
 *   `kill` ends the worker (its supervisor starts another), `busy` is true while that is under way; `databaseUrl` is a login that may see and drop the slot
 * @returns {{stop: () => Promise<void>, state: () => 'up'|'degraded'|'down', look: () => Promise<void>}}
 */
export function watchConnect({
  connectUrl,
  databaseUrl,
  overrides = {},
  kill,
  busy = () => false,
  say = () => undefined,
  everyMs = EVERY_MS,
}) {
  const { name, config } = connector(overrides);
  const slot = config['slot.name'];
  let memory = NOTHING_KNOWN;
  let last = null;
  let running = Promise.resolve();
  const warned = new Map();
  const acts = {
    'kill-worker': kill,
    register: () => register({ connectUrl, overrides, deadlineMs: 0 }).catch(() => undefined), // the next look sees how it went
    'restart-tasks': () => post(connectUrl, `/connectors/${name}/restart?includeTasks=true&onlyFailed=false`),
    'drop-slot': () => dropLostSlot(databaseUrl, slot),
    warn: () => undefined,
  };

  async function look() {
    if (busy()) {
      last = null;
      memory = decide(memory, { busy: true }, Date.now()).memory;
      return;
    }
    const [healthy, seenConnector, seenSlot] = await Promise.all([
      isHealthy(connectUrl, ASK_MS).catch(() => false),
      readConnector(connectUrl, name),
      readSlot(databaseUrl, slot),
    ]);
    last = { healthy, connector: seenConnector, slot: seenSlot };
    const now = Date.now();
    const { memory: next, steps } = decide(memory, last, now);
    memory = next;
    for (const { do: step, why } of steps) {
      const key = step === 'warn' ? why.replace(/\d+/g, '') : null;
      if (key && now - (warned.get(key) ?? 0) < WARN_AGAIN_MS) continue;
      if (key) warned.set(key, now);
      say(step === 'warn' ? `Change stream: ${why}` : `Change stream: ${why}; ${WORDS[step]}`);
      await Promise.resolve(acts[step]()).catch((error) =>
        say(`Change stream: ${step} failed: ${error.message}`),
      );
    }
  }

  const timer = setInterval(() => {
    running = running.then(look).catch((error) => say(`Change stream: ${error.message}`));
  }, everyMs);
  return {
    look,
    state: () => stateOf(last),
    stop: async () => {
      clearInterval(timer);
      await running;
    },
  };
}

const WORDS = {
  'kill-worker': 'killing it, another one starts',
  register: 'registering it',
  'restart-tasks': 'restarting it',
  'drop-slot': 'dropping it, so that it is made again with a new snapshot',
};

function stateOf(seen) {
  if (!seen?.healthy) return 'down';
  const tasks = seen.connector?.tasks ?? [];
  const runs =
    seen.connector?.state === 'RUNNING' &&
    tasks.length > 0 &&
    tasks.every(({ state }) => state === 'RUNNING');
  return runs && seen.slot?.active ? 'up' : 'degraded';
}

async function readConnector(connectUrl, name) {
  try {
    const response = await askRest(connectUrl, `/connectors/${name}/status`, {
      signal: AbortSignal.timeout(ASK_MS),
    });
    const body = await response.json();
    if (response.status === 404) return 'missing';
    if (response.status !== 200) return 'unknown';
    return { state: body.connector.state, tasks: body.tasks.map(({ id, state }) => ({ id, state })) };
  } catch {
    return 'unknown';
  }
}

async function readSlot(databaseUrl, slot) {
  try {
    const [row] = await query(
      databaseUrl,
      `SELECT wal_status, active, coalesce(pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn), 0)::float8 AS retained
         FROM pg_replication_slots WHERE slot_name = $1`,
      [slot],
    );
    return row ? { walStatus: row.wal_status, active: row.active, retainedBytes: row.retained } : 'missing';
  } catch {
    return 'unknown';
  }
}

/** The conditions stand in the statement: a slot that has come to life meanwhile is left alone. */
async function dropLostSlot(databaseUrl, slot) {
  await query(
    databaseUrl,
    `SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots
      WHERE slot_name = $1 AND wal_status = 'lost' AND NOT active`,
    [slot],
  );
}

async function query(databaseUrl, text, values) {
  const client = ledgerClient(databaseUrl, { timeoutMs: ASK_MS });
  await client.connect();
  try {
    return (await client.query(text, values)).rows;
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function post(connectUrl, path) {
  const response = await askRest(connectUrl, path, { method: 'POST', signal: AbortSignal.timeout(ASK_MS) });
  await response.body?.cancel();
}
