import { openClient } from '@holdfast/postgres';
import type { Say } from '@holdfast/process';
import { callConnect, type ConnectAnswer, isHealthy, isRunning } from '../servers/connect-rest';
import { connectorConfig, CONNECTOR_NAME, type ConnectorConfig } from './connector';
import { register } from './register';
import { decide, type Memory, NOTHING_KNOWN, type SeenStream, type Step } from './watchdog';

const EVERY_MS = 5_000;
const ASK_MS = 3_000;
// A lasting warning is repeated at this interval, not in each run.
const WARN_AGAIN_MS = 60_000;

export interface WatchOptions {
  /** With its login. */
  connectUrl: string;
  /** With a login that may see and drop the slot. */
  databaseUrl: string;
  overrides?: ConnectorConfig;
  /** Ends the worker; its supervisor restarts it. */
  kill: () => void;
  /** True while it is being restarted. */
  busy?: () => boolean;
  say?: Say;
}

const WORDS: Record<Exclude<Step['do'], 'warn'>, string> = {
  'kill-worker': 'killing it, another one starts',
  register: 'registering it',
  'restart-tasks': 'restarting it',
  'drop-slot': 'dropping it, so that it is made again with a new snapshot',
};

/** Checks the change stream every few seconds: reads worker, connector and slot, decides by watchdog.ts, acts and reports it. */
export class StreamWatch {
  private readonly slot: string;
  private memory: Memory = NOTHING_KNOWN;
  private last: SeenStream | null = null;
  private running = Promise.resolve();
  private readonly warnedAt = new Map<string, number>();
  private readonly timer: NodeJS.Timeout;
  private readonly say: Say;

  constructor(private readonly options: WatchOptions) {
    this.slot = connectorConfig(options.overrides)['slot.name']!;
    this.say = options.say ?? (() => undefined);
    this.timer = setInterval(() => {
      this.running = this.running
        .then(() => this.look())
        .catch((error: Error) => this.say(`Change stream: ${error.message}`));
    }, EVERY_MS);
  }

  async look(): Promise<void> {
    const { connectUrl, busy } = this.options;
    if (busy?.()) {
      this.last = null;
      this.memory = decide(this.memory, { busy: true }, Date.now()).memory;
      return;
    }
    const [healthy, connector, slot] = await Promise.all([
      isHealthy(connectUrl, ASK_MS).catch(() => false),
      this.readConnector(),
      this.readSlot(),
    ]);
    this.last = { healthy, connector, slot };
    const { memory, steps } = decide(this.memory, this.last, Date.now());
    this.memory = memory;
    for (const step of steps) await this.take(step);
  }

  get state(): 'up' | 'degraded' | 'down' {
    if (!this.last?.healthy) return 'down';
    const { connector, slot } = this.last;
    if (typeof connector === 'string' || typeof slot === 'string') return 'degraded';
    return isRunning({ connector, tasks: connector.tasks }) && slot.active ? 'up' : 'degraded';
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.running;
  }

  private async take(step: Step): Promise<void> {
    if (step.do === 'warn') return this.warn(step.why);
    this.say(`Change stream: ${step.why}; ${WORDS[step.do]}`);
    await this.act(step.do).catch((error: Error) =>
      this.say(`Change stream: ${step.do} failed: ${error.message}`),
    );
  }

  private warn(why: string): void {
    const key = why.replace(/\d+/g, '');
    const now = Date.now();
    if (now - (this.warnedAt.get(key) ?? 0) < WARN_AGAIN_MS) return;
    this.warnedAt.set(key, now);
    this.say(`Change stream: ${why}`);
  }

  private async act(what: Exclude<Step['do'], 'warn'>): Promise<void> {
    const { connectUrl, overrides, kill } = this.options;
    switch (what) {
      case 'kill-worker':
        return kill();
      case 'register': // the next run sees the result
        return void (await register({ connectUrl, overrides, deadlineMs: 0 }).catch(() => undefined));
      case 'restart-tasks':
        return void (await this.ask('/restart?includeTasks=true&onlyFailed=false', 'POST'));
      case 'drop-slot':
        await this.dropLostSlot();
    }
  }

  private async readConnector(): Promise<SeenStream['connector']> {
    try {
      const { status, body } = await this.ask('/status');
      if (status === 404) return 'missing';
      if (status !== 200 || !body.connector) return 'unknown';
      return { state: body.connector.state, tasks: body.tasks ?? [] };
    } catch {
      return 'unknown';
    }
  }

  private async readSlot(): Promise<SeenStream['slot']> {
    try {
      const [row] = await this.query<{ walStatus: string; active: boolean; retainedBytes: number }>(
        `SELECT wal_status AS "walStatus", active,
           coalesce(pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn), 0)::float8 AS "retainedBytes"
         FROM pg_replication_slots WHERE slot_name = $1`,
      );
      return row ?? 'missing';
    } catch {
      return 'unknown';
    }
  }

  /** The statement contains the conditions: a slot that has become active in the meantime is left alone. */
  private async dropLostSlot(): Promise<void> {
    await this.query(
      `SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots
       WHERE slot_name = $1 AND wal_status = 'lost' AND NOT active`,
    );
  }

  private async query<Row>(text: string): Promise<Row[]> {
    const client = await openClient({
      url: this.options.databaseUrl,
      name: 'holdfast-watch',
      connectTimeoutMs: ASK_MS,
      statementTimeoutMs: ASK_MS,
    });
    try {
      return (await client.query(text, [this.slot])).rows as Row[];
    } finally {
      await client.end().catch(() => undefined);
    }
  }

  private ask(path: string, method = 'GET'): Promise<ConnectAnswer> {
    const { connectUrl } = this.options;
    return callConnect(connectUrl, `/connectors/${CONNECTOR_NAME}${path}`, { method, timeoutMs: ASK_MS });
  }
}
