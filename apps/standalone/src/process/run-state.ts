import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KafkaSecurity } from '@holdfast/config';

export type ComponentKind =
  'standalone' | 'gateway' | 'inventory' | 'checkout' | 'postgres' | 'redis' | 'kafka' | 'connect' | 'proxy';

/** One process or server of the running product. */
export interface RunningComponent {
  name: string;
  kind: ComponentKind;
  /** Null for what the product did not start. */
  pid: number | null;
  address: string;
  version: string | null;
  /** Where it says how it is, when that is not at its address. */
  healthUrl?: string;
}

/** What the command line needs to know of the running product. */
export interface RunState {
  pid: number;
  startedAt: string;
  mode: 'standalone' | 'cluster';
  address: string;
  databaseUrl: string;
  /** With its password. Only in cluster mode. */
  redisUrl?: string;
  /** What Kafka wants of its clients. Only in cluster mode. */
  kafkaSecurity?: KafkaSecurity;
  /** Of Kafka Connect, with its login. Only in cluster mode. */
  connectUrl?: string | undefined;
  /** The slot from which the change stream is read. Only in cluster mode. */
  slot?: string;
  components: RunningComponent[];
}

const fileOf = (dataDir: string) => join(dataDir, 'run.json');

/** Readable by the owner alone: the servers' passwords are in it. Replaced as a whole, so a reader never sees half of it. */
export function writeRunState(dataDir: string, state: RunState): void {
  const draft = `${fileOf(dataDir)}.new`;
  rmSync(draft, { force: true });
  writeFileSync(draft, JSON.stringify(state, null, 2), { mode: 0o600 });
  renameSync(draft, fileOf(dataDir));
}

/** Null when no product runs there, as far as the file tells; after `kill -9` it tells of a dead one until the next start. */
export function readRunState(dataDir: string): RunState | null {
  try {
    return JSON.parse(readFileSync(fileOf(dataDir), 'utf8')) as RunState;
  } catch {
    return null;
  }
}

export function removeRunState(dataDir: string): void {
  rmSync(fileOf(dataDir), { force: true });
}
