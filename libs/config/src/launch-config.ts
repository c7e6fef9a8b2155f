import { z } from 'zod';
import { type AppConfig, appSchema, type Env, readEnvironment, toAppConfig } from './app-config';

/** Servers that are there already; null: to be started. Written as in the environment, so that they can be handed on. */
export interface GivenServers {
  readonly redisUrl: string | null;
  readonly kafkaBrokers: string | null;
  /** Of Kafka Connect, without a slash at the end. */
  readonly connectUrl: string | null;
}

/** The settings of `npm run cluster`: those of a product, and the servers that it need not start. */
export interface LaunchConfig extends AppConfig {
  readonly given: GivenServers;
}

const listOf = (one: RegExp, words: string) =>
  z
    .string()
    .transform((text) => text.split(',').map((part) => part.trim()))
    .pipe(z.array(z.string().regex(one, words)).min(1))
    .transform((parts) => parts.join(','))
    .optional();

const schema = appSchema.extend({
  REDIS_URL: listOf(
    /^rediss?:\/\/\S+$/,
    'must begin with redis:// or rediss:// (several nodes: comma-separated)',
  ),
  KAFKA_BROKERS: listOf(/^[^\s/]+:\d{1,5}$/, 'must be host:port (several brokers: comma-separated)'),
  CONNECT_URL: z
    .string()
    .regex(/^https?:\/\/\S+$/, 'must begin with http:// or https://')
    .transform((url) => url.replace(/\/+$/, ''))
    .optional(),
});

/** Reads the environment of the launcher. Throws `ConfigError` with all that is wrong. */
export function loadLaunchConfig(env: Env): LaunchConfig {
  const it = readEnvironment(schema, { ...env, HOLDFAST_MODE: 'cluster' });
  return Object.freeze({
    ...toAppConfig(it),
    given: Object.freeze({
      redisUrl: it.REDIS_URL ?? null,
      kafkaBrokers: it.KAFKA_BROKERS ?? null,
      connectUrl: it.CONNECT_URL ?? null,
    }),
  });
}
