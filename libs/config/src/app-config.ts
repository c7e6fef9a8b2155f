import { existsSync, readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { MERCHANT_QUOTAS, type MerchantQuotas } from '@holdfast/kernel';
import { z } from 'zod';

/**
 * The settings of one product, read once at start and frozen. Also the Nest token under which they are
 * injected.
 */
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
  /** Null if `limits` is off. */
  abstract readonly merchantQuotas: MerchantQuotas | null;
  abstract readonly paymentWindowSeconds: number;
  /** The origin that shoppers use, if it differs from the listening address, as behind a TLS proxy. */
  abstract readonly publicAddress: string | null;
  /** Number of trusted proxies before the gateway: that many entries of X-Forwarded-For are trusted. */
  abstract readonly proxyHops: number;
  /** Accepts sandbox tokens that are slow, late or lose answers; with them one shopper can delay others. */
  abstract readonly sandboxFaults: boolean;
  /** Absolute; where the audit's checkpoints are written besides the database. Null: nowhere. */
  abstract readonly auditDir: string | null;
  abstract readonly logLevel: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent';
}

/**
 * One error for all invalid variables. It names them and what is expected, never their values, which may be
 * secrets.
 */
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

const QUOTA_NAMES = Object.keys(MERCHANT_QUOTAS);
const QUOTA = new RegExp(`^(${QUOTA_NAMES.join('|')})=([1-9]\\d{0,8})$`);
/** `holds=2000,drops=50`: those that differ from the defaults. */
const quotas = z
  .string()
  .transform((text) => text.split(',').map((part) => QUOTA.exec(part.trim())))
  .refine((parts) => parts.every((part) => part !== null), {
    message: `must be a list such as holds=2000,drops=50; names: ${QUOTA_NAMES.join(', ')}; whole numbers from 1`,
  })
  .transform((parts): MerchantQuotas => ({
    ...MERCHANT_QUOTAS,
    ...Object.fromEntries(parts.flatMap((part) => (part ? [[part[1], Number(part[2])]] : []))),
  }));

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
  HOLDFAST_MERCHANT_QUOTAS: quotas.default(MERCHANT_QUOTAS),
  HOLDFAST_PAYMENT_WINDOW: whole(1, 3600).default(60),
  HOLDFAST_PROXY_HOPS: whole(0, 10).default(0),
  HOLDFAST_PUBLIC_ADDRESS: origin.optional(),
  HOLDFAST_SANDBOX_FAULTS: onOff.optional(),
  HOLDFAST_AUDIT_DIR: z.string().min(1).optional(),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
});

/** For processes that are always part of a cluster. */
export const CLUSTER_MODE = { HOLDFAST_MODE: 'cluster', HOLDFAST_MODE_FILE: '' };

export type Env = Record<string, string | undefined>;

/**
 * Reads the environment; each variable may also come from the file named by `<NAME>_FILE`. Throws
 * `ConfigError`.
 */
export function loadConfig(env: Env): AppConfig {
  return Object.freeze(toAppConfig(readEnvironment(appSchema, env)));
}

/**
 * Reads the variables of a schema and reports all errors at once; `more` checks combinations. Throws
 * `ConfigError`.
 */
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

/** Whether only this machine can reach the gateway: loopback, without a proxy or another public origin. */
function isForThisMachine({ HOST, HOLDFAST_PROXY_HOPS, HOLDFAST_PUBLIC_ADDRESS: origin }: Reach): boolean {
  return (
    isLoopback(HOST) && HOLDFAST_PROXY_HOPS === 0 && (origin === undefined || isLoopback(hostOf(origin)))
  );
}

const hostOf = (origin: string): string => new URL(origin).hostname.replace(/^\[|\]$/g, '');

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
    merchantQuotas: it.HOLDFAST_LIMITS ? it.HOLDFAST_MERCHANT_QUOTAS : null,
    paymentWindowSeconds: it.HOLDFAST_PAYMENT_WINDOW,
    proxyHops: it.HOLDFAST_PROXY_HOPS,
    publicAddress: it.HOLDFAST_PUBLIC_ADDRESS ?? null,
    sandboxFaults: it.HOLDFAST_SANDBOX_FAULTS ?? isForThisMachine(it),
    auditDir: it.HOLDFAST_AUDIT_DIR === undefined ? null : resolve(it.HOLDFAST_AUDIT_DIR),
    logLevel: it.LOG_LEVEL,
  };
}

/**
 * The variable, or the content of the file that `<NAME>_FILE` names; empty counts as missing. Adds errors to
 * `wrong`.
 */
export function readVariable(env: Env, name: string, wrong: string[]): string | undefined {
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
