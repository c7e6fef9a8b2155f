import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { identify } from './process-identity';

/** One process or server of the running product. */
const component = z.object({
  name: z.string(),
  kind: z.enum([
    'standalone',
    'gateway',
    'inventory',
    'checkout',
    'accounts',
    'rehearsals',
    'postgres',
    'redis',
    'kafka',
    'connect',
    'proxy',
  ]),
  /** Null for what the product did not start. */
  pid: z.number().int().nullable(),
  /** Without a login. */
  address: z.string(),
  version: z.string().nullable(),
  /** Where it reports its health, if not at its address. */
  healthUrl: z.string().optional(),
});

/** What Kafka requires of its clients (`KafkaSecurity` of libs/config). */
const kafkaSecurity = z.object({
  login: z
    .object({
      mechanism: z.enum(['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512']),
      username: z.string(),
      password: z.string(),
    })
    .nullable(),
  tls: z.object({ ca: z.string().nullable() }).nullable(),
});

const schema = z.object({
  pid: z.number().int().positive(),
  startedAt: z.string(),
  mode: z.enum(['standalone', 'cluster']),
  address: z.string(),
  databaseUrl: z.string(),
  /** With its password. This and the rest only in cluster mode. */
  redisUrl: z.string().optional(),
  kafkaSecurity: kafkaSecurity.optional(),
  /** Of Kafka Connect, with its login. */
  connectUrl: z.string().optional(),
  /** The slot from which the change stream is read. */
  slot: z.string().optional(),
  components: z.array(component),
});

/** The running product's `<data folder>/run.json`, for the command line, tests and benches. */
export type RunState = z.infer<typeof schema>;
export type RunningComponent = z.infer<typeof component>;

const fileOf = (dataDir: string) => join(dataDir, 'run.json');

/** Readable by the owner alone: it contains the servers' passwords. Replaced atomically. */
export function writeRunState(dataDir: string, state: RunState): void {
  const draft = `${fileOf(dataDir)}.new`;
  rmSync(draft, { force: true });
  writeFileSync(draft, JSON.stringify(state, null, 2), { mode: 0o600 });
  renameSync(draft, fileOf(dataDir));
}

/**
 * Null when no product runs on this folder: no file, half a file, or the file of a killed product.
 * Throws when the file cannot be read, e.g. because it belongs to another user.
 */
export function readRunState(dataDir: string): RunState | null {
  let text: string;
  try {
    text = readFileSync(fileOf(dataDir), 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw error;
  }
  const { success, data } = schema.safeParse(parseJson(text));
  return success && identify(data.pid) !== null ? data : null;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

export function removeRunState(dataDir: string): void {
  rmSync(fileOf(dataDir), { force: true });
}
