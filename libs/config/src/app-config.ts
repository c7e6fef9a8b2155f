import { existsSync, readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { z } from 'zod';

/** The settings of one product, read once at start and frozen. Also the Nest token under which they are injected. */
export abstract class AppConfig {
  abstract readonly mode: 'standalone' | 'cluster';
  abstract readonly host: string;
  abstract readonly port: number;
  /** Absolute. */
  abstract readonly dataDir: string;
  /** The PostgreSQL to use; null means the embedded one. */
  abstract readonly databaseUrl: string | null;
  abstract readonly demo: boolean;
  abstract readonly limits: boolean;
  abstract readonly paymentWindowSeconds: number;
  /** The origin that shoppers see, when that is not where we listen: a proxy with TLS stands in front. */
  abstract readonly publicAddress: string | null;
  /** How many proxies of ours stand in front: so many entries of X-Forwarded-For are believed. */
  abstract readonly proxyHops: number;
  /** Sandbox tokens that are slow, late or lose answers are taken: one shopper can keep others waiting with them. */
  abstract readonly sandboxFaults: boolean;
  abstract readonly logLevel: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent';
}

/** One message for all bad variables. It names them and what is expected, never their values: they may be secrets. */
export class ConfigError extends Error {}

export const onOff = z.enum(['on', 'off']).transform((word) => word === 'on');
export const whole = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, 'must be a whole number')
    .transform(Number)
    .refine((n) => n >= min && n <= max, `must be from ${min} to ${max}`);

export const origin = z
  .string()
  .regex(/^https?:\/\/[^\s/]+$/, 'must be an origin, such as https://shop.example');

export const appSchema = z.object({
  HOLDFAST_MODE: z.enum(['standalone', 'cluster']).default('standalone'),
  HOST: z.string().min(1).default('127.0.0.1'),
  PORT: whole(0, 65_535).default(3000),
  HOLDFAST_DATA_DIR: z.string().min(1).default('.holdfast'),
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'must begin with postgres:// or postgresql://')
    .optional(),
  HOLDFAST_DEMO: onOff.default(true),
  HOLDFAST_LIMITS: onOff.default(true),
  HOLDFAST_PAYMENT_WINDOW: whole(1, 3600).default(60),
  HOLDFAST_PROXY_HOPS: whole(0, 10).default(0),
  HOLDFAST_PUBLIC_ADDRESS: origin.optional(),
  HOLDFAST_SANDBOX_FAULTS: onOff.optional(),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
});

export type Env = Record<string, string | undefined>;

/** Reads the environment; each variable may also come from the file named by `<NAME>_FILE`. Throws `ConfigError`. */
export function loadConfig(env: Env): AppConfig {
  return Object.freeze(toAppConfig(readEnvironment(appSchema, env)));
}

/** The variables that a schema names, checked all at once. `more` finds what is wrong between them. Throws `ConfigError`. */
export function readEnvironment<S extends typeof appSchema>(
  schema: S,
  env: Env,
  more: (it: z.output<S>) => string[] = () => [],
): z.output<S> {
  const wrong: string[] = [];
  const values: Env = {};
  for (const name of Object.keys(schema.shape)) values[name] = readVariable(env, name, wrong);
  const parsed = schema.safeParse(values);
  if (parsed.success) wrong.push(...publicLimits(parsed.data), ...more(parsed.data));
  else for (const issue of parsed.error.issues) wrong.push(`${issue.path.join('.')}: ${issue.message}`);
  if (wrong.length > 0 || !parsed.success)
    throw new ConfigError(`bad configuration\n  ${wrong.join('\n  ')}`);
  return parsed.data;
}

function publicLimits(it: z.output<typeof appSchema>): string[] {
  if (it.HOLDFAST_LIMITS || isLoopback(it.HOST)) return [];
  return ['HOLDFAST_LIMITS: off is allowed only while HOST is a loopback address'];
}

/** Nobody from elsewhere comes here: neither directly, nor through a proxy in front, nor to an address that others are told. */
function isForThisMachine({ HOST, HOLDFAST_PROXY_HOPS, HOLDFAST_PUBLIC_ADDRESS: told }: Reach): boolean {
  return isLoopback(HOST) && HOLDFAST_PROXY_HOPS === 0 && (told === undefined || isLoopback(hostOf(told)));
}

const hostOf = (told: string): string => new URL(told).hostname.replace(/^\[|\]$/g, '');

type Reach = Pick<z.output<typeof appSchema>, 'HOST' | 'HOLDFAST_PROXY_HOPS' | 'HOLDFAST_PUBLIC_ADDRESS'>;

export function toAppConfig(it: z.output<typeof appSchema>): AppConfig {
  return {
    mode: it.HOLDFAST_MODE,
    host: it.HOST,
    port: it.PORT,
    dataDir: resolve(it.HOLDFAST_DATA_DIR),
    databaseUrl: it.DATABASE_URL ?? null,
    demo: it.HOLDFAST_DEMO,
    limits: it.HOLDFAST_LIMITS,
    paymentWindowSeconds: it.HOLDFAST_PAYMENT_WINDOW,
    proxyHops: it.HOLDFAST_PROXY_HOPS,
    publicAddress: it.HOLDFAST_PUBLIC_ADDRESS ?? null,
    sandboxFaults: it.HOLDFAST_SANDBOX_FAULTS ?? isForThisMachine(it),
    logLevel: it.LOG_LEVEL,
  };
}

function readVariable(env: Env, name: string, wrong: string[]): string | undefined {
  const direct = env[name];
  const file = env[`${name}_FILE`];
  if (!file) return direct === '' ? undefined : direct;
  if (direct) wrong.push(`${name}: set either ${name} or ${name}_FILE, not both`);
  else if (!existsSync(file)) wrong.push(`${name}_FILE: no such file`);
  else return readFileSync(file, 'utf8').trim();
  return undefined;
}

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}
