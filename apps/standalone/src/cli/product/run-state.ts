import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const component = z.object({
  name: z.string(),
  kind: z.string(),
  pid: z.number().int().nullable(),
  address: z.string().nullable(),
  version: z.string().nullable(),
  healthUrl: z.string().optional(),
});

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
  mode: z.string(),
  address: z.string(),
  databaseUrl: z.string(),
  redisUrl: z.string().optional(),
  kafkaSecurity: kafkaSecurity.optional(),
  connectUrl: z.string().optional(),
  slot: z.string().optional(),
  components: z.array(component),
});

/** What a running product writes down about itself in `<data folder>/run.json`, readable by its owner alone. */
export type RunState = z.infer<typeof schema>;
export type Component = z.infer<typeof component>;

/** Null when no product runs on this folder: no file, half a file, or a file that a killed product left behind. */
export function readRunState(dataDir: string): RunState | null {
  let text: string;
  try {
    text = readFileSync(join(dataDir, 'run.json'), 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw error;
  }
  const parsed = schema.safeParse(parseJson(text));
  return parsed.success && isAlive(parsed.data.pid) ? parsed.data : null;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}

/** EPERM: it is there and belongs to somebody else. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
